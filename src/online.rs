//! The online half: from the list of coupons on a customer's own phone to a redemption, or to the counter of a desk.
//!
//! ```text
//! Weixin's browser -> routes -> session -> visitor (one redemption machine) -> scribe -> journal
//!                                  |                        |
//!                                  |                        +-> weixin
//!                                  +-> desks -> a kiosk's waiting request -> its review
//! ```
//!
//! The page only shows what the server says: it holds no decision. A session is a cookie; every act spends a nonce of
//! that session, so that neither another site, nor a second touch, nor a replay acts twice. Each visitor has a machine of
//! his own, the same as a kiosk's, and all write one journal. A code that one visitor is redeeming is held against all
//! others ([`claims`]), and the journal itself refuses a second open attempt on it.
//!
//! Nothing here survives a restart but the journal, and nothing has to: what it holds open is taken up by a keeper, a
//! visitor without a phone.

mod acts;
pub mod claims;
pub mod desks;
pub mod guard;
pub mod line;
pub mod listen;
pub mod page;
pub mod pass;
mod routes;
pub mod scribe;
mod session;
mod standing;
mod view;
mod visitor;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config;
use crate::journal::Held;
use crate::kiosk::clock::Clock;
use crate::redemption::Rules;
use crate::weixin::Client;
use crate::weixin::secret::Secret;
use crate::wording::{Language, Wording};
use claims::Claims;
use desks::{Desks, DesksFault};
use guard::Limiter;
use page::Pages;
use scribe::Scribe;
use session::Sessions;
use visitor::{Means, Visitor};

/// What the online half is put together from.
#[derive(Debug)]
pub struct Parts {
    /// The section of the configuration.
    pub site: config::Online,
    /// What the configuration says about redeeming.
    pub rules: Rules,
    /// The card API.
    pub weixin: Client,
    /// The clocks.
    pub clock: Clock,
    /// The AppSecret's file, where there is one: old redirects are signed with it.
    pub secret_file: Option<std::path::PathBuf>,
    /// What the page speaks where the phone asks for nothing that it knows.
    pub language: Language,
}

/// Why it cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The journal is another one's.
    #[error(transparent)]
    Held(#[from] Held),
    /// The desks' file.
    #[error("online.desks_file: {0}")]
    Desks(#[from] DesksFault),
    /// The AppSecret's file.
    #[error("weixin.token.secret_file: {0}")]
    Secret(#[from] crate::weixin::secret::SecretFault),
}

/// All that the routes share.
#[derive(Debug)]
pub struct Online {
    site: config::Online,
    means: Means,
    secret: Option<Secret>,
    sessions: Sessions,
    desks: Desks,
    limiter: Limiter,
    pages: Pages,
    wordings: [Wording; 2],
    _keeper: Visitor,
}

impl Online {
    /// Opens the journal and takes up what it holds open. To be called on the runtime that serves.
    pub fn new(parts: Parts, desk_keys: Option<&Path>) -> Result<Arc<Self>, Fault> {
        let desks = Desks::open(desk_keys, parts.site.public_url.as_origin())?;
        let secret = match &parts.secret_file {
            Some(path) => {
                let secret = Secret::from_file(path)?;
                crate::logging::hide(secret.expose());
                Some(secret)
            }
            None => None,
        };
        let (scribe, open) = Scribe::open(&parts.site.journal)?;
        let means = Means {
            weixin: parts.weixin,
            rules: parts.rules,
            clock: parts.clock,
            scribe,
            claims: Claims::default(),
        };
        let keeper = Visitor::start(means.clone(), open);
        Ok(Arc::new(Self {
            limiter: Limiter::new(parts.site.requests_per_minute),
            pages: Pages::new(&parts.site, parts.language),
            site: parts.site,
            means,
            secret,
            sessions: Sessions::default(),
            desks,
            wordings: Language::ALL.map(Wording::new),
            _keeper: keeper,
        }))
    }

    fn wording(&self, language: Language) -> &Wording {
        let [first, second] = &self.wordings;
        if first.language() == language {
            first
        } else {
            second
        }
    }
}

/// A lock that a panic elsewhere does not close for everybody.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A name that nobody can guess.
fn unguessable() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
