//! The first start of a kiosk that nobody has configured: what it asks for, what head office hands to it instead, and what a
//! test of that came to.

use std::collections::BTreeMap;
use std::fmt;

use super::checkup::Checkup;
use crate::redemption::attempt::Outcome;
use crate::screen::Why;
use crate::wording::Language;

/// What the first start asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Start {
    /// What the kiosk speaks.
    pub language: Language,
    /// The store's name; may be empty.
    pub store: String,
    /// The camera, by its name; none is whichever is there.
    pub camera: Option<String>,
    /// How Weixin is reached.
    pub reach: Reach,
}

/// What says how Weixin is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Of Weixin, by the account's own secret.
    Account {
        /// The account.
        appid: String,
        /// The AppSecret.
        secret: Hidden,
    },
    /// Of a token service of the merchant.
    Service {
        /// Asked with GET.
        url: String,
        /// What the service wants to hear; may be empty.
        bearer: Hidden,
    },
    /// What head office has handed out, which says everything else too.
    Provision(Box<Provision>),
}

/// What head office hands to one new desk, once: its place in the fleet, and its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provision {
    /// The host that handed it out, for people.
    pub from: String,
    /// The desk's name among those of the bundle.
    pub desk: String,
    /// minisign's public key: whose bundles are taken, this one and every later one.
    pub public_key: String,
    /// The bundle's number.
    pub version: u64,
    /// The signed configuration.
    pub bundle: String,
    /// minisign's four lines.
    pub signature: String,
    /// Where newer bundles are fetched, where they are.
    pub source: Option<String>,
    /// Each by the key of the configuration that names its file.
    pub secrets: BTreeMap<String, Hidden>,
}

/// A secret on its way from the screen into a file of its own: never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Hidden(String);

impl Hidden {
    /// As typed.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// For whoever writes it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(****)")
    }
}

/// What the first start's test came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Tested {
    /// It was not tried.
    #[default]
    Untested,
    /// It is being tried.
    Testing,
    /// Weixin answers this desk.
    Works,
    /// What was typed, or handed out, can mean nothing at this desk.
    Wrong,
    /// Weixin does not answer, or not as it should.
    Trouble(Why, Outcome),
    /// It could not be written.
    NotKept,
    /// It is kept: the kiosk begins.
    Begun,
    /// What the doctor has found so far.
    Examined(Checkup),
    /// A code was read, and head office is being asked.
    Claiming,
    /// What head office has handed out.
    Provided(Box<Provision>),
    /// Nothing was handed out.
    NotProvided(NotProvided),
}

/// Why head office's code brought nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotProvided {
    /// It is another code.
    Foreign,
    /// Nobody answers at its address, or something else does.
    Unreachable,
    /// Another desk has used it, or its time is over.
    Spent,
    /// What came is not what the holder of the key in the code has signed.
    Unsigned,
}
