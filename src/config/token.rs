//! `[weixin.token]`: one of three sources, each with keys of its own.

use super::TokenSource;
use super::address::HttpUrl;
use super::environment::Environment;
use super::keys;
use super::mistake::Wrong;
use super::reader::{Reader, Shown, choice, text};
use super::secret_file;
use super::written::Raw;

const APPID: &str = "weixin.token.appid";
const SECRET_FILE: &str = "weixin.token.secret_file";
const URL: &str = "weixin.token.url";
const BEARER_FILE: &str = "weixin.token.bearer_file";
const TOKEN_FILE: &str = "weixin.token.token_file";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    StableToken,
    Url,
    Static,
}

const WORDS: [(&str, Source); 3] = [
    ("stable_token", Source::StableToken),
    ("url", Source::Url),
    ("static", Source::Static),
];

impl Source {
    fn word(self) -> &'static str {
        let pair = WORDS.iter().find(|(_, source)| *source == self);
        pair.map_or("", |(word, _)| word)
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::StableToken => &[APPID, SECRET_FILE],
            Self::Url => &[URL, BEARER_FILE],
            Self::Static => &[TOKEN_FILE],
        }
    }
}

impl TokenSource {
    /// The account's public name, where this source knows it.
    pub fn appid(&self) -> Option<&str> {
        match self {
            Self::StableToken { appid, .. } => Some(appid),
            Self::Url { .. } | Self::Static { .. } => None,
        }
    }

    /// The file of the account's secret, where this source has one.
    pub fn secret_file(&self) -> Option<&std::path::Path> {
        match self {
            Self::StableToken { secret_file, .. } => Some(secret_file),
            Self::Url { .. } | Self::Static { .. } => None,
        }
    }
}

/// Where access tokens come from; `None` where something is missing or wrong.
pub(super) fn of(reader: &mut Reader, environment: &Environment) -> Option<TokenSource> {
    let source = source(reader)?;
    match source {
        Source::StableToken => {
            let appid = reader
                .optional(APPID, |raw| appid(APPID, raw))
                .map(|AppId(appid)| appid);
            let appid = required(reader, APPID, appid);
            let secret_file = secret_file::optional(reader, SECRET_FILE, environment);
            let secret_file = required(reader, SECRET_FILE, secret_file);
            Some(TokenSource::StableToken {
                appid: appid?,
                secret_file: secret_file?,
            })
        }
        Source::Url => {
            let url = reader.optional(URL, |raw| HttpUrl::guarded(&text(URL, raw)?));
            let url = required(reader, URL, url);
            let bearer_file = secret_file::optional(reader, BEARER_FILE, environment);
            Some(TokenSource::Url {
                url: url?,
                bearer_file,
            })
        }
        Source::Static => {
            let token_file = secret_file::optional(reader, TOKEN_FILE, environment);
            let token_file = required(reader, TOKEN_FILE, token_file);
            Some(TokenSource::Static {
                token_file: token_file?,
            })
        }
    }
}

/// The source that is meant, and a mistake for every key of another one; `None` where nobody can know what is meant.
fn source(reader: &mut Reader) -> Option<Source> {
    const KEY: &str = "weixin.token.source";
    let is_written = reader.is_written(KEY);
    let source = if is_written {
        reader.optional(KEY, |raw| choice(KEY, raw, &WORDS))?
    } else {
        reader.or(KEY, Source::StableToken, |raw| choice(KEY, raw, &WORDS))
    };
    let mut is_strange = false;
    for (word, other) in WORDS {
        for key in other.keys() {
            if other != source && reader.is_written(key) {
                reader.wrong(key, not_of(source, is_written, word));
                is_strange = true;
            }
        }
    }
    (is_written || !is_strange).then_some(source)
}

fn required<T>(reader: &mut Reader, key: &str, value: Option<T>) -> Option<T> {
    if value.is_none() && !reader.is_written(key) {
        let instead = format!("write under [weixin.token]: {}", keys::example(key));
        reader.wrong(key, Wrong::new("this key is missing", instead));
    }
    value
}

fn not_of(source: Source, is_written: bool, word: &str) -> Wrong {
    let source = source.word();
    let wrong = if is_written {
        format!("source = \"{source}\" does not use it")
    } else {
        format!("without a source, \"{source}\" is meant, which does not use it")
    };
    Wrong::new(
        wrong,
        format!("write source = \"{word}\", or leave this key away"),
    )
}

/// The account's public name; never repeated where it is wrong, since the secret may stand there by mistake.
pub(super) fn appid(key: &str, raw: &Raw) -> Result<AppId, Wrong> {
    let appid = text(key, raw)?;
    let instead = "write it as the platform shows it, such as \"wx0123456789abcdef\"";
    if appid.len() == 32 && appid.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Wrong::new("this looks like the AppSecret", instead));
    }
    if appid.len() > 64 || !appid.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Wrong::new("this is no appid", instead));
    }
    Ok(AppId(appid))
}

pub(super) struct AppId(pub(super) String);

/// All true ones begin with `wx`; what does not, such as that of a test server, might be anything.
impl Shown for AppId {
    fn shown(&self) -> String {
        if self.0.starts_with("wx") {
            return self.0.clone();
        }
        "***".to_owned()
    }
}

impl Shown for Source {
    fn shown(&self) -> String {
        self.word().to_owned()
    }
}
