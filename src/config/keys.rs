//! Every key there is, and what it takes.

use toml::{Table, Value};

/// What a key takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A text.
    Text,
    /// A number of seconds, 1 to 600.
    Seconds,
    /// A number of pixels.
    Pixels,
    /// true or false.
    Switch,
    /// A list of texts.
    Texts,
    /// A rotation in degrees.
    Turn,
}

/// All keys, with their sections.
pub const KEYS: [(&str, Kind); 28] = [
    ("weixin.base_url", Kind::Text),
    ("weixin.timeout_secs", Kind::Seconds),
    ("weixin.doubt_secs", Kind::Seconds),
    ("weixin.proxy", Kind::Text),
    ("weixin.ca_file", Kind::Text),
    ("weixin.token.source", Kind::Text),
    ("weixin.token.appid", Kind::Text),
    ("weixin.token.secret_file", Kind::Text),
    ("weixin.token.url", Kind::Text),
    ("weixin.token.bearer_file", Kind::Text),
    ("weixin.token.token_file", Kind::Text),
    ("cards.custom_code", Kind::Texts),
    ("cards.honoured", Kind::Texts),
    ("store.name", Kind::Text),
    ("store.id", Kind::Text),
    ("store.desk", Kind::Text),
    ("store.time_zone", Kind::Text),
    ("camera.device", Kind::Text),
    ("camera.width", Kind::Pixels),
    ("camera.height", Kind::Pixels),
    ("camera.mirror", Kind::Switch),
    ("camera.rotate", Kind::Turn),
    ("journal.path", Kind::Text),
    ("ui.language", Kind::Text),
    ("ui.fullscreen", Kind::Switch),
    ("ui.sound", Kind::Switch),
    ("scan.refuse_payment_codes", Kind::Switch),
    ("scan.symbologies", Kind::Texts),
];

/// Keys that people invent for a secret; they are told where it belongs.
const SECRETS: [&str; 5] = ["secret", "token", "appsecret", "bearer", "access_token"];

/// Whether a key is known and its value fits. The sentence says what to write instead and never repeats the value.
pub fn check(key: &str, value: &Value) -> Result<(), String> {
    let name = key.rsplit('.').next().unwrap_or(key);
    if SECRETS.contains(&name) {
        return Err("a secret does not belong here: put it into a file of its own and name that with secret_file, bearer_file or token_file".to_owned());
    }
    let Some((_, kind)) = KEYS.iter().find(|(known, _)| *known == key) else {
        return Err(unknown(key));
    };
    let number = value.as_integer();
    let is_fitting = match kind {
        Kind::Text => value.is_str(),
        Kind::Seconds => number.is_some_and(|number| (1..=600).contains(&number)),
        Kind::Pixels => number.is_some_and(|number| (16..=16384).contains(&number)),
        Kind::Switch => value.is_bool(),
        Kind::Texts => value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_str)),
        Kind::Turn => number.is_some_and(|number| [0, 90, 180, 270].contains(&number)),
    };
    if !is_fitting {
        return Err(super::wanted(*kind).to_owned());
    }
    if key == "scan.symbologies" {
        return symbologies(value);
    }
    Ok(())
}

fn symbologies(value: &Value) -> Result<(), String> {
    let known = |item: &Value| matches!(item.as_str(), Some("qr" | "code128"));
    match value.as_array() {
        Some(items) if items.iter().all(known) => Ok(()),
        Some(_) | None => Err("write \"qr\", \"code128\" or both".to_owned()),
    }
}

fn unknown(key: &str) -> String {
    let closest = KEYS
        .iter()
        .map(|(known, _)| (strsim::normalized_damerau_levenshtein(key, known), *known))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match closest {
        Some((likeness, known)) if likeness > 0.6 => {
            format!("there is no such key: did you mean {known}?")
        }
        Some(_) | None => "there is no such key".to_owned(),
    }
}

/// Every value with its whole key; a table that is no section of ours is taken whole, so that it is refused.
pub fn flat(table: &Table) -> Vec<(String, Value)> {
    let mut flat = Vec::new();
    for (section, value) in table {
        match value {
            Value::Table(inner) => {
                for (key, value) in self::flat(inner) {
                    flat.push((format!("{section}.{key}"), value));
                }
            }
            Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Array(_) => {
                flat.push((section.clone(), value.clone()));
            }
        }
    }
    flat
}

/// The line a key stands at: the first in its section that begins with its name.
pub fn line_of(text: &str, key: &str) -> usize {
    let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut current = String::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            header
                .split(']')
                .next()
                .unwrap_or("")
                .trim()
                .clone_into(&mut current);
        }
        let written = line.split('=').next().unwrap_or("").trim();
        let whole = if current.is_empty() {
            written.to_owned()
        } else {
            format!("{current}.{written}")
        };
        if line.contains('=') && (whole == key || (current == section && written == name)) {
            return number + 1;
        }
    }
    1
}

/// A value of the environment: lists as JSON, the rest as the key takes it.
pub fn from_environment(key: &str, text: &str) -> Value {
    let kind = KEYS
        .iter()
        .find(|(known, _)| *known == key)
        .map(|(_, kind)| *kind);
    let text_value = || Value::String(text.to_owned());
    match kind {
        Some(Kind::Text) | None => text_value(),
        Some(Kind::Seconds | Kind::Pixels | Kind::Turn) => text
            .trim()
            .parse()
            .map_or_else(|_no| text_value(), Value::Integer),
        Some(Kind::Switch) => text
            .trim()
            .parse()
            .map_or_else(|_no| text_value(), Value::Boolean),
        Some(Kind::Texts) => match serde_json::from_str::<Vec<String>>(text) {
            Ok(items) => Value::Array(items.into_iter().map(Value::String).collect()),
            Err(_) => text_value(),
        },
    }
}
