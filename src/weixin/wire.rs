//! The API's shapes: lenient in what is read, exact in what is sent.
//!
//! Answers vary (section 1 of the project's card API reference): `can_consume` and `user_card_status` stand at the top or
//! inside `card`, booleans and numbers come as strings at times, 0 is "no limit", and fields come and go.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::card::{Benefit, CardId, CardTitle, Code, CodeInfo, OpenId, UserCardStatus, Validity};
use crate::redemption::reply::Ask;
use crate::screen::plain::plain;

/// The call for a coupon's title.
pub const CARD_GET: &str = "/card/get";
/// The call that cannot be undone.
pub const CONSUME: &str = "/card/code/consume";

/// The path of an ask's call.
pub fn path(ask: &Ask) -> &'static str {
    match ask {
        Ask::Decrypt(_) => "/card/code/decrypt",
        Ask::Query { .. } => "/card/code/get",
        Ask::Consume { .. } => CONSUME,
        Ask::Title(_) => CARD_GET,
    }
}

/// The body of an ask's call. An empty `card_id` is left out: Weixin refuses it.
pub fn body(ask: &Ask) -> Value {
    match ask {
        Ask::Decrypt(sealed) => json!({ "encrypt_code": sealed.as_str() }),
        Ask::Query {
            code,
            card_id,
            check_consume,
        } => {
            let mut body = with_card_id(code, card_id.as_ref());
            body.insert("check_consume".to_owned(), Value::Bool(*check_consume));
            Value::Object(body)
        }
        Ask::Consume { code, card_id } => Value::Object(with_card_id(code, card_id.as_ref())),
        Ask::Title(card_id) => json!({ "card_id": card_id.as_str() }),
    }
}

fn with_card_id(code: &Code, card_id: Option<&CardId>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("code".to_owned(), code.as_str().into());
    if let Some(card_id) = card_id {
        body.insert("card_id".to_owned(), card_id.as_str().into());
    }
    body
}

/// No title or status has come near this.
const MOST_SHOWN: usize = 200;

/// What a person is shown of an answer.
fn shown(text: &str) -> String {
    plain(text, MOST_SHOWN)
}

/// An answer with its errcode.
#[derive(Clone)]
pub struct Answer {
    /// As Weixin sent it.
    pub errcode: i64,
    fields: Map<String, Value>,
}

impl std::fmt::Debug for Answer {
    /// The errcode alone: the fields hold the customer's openid.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({})", self.errcode)
    }
}

impl Answer {
    /// Reads a body; `None` where it is no JSON object with an errcode.
    ///
    /// Answers to `/cgi-bin/stable_token` carry no errcode when all is well: they are read by [`Answer::token`].
    pub fn parse(body: &[u8]) -> Option<Self> {
        let fields = object(body)?;
        let errcode = number(fields.get("errcode")?)?;
        Some(Self { errcode, fields })
    }

    /// An access token and its life in seconds.
    pub fn token(body: &[u8]) -> Option<(String, u64)> {
        let fields = object(body)?;
        let token = text(fields.get("access_token")?)?;
        let life = fields.get("expires_in").and_then(number)?;
        (!token.is_empty()).then_some((token, u64::try_from(life).unwrap_or(0)))
    }

    /// A page ticket and its life in seconds.
    pub fn ticket(&self) -> Option<(String, u64)> {
        let ticket = text(self.fields.get("ticket")?)?;
        let life = self.fields.get("expires_in").and_then(number)?;
        (!ticket.is_empty()).then_some((ticket, u64::try_from(life).unwrap_or(0)))
    }

    /// A day's calls and what is left of them, as `/cgi-bin/openapi/quota/get` tells them.
    pub fn quota(&self) -> Option<(u64, u64)> {
        let quota = self.fields.get("quota")?.as_object()?;
        let told = |key: &str| u64::try_from(number(quota.get(key)?)?).ok();
        Some((told("daily_limit")?, told("remain")?))
    }

    /// What people have to pass on, out of `errmsg`: the `rid` or `hint` that Weixin's support asks for, and before it
    /// the address that is missing on the account's list.
    pub fn trace(&self) -> Option<String> {
        let errmsg = text(self.fields.get("errmsg")?)?;
        let marks = ["invalid ip ", "rid:", "hint:"];
        let at = marks.iter().find_map(|mark| errmsg.find(mark))?;
        let trace: String = shown(&errmsg[at..]).chars().take(120).collect();
        Some(trace.trim().to_owned())
    }

