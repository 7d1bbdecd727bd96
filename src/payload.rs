//! What a scanned or typed text means, decided before anything is asked of anyone.
//!
//! The rules are those of section 5 of the project's card API reference: a QR or bar code holds the code itself; a
//! redirect link carries `encrypt_code` and `card_id`; payment codes have ranges of their own and are neither sent
//! nor kept; `weixin.qq.com/q/` is for receiving a coupon.

mod pasted;

use serde::{Deserialize, Serialize};

use crate::card::{CardId, Code, EncryptCode};

/// The meaning of one text. A payment code's digits are left behind here: no later part ever sees them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Payload {
    /// A coupon's code.
    Code {
        /// As shown, spaces dropped.
        code: Code,
        /// From a link that named it, or from the command line.
        card_id: Option<CardId>,
    },
    /// A link whose code only Weixin can open.
    Link {
        /// Percent-decoded once.
        encrypt_code: EncryptCode,
        /// As the link tells it.
        card_id: Option<CardId>,
    },
    /// The customer opened the page for paying instead of the coupon.
    PaymentCode(PaymentScheme),
    /// Anything else that is no coupon.
    NotACoupon(NotACoupon),
}

/// How a payload came to the redemption; recorded with what follows from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Shown, typed or pasted at the desk.
    #[default]
    Desk,
    /// Chosen by the customer on his own phone, and handed to the desk.
    HandOff,
    /// Chosen and confirmed by the customer on his own phone.
    Online,
}

impl Origin {
    /// Whether it is the usual one, of which records say nothing.
    pub fn is_desk(&self) -> bool {
        *self == Self::Desk
    }
}

/// Whose payment code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PaymentScheme {
    /// 18 digits beginning with 10 to 15.
    Weixin,
    /// 16 to 24 digits beginning with 25 to 30.
    Alipay,
    /// 19 digits beginning with 62.
    UnionPay,
}

/// What a text is that cannot be redeemed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotACoupon {
    /// Nothing at all.
    Empty,
    /// `weixin.qq.com/q/...`: a code for receiving a coupon.
    ReceiveLink,
    /// A coupon's kind, not a customer's coupon.
    CardId,
    /// A web address without a code.
    Link,
    /// The password of a Wi-Fi network.
    Wifi,
    /// A contact, an application's own scheme.
    OtherScheme,
    /// A text that is too long or holds characters that no code has.
    Text,
}

/// Whether payment codes are told apart; a merchant's own codes may look like them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaymentCodes {
    /// The default.
    Refused,
    /// All digits are a coupon's.
    TakenAsCodes,
}

impl Payload {
    /// What `text` means.
    pub fn parse(text: &str, payment_codes: PaymentCodes) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::NotACoupon(NotACoupon::Empty);
        }
        if let Some(scheme_end) = scheme_end(text) {
            return Self::parse_address(text, scheme_end, payment_codes);
        }
        if CardId::looks_like(text) {
            return Self::NotACoupon(NotACoupon::CardId);
        }
        Self::parse_code(text, None, payment_codes)
    }

    /// What a text means that a person pasted, perhaps with something round it.
    pub fn pasted(text: &str, payment_codes: PaymentCodes) -> Self {
        Self::parse(&pasted::link(text), payment_codes)
    }

    /// The same payload with the `card_id` that a person named for it.
    #[must_use]
    pub fn with_card_id(self, named: Option<CardId>) -> Self {
        match self {
            Self::Code { code, card_id } => Self::Code {
                code,
                card_id: named.or(card_id),
            },
            Self::Link {
                encrypt_code,
                card_id,
            } => Self::Link {
                encrypt_code,
                card_id: named.or(card_id),
            },
            Self::PaymentCode(_) | Self::NotACoupon(_) => self,
        }
    }

    fn parse_code(text: &str, card_id: Option<CardId>, payment_codes: PaymentCodes) -> Self {
        let Ok(code) = Code::parse(text) else {
            return Self::NotACoupon(NotACoupon::Text);
        };
        if payment_codes == PaymentCodes::Refused
            && let Some(scheme) = payment_scheme(code.as_str())
        {
            return Self::PaymentCode(scheme);
        }
        Self::Code { code, card_id }
    }

    fn parse_address(text: &str, scheme_end: usize, payment_codes: PaymentCodes) -> Self {
        let scheme = text[..scheme_end].to_ascii_lowercase();
        if scheme == "wifi" {
            return Self::NotACoupon(NotACoupon::Wifi);
        }
        if scheme != "http" && scheme != "https" {
            return Self::NotACoupon(NotACoupon::OtherScheme);
        }
        let rest = text[scheme_end + 1..].trim_start_matches('/');
        let card_id = parameter(rest, "card_id").and_then(|id| CardId::parse(&id).ok());
        if let Some(sealed) = parameter(rest, "encrypt_code")
            && let Ok(encrypt_code) = EncryptCode::parse(&sealed)
        {
            return Self::Link {
                encrypt_code,
                card_id,
            };
        }
        if let Some(code) = parameter(rest, "code").filter(|code| !code.is_empty()) {
            return Self::parse_code(&code, card_id, payment_codes);
        }
        let host_and_path = rest.to_ascii_lowercase();
        if host_and_path.starts_with("weixin.qq.com/q/") {
            return Self::NotACoupon(NotACoupon::ReceiveLink);
        }
        Self::NotACoupon(NotACoupon::Link)
    }
}

/// The place of the colon after something like `https`, `WIFI`, `weixin` or `BEGIN`.
///
/// A custom code may hold a colon, so only addresses and the schemes that phones know count.
fn scheme_end(text: &str) -> Option<usize> {
    const KNOWN: [&str; 9] = [
        "wifi", "mailto", "tel", "sms", "smsto", "geo", "begin", "mecard", "weixin",
    ];
    let colon = text.find(':')?;
    let scheme = &text[..colon];
    let is_word = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let is_address = text[colon..].starts_with("://");
    let is_known = KNOWN.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (is_word && (is_address || is_known)).then_some(colon)
}

/// The first value of a parameter in an address, of the query or, for pages that route by it, of the fragment.
///
/// Percent-decoded exactly once; `+` stays `+`, since sealed codes are base64 and were not form-encoded.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    address
        .split(['?', '&', '#'])
        .skip(1)
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .and_then(|(_, value)| percent_decoded(value))
}

fn percent_decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, hex(0), hex(1)) {
            bytes.push(u8::try_from(high * 16 + low).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

fn payment_scheme(code: &str) -> Option<PaymentScheme> {
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let head: u32 = code.get(..2)?.parse().ok()?;
    match (code.len(), head) {
        (18, 10..=15) => Some(PaymentScheme::Weixin),
        (16..=24, 25..=30) => Some(PaymentScheme::Alipay),
        (19, 62) => Some(PaymentScheme::UnionPay),
        _ => None,
    }
}
