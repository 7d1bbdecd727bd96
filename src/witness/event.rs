//! One event, out of its JSON.

use jiff::Timestamp;
use serde_json::Value;

use crate::card::{CardId, Code, OpenId};
use crate::redemption::witness::{Source, Witnessed};

/// No event comes near this.
pub const LONGEST: usize = 16 * 1024;

/// What a line says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// A redemption.
    Event(Witnessed),
    /// Something else that Weixin tells, or nothing.
    Other,
    /// Nothing that can be understood. What it was is not repeated: it may hold a customer's openid.
    Unreadable,
}

/// Reads a line.
pub fn read(line: &[u8]) -> Line {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Line::Other;
    }
    if line.len() > LONGEST {
        return Line::Unreadable;
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(line) else {
        return Line::Unreadable;
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::trim);
    if text("Event") != Some("user_consume_card") {
        return Line::Other;
    }
    let code = text("UserCardCode").and_then(|code| Code::parse(code).ok());
    let seconds = fields.get("CreateTime").and_then(|time| match time {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let (Some(code), Some(at)) = (code, at) else {
        return Line::Unreadable;
    };
    Line::Event(Witnessed {
        code,
        card_id: text("CardId").and_then(|id| CardId::parse(id).ok()),
        source: match text("ConsumeSource") {
            Some("FROM_API") => Source::Api,
            Some("FROM_MP") => Source::Page,
            Some("FROM_MOBILE_HELPER") => Source::Phone,
            Some(_) | None => Source::Other,
        },
        at,
        staff: text("StaffOpenId").and_then(OpenId::masked_from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUSHED: &str = r#"{"ToUserName":"gh_1","FromUserName":"oCUSTOMERcustomerCUSTOMER","CreateTime":1795406628,
        "MsgType":"event","Event":"user_consume_card","CardId":"pCARD","UserCardCode":"409632457895",
        "ConsumeSource":"FROM_API","StaffOpenId":"oSTAFFstaffSTAFFstaff","OuterStr":"x"}"#;

    #[test]
    fn an_event_is_read_and_nothing_of_the_customer_is_kept() {
        let Line::Event(event) = read(PUSHED.as_bytes()) else {
            panic!("not read");
        };
        assert_eq!(event.code.as_str(), "409632457895");
        assert_eq!(event.card_id.as_ref().unwrap().as_str(), "pCARD");
        assert_eq!(
            (event.source, event.at.as_second()),
            (Source::Api, 1_795_406_628)
        );
        let kept = format!("{event:?}");
        assert!(
            !kept.contains("oCUSTOMER") && !kept.contains("oSTAFFstaff"),
            "{kept}"
        );
    }

    #[test]
    fn times_come_as_texts_too_and_ways_that_nobody_knows_are_other() {
        let line = PUSHED
            .replace("1795406628", "\" 1795406628 \"")
            .replace("FROM_API", "FROM_MOON");
        let Line::Event(event) = read(line.as_bytes()) else {
            panic!("not read");
        };
        assert_eq!(
            (event.source, event.at.as_second()),
            (Source::Other, 1_795_406_628)
        );
    }

    #[test]
    fn what_is_no_event_of_a_redemption_is_passed_over_or_said_to_be_unreadable() {
        for other in ["", " \n", r#"{"Event":"user_get_card"}"#, "{}"] {
            assert_eq!(read(other.as_bytes()), Line::Other, "{other}");
        }
        let nested = format!("{}{}", "[".repeat(9_000), "]".repeat(7_000));
        let long = PUSHED.replace("\"x\"", &format!("\"{}\"", "x".repeat(LONGEST)));
        for hostile in [
            "null",
            "[1]",
            "{",
            "\u{0}",
            &nested,
            &long,
            &PUSHED.replace("409632457895", &"4".repeat(4_000)),
            &PUSHED.replace("409632457895", "40 \u{202e}96"),
            &PUSHED.replace("1795406628", "1e400"),
            &PUSHED.replace("1795406628", "-99999999999999"),
            &PUSHED.replace("1795406628", "null"),
        ] {
            assert_eq!(read(hostile.as_bytes()), Line::Unreadable, "{hostile:.80}");
        }
        assert_eq!(read(b"\xff\xfe{\"Event\":1}"), Line::Unreadable);
    }
}