    /// Whether this can be the answer to a consume. A look-up's answer, which a machine on the way has mixed up, says
    /// `errcode` 0 too.
    pub fn is_of_consume(&self) -> bool {
        let card = self.fields.get("card").and_then(Value::as_object);
        let has = |key: &str| {
            self.fields.contains_key(key) || card.is_some_and(|card| card.contains_key(key))
        };
        !has("can_consume") && !has("user_card_status")
    }

    /// The code of a decrypt.
    pub fn code(&self) -> Option<Code> {
        Code::parse(&text(self.fields.get("code")?)?).ok()
    }

    /// What a query tells of `asked`.
    pub fn code_info(&self, asked: &Code) -> CodeInfo {
        let card = self.fields.get("card").and_then(Value::as_object);
        let in_card = |key: &str| card.and_then(|card| card.get(key));
        let either = |key: &str| self.fields.get(key).or_else(|| in_card(key));
        let time = |key: &str| either(key).and_then(number).and_then(instant);
        CodeInfo {
            code: in_card("code")
                .and_then(text)
                .and_then(|code| Code::parse(&code).ok())
                .unwrap_or_else(|| asked.clone()),
            card_id: either("card_id")
                .and_then(text)
                .and_then(|id| CardId::parse(&id).ok()),
            validity: Validity {
                begin: time("begin_time"),
                end: time("end_time"),
            },
            openid: either("openid")
                .and_then(text)
                .and_then(|id| OpenId::masked_from(&shown(&id))),
            can_consume: either("can_consume").and_then(boolean),
            status: either("user_card_status")
                .and_then(words)
                .map(UserCardStatus::from),
        }
    }

    /// What `/card/get` calls the coupon. The inner object is named after the `card_type`.
    pub fn title(&self) -> Option<CardTitle> {
        let card = self.fields.get("card")?.as_object()?;
        let kind = text(card.get("card_type")?)?.to_ascii_lowercase();
        let inner = card.get(&kind)?.as_object()?;
        let base = inner.get("base_info")?.as_object()?;
        let told = |key: &str| {
            inner
                .get(key)
                .and_then(number)
                .and_then(|n| u64::try_from(n).ok())
        };
        let told_words = |key: &str| inner.get(key).and_then(words);
        let benefit = match kind.as_str() {
            "cash" => told("reduce_cost").map(|reduce_cost| Benefit::Cash {
                reduce_cost,
                least_cost: told("least_cost").unwrap_or(0),
            }),
            "discount" => told("discount")
                .and_then(|percent| u8::try_from(percent).ok())
                .map(Benefit::Discount),
            "gift" => told_words("gift").map(Benefit::Text),
            "groupon" => told_words("deal_detail").map(Benefit::Text),
            "general_coupon" => told_words("default_detail").map(Benefit::Text),
            _ => None,
        };
        Some(CardTitle {
            title: words(base.get("title")?)?,
            brand: base.get("brand_name").and_then(words),
            benefit: benefit.unwrap_or(Benefit::None),
        })
    }
}

/// A body for the journal and for recordings: personal data masked, secrets taken out; `None` where it is no JSON.
pub fn masked(body: &[u8]) -> Option<Value> {
    let mut value = Value::Object(object(body)?);
    mask(&mut value);
    Some(value)
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                let name = key.to_ascii_lowercase().replace('_', "");
                match name.as_str() {
                    // `from_openid` and whatever else is called so.
                    name if name.ends_with("openid")
                        || name.ends_with("unionid")
                        || name == "fromusername" =>
                    {
                        let masked = text(field).and_then(|id| OpenId::masked_from(&id));
                        *field = masked.map_or(Value::Null, |id| id.masked().into());
                    }
                    "accesstoken" | "secret" | "ticket" | "appid" => *field = "***".into(),
                    _ => mask(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn object(body: &[u8]) -> Option<Map<String, Value>> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice(body).ok()? {
        Value::Object(fields) => Some(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text for people, if there is any.
fn words(value: &Value) -> Option<String> {
    text(value)
        .map(|text| shown(&text))
        .filter(|text| !text.trim().is_empty())
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(told) => Some(*told),
        Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn instant(seconds: i64) -> Option<Timestamp> {
    (seconds != 0).then(|| Timestamp::from_second(seconds).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_called_an_openid_is_masked_and_tokens_are_taken_out() {
        let body = br#"{"openid":"oAbcdefghijklmnopqrstuvwxy12","card":{"from_openid":"oAbcdefghijklmnopqrstuvwxy12"},
            "list":[{"UnionId":"oAbcdefghijklmnopqrstuvwxy12"}],"access_token":"abc"}"#;
        let masked = masked(body).unwrap().to_string();
        assert!(
            !masked.contains("ijklmnop") && !masked.contains("abc\""),
            "{masked}"
        );
        assert_eq!(masked.matches("oAbc****12").count(), 3, "{masked}");
    }
}
