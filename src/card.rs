//! What the card API speaks about, as parsed newtypes: inside the program nothing is checked again.
//!
//! Shapes and limits come from the card API's pages as collected in the project's reference: a code has up to 20
//! characters by the documentation and up to 32 in the wild, a `card_id` up to 32, an `encrypt_code` up to 128.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The code of one coupon of one customer: 1 to 32 printable ASCII characters, case and leading zeros kept.
///
/// Never a number: codes such as `0012` or 20 digits do not survive one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// Why a text is no [`Code`], [`CardId`] or [`EncryptCode`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Malformed {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Longer than the API takes.
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    /// A character that the API never sends.
    #[error("it holds a character other than printable ASCII")]
    NotAscii,
}

impl Code {
    /// The longest code seen in the wild; the documentation says 20.
    pub const MAX_LEN: usize = 32;

    /// Takes a scanned or typed text; white space, which only groups digits for the eye, is dropped.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let code: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        printable_ascii(code, Self::MAX_LEN).map(Self)
    }

    /// The code as the API wants it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code as a person reads it: digits in groups of four, anything else as it is.
    pub fn grouped(&self) -> String {
        if self.0.len() < 8 || !self.0.bytes().all(|b| b.is_ascii_digit()) {
            return self.0.clone();
        }
        let mut grouped = String::with_capacity(self.0.len() + self.0.len() / 4);
        for (i, digit) in self.0.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// The code for a log: its ends only, so that whoever reads the log cannot use it.
    pub fn shortened(&self) -> String {
        match self.0.len() {
            0..=6 => "…".to_owned(),
            len => format!("{}…{}", &self.0[..2], &self.0[len - 2..]),
        }
    }
}

/// A coupon's kind at one merchant, `pXXXXXXXX...`: 1 to 32 printable ASCII characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardId(String);

impl CardId {
    /// Takes a `card_id` as it stands in an answer, a link or the configuration.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        printable_ascii(text.trim().to_owned(), 32).map(Self)
    }

    /// The `card_id` as the API wants it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text looks like a `card_id`: 28 characters beginning with `p`, of the alphabet the platform uses.
    pub fn looks_like(text: &str) -> bool {
        text.len() == 28
            && text.starts_with('p')
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }
}

/// A code sealed by Weixin in a link or by `wx.chooseCard`; only the account that owns the card can open it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EncryptCode(String);

impl EncryptCode {
    /// The longest that is sent on. The documentation says 128; longer ones have not been seen.
    pub const MAX_LEN: usize = 256;

    /// Takes the already percent-decoded value; a space in it was a `+` before somebody decoded it as a form.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        printable_ascii(text.trim().replace(' ', "+"), Self::MAX_LEN).map(Self)
    }

    /// The value as the API wants it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who holds the coupon, in one account's numbering. Personal: printed masked, whatever prints it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenId(String);

impl OpenId {
    /// Takes the value of an answer and keeps its masked form only: nothing in the program needs the rest.
    pub fn masked_from(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let chars: Vec<char> = text.chars().collect();
        let masked = match chars.len() {
            0..=8 => "****".to_owned(),
            len => {
                let head: String = chars[..4].iter().collect();
                let tail: String = chars[len - 2..].iter().collect();
                format!("{head}****{tail}")
            }
        };
        Some(Self(masked))
    }

    /// The first four and the last two characters with stars between.
    pub fn masked(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OpenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenId({})", self.0)
    }
}

/// `user_card_status`: an open set, so an unknown value is kept and shown.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum UserCardStatus {
    /// May be redeemed, within its dates.
    Normal,
    /// Already redeemed.
    Consumed,
    /// Its validity has ended.
    Expire,
    /// On its way to another person who has not taken it yet.
    Gifting,
    /// The gift was not taken in time and has gone back to the giver.
    GiftTimeout,
    /// The gift was taken: the coupon is another person's now.
    GiftSucc,
    /// The customer deleted it.
    Delete,
    /// The merchant made it invalid.
    Unavailable,
    /// A value that no page tells of.
    Other(String),
}

