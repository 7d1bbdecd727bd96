//! Hides secrets in a line of text, by what they are, by what they are called, and by what they look like.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// What stands in a secret's place.
const HIDDEN: &str = "***";

/// Knows what must not be read, and takes it out of any text. Clones know the same.
///
/// Next to the inbox and the newest frame this is the one thing that threads share: a token is renewed in one thread
/// while any other may log.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Vec<String>>>);

impl Redactor {
    /// Hides this text wherever it stands from now on. Under four characters it would hide half of every line.
    pub fn hide(&self, secret: &str) {
        /// A token lives two hours; nobody prints one of days ago. Keeps a kiosk that runs for years from growing.
        const MOST: usize = 256;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for form in forms(secret.trim()) {
            if form.len() >= 4 {
                // Told again is told last: a secret in use outlives the tokens of former days.
                known.retain(|other| *other != form);
                known.push(form);
            }
        }
        let surplus = known.len().saturating_sub(MOST);
        known.drain(..surplus);
    }

    /// The text without secrets.
    pub fn redacted(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<&String> = known.iter().filter(|s| text.contains(*s)).collect();
        // The longer first: of a secret that holds another one, no rest must be left.
        found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in found {
            text = text.replace(secret, HIDDEN);
        }
        without_shapes(&without_named(&text))
    }
}

/// Tells how many, not which.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        write!(f, "Redactor({} hidden)", known.len())
    }
}

/// A secret as it is, and as it is written in an address, in JSON, and by `Debug`.
fn forms(secret: &str) -> Vec<String> {
    let debug = format!("{secret:?}");
    let in_json = secret
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('/', "\\/");
    vec![
        secret.to_owned(),
        percent_encoded(secret, "0123456789ABCDEF"),
        percent_encoded(secret, "0123456789abcdef"),
        debug.trim_matches('"').to_owned(),
        in_json,
    ]
}

