//! What a configuration means, what is said of one that is wrong, and what is never said.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use coupon_kiosk::cli::check;
use coupon_kiosk::config::{
    self, Config, Device, Environment, Loaded, Rotation, TokenSource, Weight,
};
use coupon_kiosk::payload::PaymentCodes;
use coupon_kiosk::wording::Language;
use expect_test::{Expect, expect};
use tempfile::TempDir;

/// A folder with a configuration in it, two files for secrets, and a home for the default paths.
struct Desk {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

const SOUND: &str = r#"
[weixin.token]
source = "static"
token_file = "token"
"#;

impl Desk {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self {
            folder,
            variables: Vec::new(),
        };
        desk.write("kiosk.toml", text);
        desk.write("token", "an-access-token\n");
        desk.write("appsecret", "0123456789abcdef0123456789abcdef\n");
        desk.set("HOME", "/nonexistent-home")
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn environment(&self) -> Environment {
        Environment::of(self.variables.clone())
    }

    fn load(&self) -> Loaded {
        config::load(Some(&self.path("kiosk.toml")), &self.environment())
    }

    /// The configuration, which has to be sound.
    fn config(&self) -> Config {
        let loaded = self.load();
        loaded
            .config
            .unwrap_or_else(|| panic!("{:#?}", loaded.mistakes))
    }

    /// What `check` prints of it, without the values in force.
    fn mistakes(&self) -> String {
        let loaded = self.load();
        let lines: Vec<String> = loaded.mistakes.iter().map(ToString::to_string).collect();
        lines
            .join("\n")
            .replace(&self.folder.path().display().to_string(), "…")
            + "\n"
    }

