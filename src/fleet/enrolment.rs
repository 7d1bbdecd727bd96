//! The code that head office's screen shows to a new desk: where its configuration is handed out, a token that is good
//! once, and what the configuration has to be: its version, and the key that has signed it.
//!
//! As text: `coupon-kiosk-desk:1?at=ADDRESS&token=TOKEN&version=7&key=RW...`. No phone opens such an address, and no coupon
//! looks like it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use reqwest::{StatusCode, Url};
use serde::{Deserialize, Serialize};

use super::{body, in_words, to};
use crate::config::{FleetKey, HttpUrl, Offered, WayOut, names_a_secrets_file};
use crate::office::first_start::{Hidden, NotProvided, Provision};

/// The scheme and the form's number.
const FORM: &str = "coupon-kiosk-desk:1";
/// How long head office may take.
const CLAIM: Duration = Duration::from_secs(20);
/// How long it may take to hear what changes nothing here.
const KEPT: Duration = Duration::from_secs(4);
/// More than a bundle and a handful of secrets.
const LONGEST: usize = 2 * 1024 * 1024;

/// What the code says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enrolment {
    /// Where it is claimed with POST.
    pub address: HttpUrl,
    /// Good for one desk.
    pub token: Hidden,
    /// The bundle's number.
    pub version: u64,
    /// Whose signature the bundle bears.
    pub key: String,
}

/// It is another code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this is no code of head office's for a new desk")]
pub struct NoEnrolment;

/// What a desk asks with.
#[derive(Serialize, Deserialize)]
pub(super) struct Claim {
    pub(super) token: String,
    /// This desk's own name for its try: the same one gets the same answer again, another one none.
    pub(super) by: String,
    /// What was handed out is kept: nothing is asked for any more.
    #[serde(default)]
    pub(super) is_kept: bool,
}

/// What is handed out.
#[derive(Serialize, Deserialize)]
pub(super) struct Handed {
    pub(super) desk: String,
    pub(super) bundle: String,
    pub(super) signature: String,
    #[serde(default)]
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, String>,
}

/// A name that nobody can guess.
pub fn unguessable() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The whole text, its token in it: for the code itself.
impl fmt::Display for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = Url::parse(FORM).map_err(|_never| fmt::Error)?;
        url.query_pairs_mut()
            .append_pair("at", self.address.as_str())
            .append_pair("token", self.token.reveal())
            .append_pair("version", &self.version.to_string())
            .append_pair("key", &self.key);
        f.write_str(url.as_str())
    }
}

impl FromStr for Enrolment {
    type Err = NoEnrolment;

    fn from_str(text: &str) -> Result<Self, NoEnrolment> {
        let url = Url::parse(text.trim()).map_err(|_no_address| NoEnrolment)?;
        if text.trim().split('?').next() != Some(FORM) {
            return Err(NoEnrolment);
        }
        let said: BTreeMap<_, _> = url.query_pairs().collect();
        let part = |name: &str| said.get(name).filter(|part| !part.is_empty());
        let read = || {
            let key: FleetKey = part("key")?.parse().ok()?;
            Some(Self {
                address: HttpUrl::of_secrets(part("at")?)?,
                token: Hidden::new(part("token")?),
                version: part("version")?.parse().ok()?,
                key: key.to_string(),
            })
        };
        read().ok_or(NoEnrolment)
    }
}

impl Enrolment {
    /// Claims what head office has for this desk, and looks whether it is what the code promised. `by` is the desk's own
    /// name for its try, kept over repetitions: an answer that was lost is given again to nobody else.
    pub async fn claim(&self, by: &str, way_out: &WayOut) -> Result<Provision, NotProvided> {
        let answer = self.ask(by, way_out, false).await.map_err(|error| {
            tracing::warn!(from = self.address.host(), %error, "head office was asked in vain");
            NotProvided::Unreachable
        })?;
        let Some(body) = answer else {
            return Err(NotProvided::Spent);
        };
        let handed: Handed = serde_json::from_slice(&body).map_err(|error| {
            // Its words could repeat a secret.
            tracing::warn!(
                line = error.line(),
                column = error.column(),
                "head office's answer cannot be read"
            );
            NotProvided::Unreachable
        })?;
        self.checked(handed)
    }

    /// Tells head office that this desk has what it was handed; whether anybody hears it changes nothing here.
    pub async fn tell_kept(&self, by: &str, way_out: &WayOut) {
        if let Err(error) = self.ask(by, way_out, true).await {
            tracing::warn!(from = self.address.host(), %error, "head office does not know that this desk is set up");
        }
    }

