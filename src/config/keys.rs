//! Every key that there is, and what to say of one that there is not.

use super::mistake::Wrong;

/// The keys, each with a line as it could be written. What they mean and their defaults: `meaning`.
pub(super) const KEYS: [(&str, &str); 59] = [
    (
        "weixin.base_url",
        r#"base_url = "https://api.weixin.qq.com""#,
    ),
    ("weixin.timeout_secs", "timeout_secs = 10"),
    ("weixin.doubt_secs", "doubt_secs = 30"),
    ("weixin.proxy", r#"proxy = "http://proxy.example:3128""#),
    ("weixin.ca_file", r#"ca_file = "/etc/coupon-kiosk/ca.pem""#),
    ("weixin.token.source", r#"source = "stable_token""#),
    ("weixin.token.appid", r#"appid = "wx0123456789abcdef""#),
    (
        "weixin.token.secret_file",
        r#"secret_file = "/etc/coupon-kiosk/appsecret""#,
    ),
    (
        "weixin.token.url",
        r#"url = "https://token.example/weixin""#,
    ),
    (
        "weixin.token.bearer_file",
        r#"bearer_file = "/etc/coupon-kiosk/bearer""#,
    ),
    (
        "weixin.token.token_file",
        r#"token_file = "/etc/coupon-kiosk/token""#,
    ),
    (
        "cards.custom_code",
        r#"custom_code = ["pFS7Fjg8kV1IdDz01r4SQwMkuCKc"]"#,
    ),
    (
        "cards.honoured",
        r#"honoured = ["pFS7Fjg8kV1IdDz01r4SQwMkuCKc"]"#,
    ),
    ("store.name", r#"name = "Nanjing Road""#),
    ("store.id", r#"id = "sh-017""#),
    ("store.desk", r#"desk = "2""#),
    ("store.time_zone", r#"time_zone = "Asia/Shanghai""#),
    ("camera.device", r#"device = "/dev/video0""#),
    ("camera.width", "width = 1280"),
    ("camera.height", "height = 720"),
    ("camera.mirror", "mirror = true"),
    ("camera.rotate", "rotate = 90"),
    ("camera.zoom", "zoom = 150"),
    ("camera.region", "region = [25, 0, 50, 100]"),
    ("camera.sleep_minutes", "sleep_minutes = 3"),
    (
        "journal.path",
        r#"path = "/var/lib/coupon-kiosk/journal.sqlite""#,
    ),
    ("journal.keep_days", "keep_days = 400"),
    (
        "journal.archive",
        r#"archive = "/var/lib/coupon-kiosk/archive""#,
    ),
    ("ui.language", r#"language = "zh""#),
    ("ui.fullscreen", "fullscreen = true"),
    ("ui.shade", r#"shade = "dark""#),
    ("ui.sound", "sound = true"),
    ("ui.lock_after_secs", "lock_after_secs = 60"),
    ("scan.refuse_payment_codes", "refuse_payment_codes = true"),
    ("scan.symbologies", r#"symbologies = ["qr", "code128"]"#),
    ("health.listen", r#"listen = "127.0.0.1:9464""#),
    (
        "witness.events_file",
        r#"events_file = "/var/lib/coupon-kiosk/events.jsonl""#,
    ),
    ("witness.listen", r#"listen = "127.0.0.1:9465""#),
    (
        "witness.events_key_file",
        r#"events_key_file = "/etc/coupon-kiosk/events-key""#,
    ),
    ("log.to", r#"to = "journald""#),
    ("log.file", r#"file = "/var/lib/coupon-kiosk/kiosk.log""#),
    (
        "online.public_url",
        r#"public_url = "https://coupons.example""#,
    ),
    ("online.listen", r#"listen = "127.0.0.1:8600""#),
    (
        "online.certificate_file",
        r#"certificate_file = "/etc/coupon-kiosk/fullchain.pem""#,
    ),
    (
        "online.certificate_key_file",
        r#"certificate_key_file = "/etc/coupon-kiosk/privkey.pem""#,
    ),
    (
        "online.trusted_proxies",
        r#"trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]"#,
    ),
    ("online.requests_per_minute", "requests_per_minute = 600"),
    ("online.appid", r#"appid = "wx0123456789abcdef""#),
    (
        "online.self_redeem",
        r#"self_redeem = ["pFS7Fjg8kV1IdDz01r4SQwMkuCKc"]"#,
    ),
    ("online.shop_id", r#"shop_id = "1234""#),
    ("online.card_type", r#"card_type = "GROUPON""#),
    (
        "online.card_id",
        r#"card_id = "pFS7Fjg8kV1IdDz01r4SQwMkuCKc""#,
    ),
    (
        "online.jweixin_url",
        r#"jweixin_url = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js""#,
    ),
    (
        "online.journal_path",
        r#"journal_path = "/var/lib/coupon-kiosk/online.sqlite""#,
    ),
    (
        "online.desks_file",
        r#"desks_file = "/etc/coupon-kiosk/desks""#,
    ),
    ("hand_off.url", r#"url = "https://coupons.example""#),
    (
        "hand_off.key_file",
        r#"key_file = "/etc/coupon-kiosk/desk-key""#,
    ),
    ("fleet.public_key", r#"public_key = "RW...""#),
    (
        "fleet.source",
        r#"source = "https://office.example/bundle.toml""#,
    ),
];

/// Whether a key of this whole name exists.
pub(super) fn is_key(name: &str) -> bool {
    KEYS.iter().any(|(key, _)| *key == name)
}

/// Whether a section of this whole name exists.
pub(super) fn is_section(name: &str) -> bool {
    sections().any(|section| section == name)
}

/// Whether a name is one under which people keep secrets: its value must never be read, let alone shown.
pub(super) fn names_a_secret(name: &str) -> bool {
    let last = last_of(name).to_ascii_lowercase().replace('-', "_");
    let endings = ["secret", "token", "bearer", "password", "passwd", "_key"];
    endings.iter().any(|ending| last.ends_with(ending))
}

/// Whether a key of this name names a file that a secret is put into for this desk.
pub fn names_a_secrets_file(name: &str) -> bool {
    let is_secret = |name: &str| names_a_secret(name) || last_of(name) == "key";
    is_key(name) && name.strip_suffix("_file").is_some_and(is_secret)
}

/// What is said of a secret that stands in the configuration itself.
pub(super) fn secret_written(name: &str) -> Wrong {
    let last = last_of(name).to_ascii_lowercase();
    let key = if last.contains("secret") {
        "secret_file"
    } else if last.contains("bearer") {
        "bearer_file"
    } else {
        "token_file"
    };
    Wrong::new(
        "a secret does not belong in the configuration",
        format!(
            "take it out, put it into a file of its own that only the kiosk's user may read (chmod 600), and name that \
             file under [weixin.token]: {}",
            example(&format!("weixin.token.{key}"))
        ),
    )
}

/// What is said of a key or section that does not exist: the likeliest one that does.
pub(super) fn unknown(name: &str) -> Wrong {
    if names_a_secret(name) {
        return secret_written(name);
    }
    let last = last_of(name);
    if let Some((key, line)) = KEYS.iter().find(|(key, _)| last_of(key) == last) {
        return Wrong::new(
            "there is no such key here",
            format!("write it under [{}]: {line}", section_of(key)),
        );
    }
    let section = section_of(name);
    let in_section = KEYS.iter().filter(|(key, _)| section_of(key) == section);
    if let Some((_, line)) = nearest(last, in_section).or_else(|| nearest(last, KEYS.iter())) {
        return Wrong::new("there is no such key", format!("did you mean: {line}"));
    }
    if is_section(section) {
        let known: Vec<&str> = KEYS
            .iter()
            .filter(|(key, _)| section_of(key) == section)
            .map(|(key, _)| last_of(key))
            .collect();
        return Wrong::new(
            "there is no such key",
            format!("[{section}] knows {}", known.join(", ")),
        );
    }
    unknown_section(name)
}

/// What is said of a section that does not exist.
pub(super) fn unknown_section(name: &str) -> Wrong {
    let near = sections()
        .map(|section| (strsim::osa_distance(section, name), section))
        .filter(|(distance, section)| is_near(*distance, section))
        .min();
    let instead = match near {
        Some((_, section)) => format!("did you mean: [{section}]"),
        None => format!(
            "the sections are {}",
            sections()
                .map(|section| format!("[{section}]"))
                .collect::<Vec<_>>()
                .join(" ")
        ),
    };
    Wrong::new("there is no such section", instead)
}

/// A line as it could be written for a key.
pub(super) fn example(name: &str) -> &'static str {
    KEYS.iter()
        .find(|(key, _)| *key == name)
        .map_or("", |(_, line)| line)
}

/// The sections in the order of the table.
fn sections() -> impl Iterator<Item = &'static str> {
    let mut before = "";
    KEYS.iter().filter_map(move |(key, _)| {
        let section = section_of(key);
        (section != std::mem::replace(&mut before, section)).then_some(section)
    })
}

fn nearest<'a>(
    last: &str,
    keys: impl Iterator<Item = &'a (&'static str, &'static str)>,
) -> Option<&'a (&'static str, &'static str)> {
    let rated = keys.filter_map(|pair| {
        let word = last_of(pair.0);
        let distance = strsim::osa_distance(word, last);
        let is_beginning = last.len() >= 3 && word.starts_with(last);
        (is_beginning || is_near(distance, word)).then_some((distance, pair))
    });
    rated
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, pair)| pair)
}

/// A slip of one letter in three still looks like the word; more is another word.
fn is_near(distance: usize, word: &str) -> bool {
    distance <= (word.len() / 3).max(1)
}

fn section_of(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(section, _)| section)
}

fn last_of(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_told_the_one_that_was_meant() {
        for (written, meant) in [
            ("weixin.timeout_sec", "did you mean: timeout_secs = 10"),
            ("weixin.timeout", "did you mean: timeout_secs = 10"),
            ("timeout_secs", "write it under [weixin]: timeout_secs = 10"),
            (
                "store.timezone",
                "did you mean: time_zone = \"Asia/Shanghai\"",
            ),
            (
                "ui.tts",
                "[ui] knows language, fullscreen, shade, sound, lock_after_secs",
            ),
        ] {
            assert_eq!(unknown(written).instead, meant, "{written}");
        }
    }

    #[test]
    fn a_misspelt_section_is_told_the_one_that_was_meant() {
        assert_eq!(unknown_section("camara").instead, "did you mean: [camera]");
        assert_eq!(
            unknown_section("printer").instead,
            "the sections are [weixin] [weixin.token] [cards] [store] [camera] [journal] [ui] [scan] [health] [witness] [log] [online] [hand_off] [fleet]"
        );
    }

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in [
            "appsecret",
            "weixin.app_secret",
            "AppSecret",
            "access-token",
            "x.bearer",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        assert!(!names_a_secret("weixin.token.secret_file"));
    }
}