    fn check(&self, json: bool) -> (String, u8) {
        let mut out = Vec::new();
        let code = check::report(&self.load(), json, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        (
            text.replace(&self.folder.path().display().to_string(), "…"),
            code,
        )
    }
}

fn told(text: &str, expected: &Expect) {
    expected.assert_eq(&Desk::with(text).mistakes());
}

#[test]
fn every_key_is_read() {
    let config = Desk::with(
        r#"
        [weixin]
        base_url = "http://127.0.0.1:8080/"
        timeout_secs = 5
        doubt_secs = 12
        proxy = "http://proxy.example:3128"
        ca_file = "ca.pem"
        [weixin.token]
        source = "stable_token"
        appid = "wx0123456789abcdef"
        secret_file = "appsecret"
        [cards]
        custom_code = ["pFS7Fjg8kV1IdDz01r4SQwMkuCKc"]
        honoured = ["p1", "p2"]
        [store]
        name = "南京路店"
        id = "sh-017"
        desk = "2"
        time_zone = "Asia/Urumqi"
        [camera]
        device = "HD Webcam"
        width = 1280
        height = 720
        mirror = true
        rotate = 90
        [journal]
        path = "j.sqlite"
        [ui]
        language = "zh"
        fullscreen = false
        sound = false
        [scan]
        refuse_payment_codes = false
        symbologies = ["qr"]
        "#,
    );
    config.write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
    let read = config.config();
    assert_eq!(read.weixin.base_url.as_base(), "http://127.0.0.1:8080");
    assert_eq!(read.weixin.timeout, Duration::from_secs(5));
    assert_eq!(read.weixin.doubt, Duration::from_secs(12));
    assert_eq!(read.weixin.way_out.ca_file, Some(config.path("ca.pem")));
    assert_eq!(
        read.weixin.token,
        TokenSource::StableToken {
            appid: "wx0123456789abcdef".to_owned(),
            secret_file: config.path("appsecret"),
        }
    );
    assert_eq!(read.cards.custom_code.len(), 1);
    assert_eq!(read.cards.honoured.len(), 2);
    assert_eq!(read.store.name.as_deref(), Some("南京路店"));
    assert_eq!(read.store.time_zone.iana_name(), Some("Asia/Urumqi"));
    assert_eq!(
        read.camera.device,
        Some(Device::Name("HD Webcam".to_owned()))
    );
    assert_eq!(read.camera.size, Some((1280, 720)));
    assert!(read.camera.mirror);
    assert_eq!(read.camera.rotate, Rotation::By90);
    assert_eq!(read.journal, config.path("j.sqlite"));
    assert_eq!(read.ui.language, Some(Language::Zh));
    assert!(!read.ui.fullscreen);
    assert_eq!(read.ui.sound, 0);
    assert_eq!(read.scan.payment_codes, PaymentCodes::TakenAsCodes);
    assert_eq!(read.scan.symbologies.len(), 1);
}

#[test]
fn check_shows_every_value_and_where_it_comes_from() {
    let desk = Desk::with(SOUND)
        .set("COUPON_KIOSK__STORE__DESK", "7")
        .set("STATE_DIRECTORY", "/var/lib/coupon-kiosk");
    let (text, code) = desk.check(false);
    assert_eq!(code, 0);
    expect![[r#"
        …/kiosk.toml
          weixin.base_url              https://api.weixin.qq.com  (default)
          weixin.timeout_secs          10  (default)
          weixin.doubt_secs            30  (default)
          weixin.proxy                 -  (default)
          weixin.ca_file               -  (default)
          weixin.token.source          static  (line 3)
          weixin.token.token_file      …/token  (line 4)
          cards.custom_code            []  (default)
          cards.honoured               []  (default)
          store.name                   -  (default)
          store.id                     -  (default)
          store.desk                   7  ($COUPON_KIOSK__STORE__DESK)
          store.time_zone              Asia/Shanghai  (default)
          camera.device                -  (default)
          camera.width                 -  (default)
          camera.height                -  (default)
          camera.mirror                false  (default)
          camera.rotate                0  (default)
          camera.zoom                  100  (default)
          camera.region                [0, 0, 100, 100]  (default)
          camera.sleep_minutes         3  (default)
          journal.path                 /var/lib/coupon-kiosk/journal.sqlite  (default)
          journal.keep_days            -  (default)
          journal.archive              -  (default)
          ui.language                  -  (default)
          ui.fullscreen                true  (default)
          ui.shade                     dark  (default)
          ui.sound                     70  (default)
          ui.lock_after_secs           0  (default)
          scan.refuse_payment_codes    true  (default)
          scan.symbologies             [qr, code128]  (default)
          health.listen                -  (default)
          witness.events_file          -  (default)
          witness.listen               -  (default)
          witness.events_key_file      -  (default)
          log.to                       stderr  (default)
          log.file                     -  (default)
          online.public_url            -  (default)
          online.listen                127.0.0.1:8600  (default)
          online.certificate_file      -  (default)
          online.certificate_key_file  -  (default)
          online.trusted_proxies       []  (default)
          online.requests_per_minute   600  (default)
          online.appid                 -  (default)
          online.self_redeem           []  (default)
          online.shop_id               -  (default)
          online.card_type             -  (default)
          online.card_id               -  (default)
          online.jweixin_url           https://res.wx.qq.com/open/js/jweixin-1.6.0.js  (default)
          online.journal_path          /var/lib/coupon-kiosk/online.sqlite  (default)
          online.desks_file            -  (default)
          hand_off.url                 -  (default)
          hand_off.key_file            -  (default)
          fleet.public_key             -  (default)
          fleet.source                 -  (default)
        The configuration is in order.
    "#]]
    .assert_eq(&text);
}

#[test]
fn all_mistakes_are_told_at_once_each_with_its_line() {
    told(
        r#"
[weixin]
base_url = "http://api.weixin.qq.com"
timeout_secs = 0
timeout_sec = 5
doubt_secs = "long"
proxy = "socks5://127.0.0.1"
ca_file = "no.pem"
[weixin.token]
source = "stable"
[cards]
honoured = "p1"
custom_code = ["p1", "ünk"]
[store]
time_zone = "Asia/Beijing"
name = ""
[camera]
width = 640
rotate = 45
[camara]
device = 0
[journal]
path = "~/journal.sqlite"
[ui]
language = "fr"
fullscreen = 1
[scan]
symbologies = ["qr", "ean14"]
"#,
        &expect![[r#"
            …/kiosk.toml:3: weixin.base_url: plain http would send the access token readable to everybody on the way; write https:// (http:// is for this machine itself only: 127.0.0.1, [::1], localhost)
            …/kiosk.toml:4: weixin.timeout_secs: 0 is out of range; write a number from 1 to 120
            …/kiosk.toml:5: weixin.timeout_sec: there is no such key; did you mean: timeout_secs = 10
            …/kiosk.toml:6: weixin.doubt_secs: it has to be a whole number, and this is a text; write it like doubt_secs = 30
            …/kiosk.toml:7: weixin.proxy: only http and https are known; write it like https://host.example or http://127.0.0.1:8080
            …/kiosk.toml:8: weixin.ca_file: …/no.pem cannot be read: it does not exist; name a PEM file that the kiosk's user may read
            …/kiosk.toml:10: weixin.token.source: this is none of the words that it can be; write "stable_token" or "url" or "static"
            …/kiosk.toml:12: cards.honoured: it has to be a list of texts, and this is a text; write it like honoured = ["pFS7Fjg8kV1IdDz01r4SQwMkuCKc"]
            …/kiosk.toml:13: cards.custom_code: number 2 is no card_id: it holds a character other than printable ASCII; write each as the platform shows it, such as "pFS7Fjg8kV1IdDz01r4SQwMkuCKc"
            …/kiosk.toml:15: store.time_zone: there is no such time zone; did you mean: time_zone = "Asia/Shanghai"
            …/kiosk.toml:16: store.name: it is empty; write name = "Nanjing Road", or leave the key away
            …/kiosk.toml:18: camera.width: there is a width without a height; write height = 720 too
            …/kiosk.toml:19: camera.rotate: a picture can be turned by quarters only; write 0, 90, 180 or 270
            …/kiosk.toml:20: camara: there is no such section; did you mean: [camera]
            …/kiosk.toml:23: journal.path: the ~ of a shell is not known here; write the whole path, from / on
            …/kiosk.toml:25: ui.language: this language is not spoken here; write "zh" or "en"
            …/kiosk.toml:26: ui.fullscreen: it has to be true or false, and this is a number; write it like fullscreen = true
            …/kiosk.toml:28: scan.symbologies: this is none of the words that it can be; write "qr" or "code128" or "code39" or "code93" or "ean13"
        "#]],
    );
}

#[test]
fn a_line_that_is_no_toml_is_told_beside_what_else_is_wrong() {
    told(
        r#"
[weixin]
timeout_secs = = 5
doubt_secs = 0
[weixin.token
source = "static"
"#,
        &expect![[r#"
            …/kiosk.toml:3: this is not TOML: extra `=`, expected nothing; write key = "text", key = 10, key = true or key = ["a", "b"]
            …/kiosk.toml:4: weixin.doubt_secs: 0 is out of range; write a number from 1 to 3600
            …/kiosk.toml:5: this is not TOML: unclosed table, expected `]`; write key = "text", key = 10, key = true or key = ["a", "b"]
        "#]],
    );
}

#[test]
fn a_missing_key_is_told_with_the_line_to_write() {
    told(
        "",
        &expect![[r#"
            …/kiosk.toml: weixin.token.appid: this key is missing; write under [weixin.token]: appid = "wx0123456789abcdef"
            …/kiosk.toml: weixin.token.secret_file: this key is missing; write under [weixin.token]: secret_file = "/etc/coupon-kiosk/appsecret"
        "#]],
    );
    told(
        "[weixin.token]\nsource = \"url\"",
        &expect![[r#"
        …/kiosk.toml: weixin.token.url: this key is missing; write under [weixin.token]: url = "https://token.example/weixin"
    "#]],
    );
    told(
        "[weixin.token]\ntoken_file = \"token\"",
        &expect![[r#"
            …/kiosk.toml:2: weixin.token.token_file: without a source, "stable_token" is meant, which does not use it; write source = "static", or leave this key away
        "#]],
    );
}

#[test]
fn a_secret_in_the_configuration_is_refused_and_never_repeated() {
    const SECRET: &str = "5ec2e75ec2e75ec2e75ec2e75ec2e75e";
    for text in [
        format!("appsecret = \"{SECRET}\""),
        format!("[weixin]\ntoken = \"{SECRET}\""),
        format!("[weixin]\nsecret = \"{SECRET}\""),
        format!("[weixin.token]\ntoken = \"{SECRET}\""),
        format!("[weixin.token]\nappid = \"{SECRET}\""),
        format!("[weixin.token]\nsecret_file = \"{SECRET}\""),
        format!("[weixin.token]\nsource = \"{SECRET}\""),
        format!("[weixin.token]\nsource = \"url\"\nurl = \"http://10.0.0.1/?x={SECRET}\""),
        format!("[weixin.token]\nsource = \"url\"\nurl = \"https://a:{SECRET}@b.example\""),
        format!("[weixin.token]\nsource = \"url\"\nurl = \"https://b.example/?x={SECRET}\""),
        format!("[weixin.token]\nsecret_file = {SECRET}"),
        format!("[weixin.token]\n{SECRET}"),
        format!("[weixin]\nproxy = \"http://a:{SECRET}@b.example\""),
        format!("passwort = \"{SECRET}\"\n[weixin\nx = '{SECRET}"),
    ] {
        let desk = Desk::with(&text);
        let loaded = desk.load();
        let all = desk.check(false).0 + &desk.check(true).0 + &format!("{loaded:?}");
        assert!(!all.contains("5ec2e7"), "{text}\n{all}");
    }
    told(
        &format!(
            "[weixin]\nappsecret = \"{SECRET}\"\n[weixin.token]\nsource = \"static\"\ntoken_file = \"token\""
        ),
        &expect![[r#"
            …/kiosk.toml:2: weixin.appsecret: a secret does not belong in the configuration; take it out, put it into a file of its own that only the kiosk's user may read (chmod 600), and name that file under [weixin.token]: secret_file = "/etc/coupon-kiosk/appsecret"
        "#]],
    );
    let desk = Desk::with(SOUND).set("COUPON_KIOSK__WEIXIN__TOKEN__SECRET", SECRET);
    expect![[r#"
        $COUPON_KIOSK__WEIXIN__TOKEN__SECRET: weixin.token.secret: a secret does not belong in the configuration; take it out, put it into a file of its own that only the kiosk's user may read (chmod 600), and name that file under [weixin.token]: secret_file = "/etc/coupon-kiosk/appsecret"
    "#]].assert_eq(&desk.mistakes());
}

#[test]
fn a_secret_that_others_may_read_is_a_warning() {
    let desk = Desk::with(SOUND);
    fs::set_permissions(desk.path("token"), fs::Permissions::from_mode(0o644)).unwrap();
    expect![[r#"
        …/kiosk.toml:4: warning: weixin.token.token_file: others than its owner may use this file (mode 644); chmod 600 …/token
    "#]].assert_eq(&desk.mistakes());
    assert_eq!(desk.check(false).1, 0);
    assert!(
        desk.load()
            .mistakes
            .iter()
            .all(|m| m.weight == Weight::Warning)
    );
    desk.config();
}

#[test]
fn a_variable_overrides_the_file_and_lists_are_json() {
    let desk = Desk::with(SOUND)
        .set("COUPON_KIOSK__WEIXIN__TIMEOUT_SECS", "3")
        .set("COUPON_KIOSK__CARDS__CUSTOM_CODE", r#"["p1","p2"]"#)
        .set("COUPON_KIOSK__UI__SOUND", "false")
        .set("COUPON_KIOSK__CAMERA__DEVICE", "2");
    let config = desk.config();
    assert_eq!(config.weixin.timeout, Duration::from_secs(3));
    assert_eq!(config.cards.custom_code.len(), 2);
    assert_eq!(config.ui.sound, 0);
    assert_eq!(config.camera.device, Some(Device::Index(2)));
}

#[test]
fn a_variable_that_is_wrong_is_told_by_its_name() {
    let desk = Desk::with(SOUND)
        .set("COUPON_KIOSK__WEIXIN__TIMEOUT_SEC", "3")
        .set("COUPON_KIOSK__WEIXIN__DOUBT_SECS", "soon")
        .set("COUPON_KIOSK__CARDS__CUSTOM_CODE", "p1")
        .set("COUPON_KIOSK__UI__SOUND", "yes")
        .set("COUPON_KIOSK__CAMERA__DEVICE", "");
    expect![[r#"
        $COUPON_KIOSK__CARDS__CUSTOM_CODE: cards.custom_code: this is no list of texts in JSON; write it like ["a","b"]
        $COUPON_KIOSK__UI__SOUND: ui.sound: it is neither true nor false nor a number from 0 to 100; write it like sound = true
        $COUPON_KIOSK__WEIXIN__DOUBT_SECS: weixin.doubt_secs: it has to be a whole number, and this is a text; write it like doubt_secs = 30
        $COUPON_KIOSK__WEIXIN__TIMEOUT_SEC: weixin.timeout_sec: no key is overridden by this variable; variables are named COUPON_KIOSK__SECTION__KEY, and the keys stand in the configuration; did you mean: timeout_secs = 10
    "#]].assert_eq(&desk.mistakes());
}

#[test]
fn variables_alone_are_a_configuration() {
    let token = Desk::with("");
    let environment = Environment::of([
        ("XDG_CONFIG_HOME", "/nonexistent"),
        ("COUPON_KIOSK__WEIXIN__TOKEN__SOURCE", "static"),
        (
            "COUPON_KIOSK__WEIXIN__TOKEN__TOKEN_FILE",
            token.path("token").to_str().unwrap(),
        ),
    ]);
    let loaded = config::load(None, &environment);
    assert!(loaded.config.is_some(), "{:?}", loaded.mistakes);
    assert_eq!(loaded.path, None);
}

#[test]
fn without_any_configuration_the_places_are_named() {
    let environment = Environment::of([("HOME", "/nonexistent-home")]);
    let loaded = config::load(None, &environment);
    let mut out = Vec::new();
    assert_eq!(check::report(&loaded, false, &mut out).unwrap(), 2);
    expect![[r#"
        mistake: there is no configuration
            write /nonexistent-home/.config/coupon-kiosk/kiosk.toml or /etc/coupon-kiosk/kiosk.toml, or name a file with --config
        The configuration cannot be used (1 to put right).
    "#]].assert_eq(&String::from_utf8(out).unwrap());
}

#[test]
fn the_nearest_configuration_is_taken() {
    let desk = Desk::with(SOUND);
    let folder = desk.path("xdg/coupon-kiosk");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("kiosk.toml"), "").unwrap();
    let xdg = desk.path("xdg");
    let xdg = xdg.to_str().unwrap();
    let of_user = Environment::of([("XDG_CONFIG_HOME", xdg)]);
    assert_eq!(
        config::load(None, &of_user).path,
        Some(folder.join("kiosk.toml"))
    );

    let by_variable = Environment::of([
        ("XDG_CONFIG_HOME", xdg),
        ("COUPON_KIOSK_CONFIG", "/no/such.toml"),
    ]);
    assert_eq!(
        config::load(None, &by_variable).path.as_deref(),
        Some(Path::new("/no/such.toml")),
        "a file that somebody named is never passed over"
    );
    let named = config::load(Some(&desk.path("kiosk.toml")), &by_variable);
    assert_eq!(named.path, Some(desk.path("kiosk.toml")));
}

#[test]
fn the_journal_stands_in_the_state_folder_of_whoever_runs_it() {
    for (variables, expected) in [
        (
            vec![
                ("HOME", "/h"),
                ("STATE_DIRECTORY", "/var/lib/coupon-kiosk:/x"),
            ],
            "/var/lib/coupon-kiosk/journal.sqlite",
        ),
        (
            vec![("HOME", "/h"), ("XDG_STATE_HOME", "/s")],
            "/s/coupon-kiosk/journal.sqlite",
        ),
        (
            vec![("HOME", "/h")],
            "/h/.local/state/coupon-kiosk/journal.sqlite",
        ),
        (
            vec![("HOME", "/h"), ("XDG_STATE_HOME", "relative")],
            "/h/.local/state/coupon-kiosk/journal.sqlite",
        ),
        (vec![], "/var/lib/coupon-kiosk/journal.sqlite"),
    ] {
        let environment = Environment::of(variables);
        assert_eq!(config::default_journal(&environment), Path::new(expected));
    }
}

#[test]
fn a_credential_of_systemd_stands_in_for_a_secret_file() {
    let desk = Desk::with("[weixin.token]\nappid = \"wx1\"\n");
    fs::create_dir(desk.path("credentials")).unwrap();
    desk.write("credentials/secret", "s");
    let folder = desk.path("credentials").display().to_string();
    let desk = desk.set("CREDENTIALS_DIRECTORY", &folder);
    assert_eq!(
        desk.config().weixin.token,
        TokenSource::StableToken {
            appid: "wx1".to_owned(),
            secret_file: desk.path("credentials/secret"),
        }
    );
}

#[test]
fn the_language_is_that_of_the_first_that_says_one() {
    let desk = Desk::with(&format!(
        "{SOUND}[journal]\npath = \"state/journal.sqlite\"\n[ui]\nlanguage = \"en\"\n"
    ))
    .set("LANG", "zh_CN.UTF-8");
    let environment = desk.environment();
    let config = desk.config();
    let of = |asked, config| config::language(asked, config, &environment);
    assert_eq!(of(None, None), Language::Zh, "the locale");
    assert_eq!(of(None, Some(&config)), Language::En, "the configuration");

    fs::create_dir(desk.path("state")).unwrap();
    desk.write("state/settings.toml", "[ui]\nlanguage = \"zh\"\n");
    assert_eq!(of(None, Some(&config)), Language::Zh, "the settings");
    assert_eq!(
        of(Some(Language::En), Some(&config)),
        Language::En,
        "--lang"
    );

    desk.write("state/settings.toml", "[ui\n");
    assert_eq!(
        of(None, Some(&config)),
        Language::En,
        "broken settings are passed over"
    );
}

#[test]
fn the_locale_decides_by_the_rules_of_posix() {
    for (variables, expected) in [
        (vec![("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], Language::En),
        (vec![("LC_ALL", ""), ("LANG", "zh_TW")], Language::Zh),
        (vec![("LC_MESSAGES", "zh"), ("LANG", "en_US")], Language::Zh),
        (vec![("LANG", "fr_FR.UTF-8")], Language::En),
        (vec![], Language::En),
    ] {
        let environment = Environment::of(variables.clone());
        assert_eq!(
            config::language(None, None, &environment),
            expected,
            "{variables:?}"
        );
    }
}

#[test]
fn check_tells_programs_the_same() {
    let (text, code) = Desk::with("[weixin]\ntimeout_secs = 0\n").check(true);
    assert_eq!(code, 2);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(text.matches('\n').count(), 1, "one object on one line");
    assert_eq!(report["ok"], false);
    assert_eq!(report["path"], "…/kiosk.toml");
    let mistake = report["mistakes"].as_array().unwrap().last().unwrap();
    expect![[r#"
        {
          "instead": "write a number from 1 to 120",
          "key": "weixin.timeout_secs",
          "line": 2,
          "origin": "…/kiosk.toml:2",
          "wrong": "0 is out of range"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(mistake).unwrap());
}

#[test]
fn the_environment_is_printed_without_values() {
    let environment = Environment::of([
        ("COUPON_KIOSK__WEIXIN__TOKEN__APPID", "wx1"),
        ("OTHER_TOKEN", "abc"),
    ]);
    assert_eq!(
        format!("{environment:?}"),
        r#"{"COUPON_KIOSK__WEIXIN__TOKEN__APPID"}"#
    );
}