impl UserCardStatus {
    /// Letter for letter as the API writes it.
    pub fn wire(&self) -> &str {
        match self {
            Self::Normal => "NORMAL",
            Self::Consumed => "CONSUMED",
            Self::Expire => "EXPIRE",
            Self::Gifting => "GIFTING",
            Self::GiftTimeout => "GIFT_TIMEOUT",
            Self::GiftSucc => "GIFT_SUCC",
            Self::Delete => "DELETE",
            Self::Unavailable => "UNAVAILABLE",
            Self::Other(other) => other,
        }
    }
}

impl From<String> for UserCardStatus {
    fn from(wire: String) -> Self {
        match wire.as_str() {
            "NORMAL" => Self::Normal,
            "CONSUMED" => Self::Consumed,
            "EXPIRE" => Self::Expire,
            "GIFTING" => Self::Gifting,
            "GIFT_TIMEOUT" => Self::GiftTimeout,
            "GIFT_SUCC" => Self::GiftSucc,
            "DELETE" => Self::Delete,
            "UNAVAILABLE" => Self::Unavailable,
            _ => Self::Other(wire),
        }
    }
}

impl From<UserCardStatus> for String {
    fn from(status: UserCardStatus) -> Self {
        status.wire().to_owned()
    }
}

/// From when until when a coupon may be used; an end that the API gives as 0 is no limit.
///
/// The instants stand for Beijing wall dates and the end is inclusive (the card API's page on Query Code).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Validity {
    /// `begin_time`.
    pub begin: Option<Timestamp>,
    /// `end_time`.
    pub end: Option<Timestamp>,
}

/// Where `now` stands to a [`Validity`]. It explains a refusal, it never makes one: the desk's clock may be wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValidityPhase {
    /// Before `begin_time`.
    NotYet,
    /// Within both ends.
    Current,
    /// After `end_time`.
    Over,
}

impl Validity {
    /// Where `now` stands.
    pub fn phase(&self, now: Timestamp) -> ValidityPhase {
        if self.begin.is_some_and(|begin| now < begin) {
            ValidityPhase::NotYet
        } else if self.end.is_some_and(|end| now > end) {
            ValidityPhase::Over
        } else {
            ValidityPhase::Current
        }
    }
}

/// What Query Code told of a code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CodeInfo {
    /// The code to consume. Another one than was asked about for dynamic member codes.
    pub code: Code,
    /// The coupon's kind.
    pub card_id: Option<CardId>,
    /// From when until when.
    pub validity: Validity,
    /// The holder, masked.
    pub openid: Option<OpenId>,
    /// Weixin's word whether consume would work; no promise (a member card says true and answers 40071).
    pub can_consume: Option<bool>,
    /// The coupon's state in the holder's hands.
    pub status: Option<UserCardStatus>,
}

impl CodeInfo {
    /// Whether a clerk may confirm: Weixin says so and no status speaks against it.
    pub fn may_be_redeemed(&self) -> bool {
        self.can_consume == Some(true) && matches!(self.status, None | Some(UserCardStatus::Normal))
    }

    /// Whether the code was redeemed, by whomever.
    pub fn is_consumed(&self) -> bool {
        self.status == Some(UserCardStatus::Consumed)
    }
}

/// What the coupon is, from `/card/get`: for people only, nothing is decided by it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CardTitle {
    /// `base_info.title`.
    pub title: String,
    /// `base_info.brand_name`.
    pub brand: Option<String>,
    /// What the customer gets.
    pub benefit: Benefit,
}

/// What a coupon is worth, by `card_type`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Benefit {
    /// So much off, from so much on; both in fen (hundredths of a yuan).
    Cash {
        /// `reduce_cost`.
        reduce_cost: u64,
        /// `least_cost`; 0 is "from any price on".
        least_cost: u64,
    },
    /// Percent taken off the price: 30 is "pay 70 %".
    Discount(u8),
    /// What is given, in the merchant's words (gift, groupon, general coupon).
    Text(String),
    /// Nothing that the API tells.
    None,
}

fn printable_ascii(text: String, max: usize) -> Result<String, Malformed> {
    if text.is_empty() {
        return Err(Malformed::Empty);
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Malformed::NotAscii);
    }
    if text.len() > max {
        return Err(Malformed::TooLong(max));
    }
    Ok(text)
}

macro_rules! through_strings {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )*};
}

through_strings!(Code, CardId, EncryptCode);