fn percent_encoded(secret: &str, digits: &str) -> String {
    let digits = digits.as_bytes();
    let mut encoded = String::with_capacity(secret.len());
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |half: u8| char::from(digits[usize::from(half)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// Hides the values of names that are names of secrets: `access_token=...`, `"openid":"..."`, `Authorization: Bearer ...`.
fn without_named(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(word) = next_word(rest) {
        let (before, from_word) = rest.split_at(word.start);
        let (name, after) = from_word.split_at(word.len);
        kept.push_str(before);
        kept.push_str(name);
        rest = after;
        // `weixin::token: renewed` is a log line's module, no name of a value.
        let is_module = kept[..kept.len() - name.len()].ends_with(':');
        if is_module || !is_secret_name(name) {
            continue;
        }
        if let Some((between, value_len)) = value_after(name, after) {
            kept.push_str(&after[..between]);
            kept.push_str(HIDDEN);
            rest = &after[between + value_len..];
        }
    }
    kept.push_str(rest);
    kept
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let endings = [
        "token",
        "secret",
        "openid",
        "unionid",
        "authorization",
        "bearer",
        "password",
        "cookie",
        "api_key",
    ];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Behind a name: how many bytes stand before the value, and how many the value has.
fn value_after(name: &str, after: &str) -> Option<(usize, usize)> {
    /// What may stand around a value; a scheme is no secret.
    const WRAPPINGS: [&str; 9] = [
        " ", "\\", "\"", "'", "b\"", "Some(", "Bearer ", "bearer ", "Basic ",
    ];
    const ENDS: [char; 13] = [
        ' ', '\t', '\n', '\r', '&', ',', ';', '"', '\'', '\\', ')', '}', ']',
    ];
    let separated = after.trim_start_matches([' ', '\\', '"', '\'']);
    let head = separated.get(..3).unwrap_or_default();
    let mut value = if head.eq_ignore_ascii_case("%3d") {
        &separated[3..]
    } else if separated.starts_with(['=', ':']) {
        &separated[1..]
    } else if name.eq_ignore_ascii_case("bearer") && after.starts_with(' ') {
        separated
    } else {
        return None;
    };
    let mut is_quoted = false;
    while let Some(wrapping) = WRAPPINGS.iter().find(|w| value.starts_with(**w)) {
        is_quoted |= wrapping.ends_with(['"', '\'']);
        value = &value[wrapping.len()..];
    }
    let end = if is_quoted {
        value.find(['"', '\'', '\\', '\n'])
    } else {
        value.find(ENDS)
    };
    let len = end.unwrap_or(value.len());
    (len > 0).then_some((after.len() - value.len(), len))
}

/// Hides what only secrets look like: openids (28 characters from `o` on), and words as long as access tokens.
fn without_shapes(text: &str) -> String {
    /// Access tokens have had 110 to 512 characters so far, hashes and keys of our own have 64.
    const TOKEN_LEN: usize = 80;
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(word) = next_word(rest) {
        let (before, from_word) = rest.split_at(word.start);
        let (shape, after) = from_word.split_at(word.len);
        kept.push_str(before);
        let is_mixed = shape
            .bytes()
            .any(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if shape.len() >= TOKEN_LEN {
            kept.push_str(HIDDEN);
        } else if shape.len() == 28 && shape.starts_with('o') && is_mixed {
            kept.push_str(&shape[..4]);
            kept.push_str("****");
            kept.push_str(&shape[26..]);
        } else {
            kept.push_str(shape);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

struct Word {
    start: usize,
    len: usize,
}

/// The next run of the characters that names, openids and tokens are made of.
fn next_word(text: &str) -> Option<Word> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let start = text.find(is_word)?;
    let from = &text[start..];
    let len = from.find(|c| !is_word(c)).unwrap_or(from.len());
    Some(Word { start, len })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t-VALUE_0";

    #[test]
    fn a_value_is_hidden_by_its_name_however_it_is_written() {
        for line in [
            "GET /card/code/get?access_token=@&x=1 HTTP/1.1",
            "https://api.weixin.qq.com/cgi-bin/token?grant_type=client_credential&appid=wx1&secret=@",
            r#"{"access_token":"@","expires_in":7200}"#,
            r#"{"access_token": "@" , "x": 1}"#,
            r#""{\"access_token\":\"@\"}""#,
            r#"Body { b"{\"access_token\":\"@\"}" }"#,
            "Authorization: Bearer @",
            "authorization: Basic @",
            r#"{"authorization": "Bearer @"}"#,
            r#""authorization": b"Bearer @""#,
            "bearer @",
            r#"Token { access_token: "@", at: 1 }"#,
            r#"Account { secret: Some("@") }"#,
            "x-api-token: @",
            "redirect=https%3A%2F%2Fx%3Faccess_token%3D@",
            "AppSecret = '@'",
            "access_token=@",
            "WARN coupon_kiosk::weixin: openid=@",
        ] {
            let redacted = Redactor::default().redacted(&line.replace('@', SECRET));
            assert_eq!(redacted, line.replace('@', HIDDEN));
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for line in [
            "WARN coupon_kiosk::weixin::token: renewed after 40001",
            "secret_file: \"/etc/coupon-kiosk/appsecret\"",
            "the token source is url",
            "card_id=pFS7Fjg8kV1IdDz01r4SQwMkuCKc code=11…34",
            "hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "only-words-that-are-so-longg",
            "短信 token",
        ] {
            assert_eq!(Redactor::default().redacted(line), line);
        }
    }

    #[test]
    fn an_openid_and_a_token_are_hidden_by_their_shape() {
        let openid = "oFS7Fjl0WsZ9AMZqrI80nbIq8xrA";
        assert_eq!(
            Redactor::default().redacted(&format!("holder {openid}, done")),
            "holder oFS7****rA, done"
        );
        let token = "72_".to_owned() + &"Ab9-_".repeat(30);
        assert_eq!(Redactor::default().redacted(&format!("<{token}>")), "<***>");
    }

    #[test]
    fn a_secret_that_was_told_is_hidden_wherever_and_in_whatever_form() {
        let redactor = Redactor::default();
        redactor.hide("a/b+c\"d");
        redactor.hide("a/b+c\"d-longer\n");
        for form in [
            "a/b+c\"d",
            "a%2Fb%2Bc%22d",
            "a%2fb%2bc%22d",
            "a/b+c\\\"d",
            "a/b+c\"d-longer",
        ] {
            assert_eq!(redactor.redacted(&format!("<{form}>")), "<***>");
        }
        assert_eq!(format!("{redactor:?}").matches("a/b").count(), 0);
    }

    #[test]
    fn a_secret_that_is_told_again_outlives_many_tokens() {
        let redactor = Redactor::default();
        for day in 0..400 {
            redactor.hide("the-account's-secret");
            redactor.hide(&format!("token-of-day-{day}"));
        }
        assert_eq!(redactor.redacted("the-account's-secret"), HIDDEN);
    }

    #[test]
    fn what_is_too_short_to_be_a_secret_is_not_hidden() {
        let redactor = Redactor::default();
        redactor.hide("");
        redactor.hide("  \n");
        redactor.hide("abc");
        assert_eq!(redactor.redacted("abc abc"), "abc abc");
    }

    #[test]
    fn odd_texts_do_not_confuse_it() {
        let pieces = [
            "token", "=", ":", "\"", "'", "\\", " ", "Some(", "b\"", "%3D", "é", "\n", "Bearer",
            "x",
        ];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in pieces {
                        let text = format!("token{a}{b}{c}{d}");
                        Redactor::default().redacted(&text);
                    }
                }
            }
        }
    }
}