    /// `None` where the token is good no more.
    async fn ask(
        &self,
        by: &str,
        way_out: &WayOut,
        is_kept: bool,
    ) -> Result<Option<Vec<u8>>, String> {
        let url = Url::parse(self.address.as_str()).map_err(|error| error.to_string())?;
        let client = to(&url, way_out).map_err(|error| error.to_string())?;
        let patience = if is_kept { KEPT } else { CLAIM };
        let client = client.timeout(patience).build().map_err(in_words)?;
        let asked = Claim {
            token: self.token.reveal().to_owned(),
            by: by.to_owned(),
            is_kept,
        };
        let request = client.post(url).json(&asked);
        let answer = request.send().await.map_err(in_words)?;
        if answer.status() == StatusCode::FORBIDDEN {
            return Ok(None);
        }
        body(answer, LONGEST).await.map(Some)
    }

    fn checked(&self, handed: Handed) -> Result<Provision, NotProvided> {
        let key: FleetKey = self.key.parse().map_err(|()| NotProvided::Foreign)?;
        let provision = Provision {
            from: self.address.host().to_owned(),
            desk: handed.desk,
            public_key: self.key.clone(),
            version: self.version,
            bundle: handed.bundle,
            signature: handed.signature,
            source: handed.source,
            secrets: secrets(handed.secrets)?,
        };
        match Offered::from(&provision).version(&key) {
            Ok(version) if version == self.version => Ok(provision),
            Ok(_) | Err(_) => Err(NotProvided::Unsigned),
        }
    }
}

/// Only what a key of the configuration names a file for: nothing else is ever written.
fn secrets(handed: BTreeMap<String, String>) -> Result<BTreeMap<String, Hidden>, NotProvided> {
    let named = |(key, secret): (String, String)| {
        names_a_secrets_file(&key).then(|| (key, Hidden::new(secret.trim())))
    };
    let secrets: Option<_> = handed.into_iter().map(named).collect();
    secrets.ok_or(NotProvided::Unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enrolment() -> Enrolment {
        Enrolment {
            address: HttpUrl::of_secrets("https://office.example/desks?shop=7&b=c").unwrap(),
            token: Hidden::new("0123456789abcdef0123456789abcdef"),
            version: 7,
            key: include_str!("../../fixtures/fleet/key.txt")
                .trim()
                .to_owned(),
        }
    }

    #[test]
    fn a_code_says_what_was_put_into_it() {
        let text = enrolment().to_string();
        assert!(
            text.starts_with("coupon-kiosk-desk:1?at=https%3A%2F%2Foffice.example"),
            "{text}"
        );
        assert_eq!(text.parse(), Ok(enrolment()));
        assert_eq!(format!(" {text}\n").parse(), Ok(enrolment()));
    }

    #[test]
    fn its_token_is_in_no_log() {
        let shown = format!("{:?}", enrolment());
        assert!(!shown.contains("0123456789abcdef"), "{shown}");
    }

    #[test]
    fn whatever_lacks_a_part_or_would_send_the_token_in_the_open_is_no_code_for_a_desk() {
        let good = enrolment().to_string();
        for (part, other) in [
            ("coupon-kiosk-desk:1", "coupon-kiosk-desk:2"),
            ("coupon-kiosk-desk:1", "https://office.example/"),
            ("at=https", "at=http"),
            ("at=", "to="),
            ("token=0123456789abcdef0123456789abcdef", "token="),
            ("version=7", "version=seven"),
            ("key=RW", "key=RX"),
        ] {
            let other = good.replace(part, other);
            assert_ne!(other, good);
            assert_eq!(other.parse::<Enrolment>(), Err(NoEnrolment), "{other}");
        }
        for text in ["", "409632457895", "coupon-kiosk-desk:1"] {
            assert_eq!(text.parse::<Enrolment>(), Err(NoEnrolment), "{text}");
        }
    }

    #[test]
    fn only_files_of_secrets_are_handed_out() {
        let of = |key: &str| secrets(BTreeMap::from([(key.to_owned(), "s\n".to_owned())]));
        for key in [
            "weixin.token.secret_file",
            "weixin.token.bearer_file",
            "hand_off.key_file",
            "witness.events_key_file",
        ] {
            assert_eq!(of(key).unwrap()[key].reveal(), "s", "{key}");
        }
        for key in [
            "journal.path",
            "weixin.ca_file",
            "secret_file",
            "weixin.token.../../secret_file",
            "",
        ] {
            assert_eq!(of(key), Err(NotProvided::Unsigned), "{key}");
        }
    }
}
