//! What came back from Weixin, sorted by what it proves.
//!
//! The sorting itself (which errcode, which failure) is the weixin room's; what follows from it is the machine's.

use serde::{Deserialize, Serialize};

use crate::card::{CardId, CardTitle, Code, CodeInfo, EncryptCode};
use crate::screen::plain::plain;

/// One thing to ask of Weixin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ask {
    /// `/card/code/decrypt`: the code inside a link.
    Decrypt(EncryptCode),
    /// `/card/code/get`.
    Query {
        /// The code as it was shown.
        code: Code,
        /// For cards with custom codes.
        card_id: Option<CardId>,
        /// A desk asks with `false`: every state of a code then has an answer of its own.
        check_consume: bool,
    },
    /// `/card/code/consume`: cannot be undone.
    Consume {
        /// The code that the look-up named.
        code: Code,
        /// Sent when the look-up needed it too.
        card_id: Option<CardId>,
    },
    /// `/card/get`: what to call the coupon.
    Title(CardId),
}

/// What Weixin said to an [`Ask`], in the same order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// The code inside the link.
    Decrypt(Reply<Code>),
    /// What the code is worth.
    Query(Reply<CodeInfo>),
    /// Whether it was redeemed.
    Consume(Reply<()>),
    /// What to call the coupon.
    Title(Reply<CardTitle>),
}

/// One exchange's end. `T` is what a good answer tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply<T> {
    /// `errcode` 0 and a readable answer.
    Answered(T),
    /// An errcode that the table knows: it proves that nothing was done.
    Refused(Refusal),
    /// No byte of the request left this machine: it proves that nothing was done.
    NotSent(NotSent),
    /// Anything else. Of a consume it proves nothing at all.
    Unknown(Unknown),
}

/// An errcode and what it means here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// As Weixin sent it.
    pub errcode: i64,
    /// What it means to the machine and to people.
    pub reason: Reason,
    /// The `rid` or `hint` out of `errmsg`: what Weixin's support asks for.
    pub trace: Option<String>,
}

/// What Weixin said in its own words, out of an answer as it came.
pub fn errmsg(answer: Option<&str>) -> Option<String> {
    /// More says no more to anybody.
    const MOST: usize = 200;
    let answer: serde_json::Value = serde_json::from_str(answer?).ok()?;
    let said = answer.get("errmsg")?.as_str()?;
    Some(plain(said, MOST)).filter(|said| !said.trim().is_empty())
}

/// Why Weixin refused, as far as a desk acts or speaks differently.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 40099: the code is redeemed already.
    AlreadyRedeemed,
    /// 40056 and its kin: no such code at this account.
    UnknownCode,
    /// 40127, 40078: deleted, expired, being gifted or made invalid; which of them is not told.
    NotUsable,
    /// 40079, 40147: outside its dates or hours.
    WrongTime,
    /// 40071, 72003: a kind of card that is not redeemed this way.
    WrongKind,
    /// 72020: the customer has used it as often as he may.
    UseLimit,
    /// 43018, 40146, 40174: a shared coupon that its holder has not marked for use.
    NotMarked,
    /// 40075: the sealed code of a link cannot be opened by this account.
    BadEncryptCode,
    /// 41012, 40073, 40107: the card_id is missing or not one of this account.
    CardId,
    /// 40001, 40014, 42001: the access token was refused before anything was done; a new one helps.
    Token,
    /// Token trouble that a new token does not mend, a wrong secret, an appid: set-up.
    Credentials,
    /// 40164, 89503 and their kin: this desk's address is not on the account's list.
    IpList,
    /// The account may not use this interface.
    Permission,
    /// 45009: no calls left today.
    DailyQuota,
    /// 45011: too many calls this minute.
    MinuteQuota,
    /// The request was wrong in a way that this code or this program causes.
    Request,
    /// 89501 and other set-up matters of the account.
    Account,
    /// An errcode outside the table. On consume the exchange is [`Reply::Unknown`] instead.
    Unlisted,
}

impl Reason {
    /// Whether the merchant's IT has to do something before any coupon can be redeemed.
    pub fn is_set_up(self) -> bool {
        match self {
            Self::Token
            | Self::Credentials
            | Self::IpList
            | Self::Permission
            | Self::DailyQuota
            | Self::MinuteQuota
            | Self::Account => true,
            Self::AlreadyRedeemed
            | Self::UnknownCode
            | Self::NotUsable
            | Self::WrongTime
            | Self::WrongKind
            | Self::UseLimit
            | Self::NotMarked
            | Self::BadEncryptCode
            | Self::CardId
            | Self::Request
            | Self::Unlisted => false,
        }
    }
}

/// Why nothing was sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// The name of the server could not be looked up, or nobody answers there.
    Connect,
    /// The server's certificate is not trusted, or there is no TLS.
    Tls,
    /// No access token could be had, by the network's fault.
    NoToken,
    /// The token source needs a person: a file is missing, a secret is wrong.
    TokenSetUp,
    /// A quota was used up a moment ago: not asked again before it is filled.
    Quota,
}

impl NotSent {
    /// Whether the merchant's IT has to do something, rather than the network.
    pub fn is_set_up(self) -> bool {
        match self {
            Self::TokenSetUp | Self::Quota => true,
            Self::Connect | Self::Tls | Self::NoToken => false,
        }
    }
}

/// Why it is not known what the other side did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// No answer in time.
    Timeout,
    /// The connection ended before the answer did.
    Broken,
    /// An HTTP status other than 200.
    Status(u16),
    /// An answer that cannot be read: not JSON, too long, no errcode.
    Unreadable,
    /// Weixin says that it is busy or broken itself (-1, -1000, 61450, 9001002).
    Busy(i64),
    /// An errcode that no table knows.
    Errcode(i64),
    /// The program ended while it waited.
    Crash,
}

impl Unknown {
    /// The errcode, where one was told.
    pub fn errcode(self) -> Option<i64> {
        match self {
            Self::Busy(errcode) | Self::Errcode(errcode) => Some(errcode),
            Self::Timeout | Self::Broken | Self::Status(_) | Self::Unreadable | Self::Crash => None,
        }
    }
}
