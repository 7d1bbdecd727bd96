//! Who is asking: a session behind a cookie, and the nonces that each of its acts spends.
//!
//! A nonce is good once. A page that is shown in two tabs has one in each; what was sent twice, or by another site, or
//! is played again, finds its nonce spent and is told where things stand instead.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::desks::Handing;
use super::visitor::Visitor;
use super::{locked, unguessable};

/// How long a session is kept without a sign of its phone.
const KEPT_FOR: Duration = Duration::from_mins(30);
/// How long a desk's invitation may be taken up, once it was opened.
const INVITED_FOR: Duration = Duration::from_mins(5);
/// How many may be kept; beyond it, those not seen for longest go.
const MOST: usize = 20_000;
/// How many unspent nonces a session may hold: one a tab.
const NONCES: usize = 8;

/// All sessions.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_name: BTreeMap<String, Session>,
    swept: Option<Instant>,
}

/// One phone's.
#[derive(Debug)]
pub struct Session {
    nonces: VecDeque<String>,
    seen: Instant,
    /// Its machine, once something was chosen.
    pub visitor: Option<Visitor>,
    /// The desk that invited it.
    invited: Option<(String, Instant)>,
    /// The pass that it has opened: its page may be loaded again.
    opened: Option<String>,
    /// What became of the choice that was handed to a desk.
    pub handing: Option<watch::Receiver<Handing>>,
}

/// Why an act is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotTaken {
    /// There is no such session: the page has to begin.
    NoSession,
    /// Its nonce was spent, or never was one.
    Stale,
}

impl Sessions {
    /// Goes on with the session of this name, or begins another one; its name.
    pub fn begin(&self, name: Option<&str>, now: Instant) -> String {
        let mut kept = locked(&self.0);
        kept.sweep(now);
        if let Some(name) = name
            && let Some(session) = kept.by_name.get_mut(name)
        {
            session.seen = now;
            return name.to_owned();
        }
        if kept.by_name.len() >= MOST {
            let oldest = kept.by_name.iter().min_by_key(|(_, session)| session.seen);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                kept.by_name.remove(&oldest);
            }
        }
        let name = unguessable() + &unguessable();
        let session = Session {
            nonces: VecDeque::new(),
            seen: now,
            visitor: None,
            invited: None,
            opened: None,
            handing: None,
        };
        kept.by_name.insert(name.clone(), session);
        name
    }

    /// Works on a session.
    pub fn with<T>(
        &self,
        name: &str,
        now: Instant,
        work: impl FnOnce(&mut Session) -> T,
    ) -> Result<T, NotTaken> {
        let mut kept = locked(&self.0);
        let session = kept.by_name.get_mut(name).ok_or(NotTaken::NoSession)?;
        if now.saturating_duration_since(session.seen) > KEPT_FOR {
            kept.by_name.remove(name);
            return Err(NotTaken::NoSession);
        }
        session.seen = now;
        Ok(work(session))
    }

    /// Spends a nonce.
    pub fn spend(&self, name: &str, nonce: &str, now: Instant) -> Result<(), NotTaken> {
        self.with(name, now, |session| {
            let place = session.nonces.iter().position(|kept| kept == nonce);
            place
                .and_then(|place| session.nonces.remove(place))
                .map(drop)
        })?
        .ok_or(NotTaken::Stale)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        locked(&self.0).by_name.len()
    }
}

impl Kept {
    fn sweep(&mut self, now: Instant) {
        const EVERY: Duration = Duration::from_secs(10);
        if self
            .swept
            .is_some_and(|swept| now.saturating_duration_since(swept) < EVERY)
        {
            return;
        }
        self.swept = Some(now);
        self.by_name
            .retain(|_, session| now.saturating_duration_since(session.seen) <= KEPT_FOR);
    }
}

impl Session {
    /// A nonce for the next act.
    pub fn nonce(&mut self) -> String {
        if self.nonces.len() >= NONCES {
            self.nonces.pop_front();
        }
        let nonce = unguessable();
        self.nonces.push_back(nonce.clone());
        nonce
    }

    /// A desk has invited it.
    pub fn invite(&mut self, desk: String, pass: String, now: Instant) {
        self.invited = Some((desk, now + INVITED_FOR));
        self.opened = Some(pass);
        self.handing = None;
    }

    /// Whether it was this session that opened the pass.
    pub fn has_opened(&self, pass: &str) -> bool {
        self.opened.as_deref() == Some(pass)
    }

    /// The desk that waits for its choice.
    pub fn desk(&self, now: Instant) -> Option<&str> {
        let (desk, until) = self.invited.as_ref()?;
        (now < *until).then_some(desk)
    }

    /// The choice was handed over: the invitation is used up.
    pub fn hand(&mut self, handing: watch::Receiver<Handing>) {
        self.invited = None;
        self.handing = Some(handing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kiosk::clock;

    #[test]
    fn a_nonce_is_good_once_and_in_its_own_session_alone() {
        let (sessions, now) = (Sessions::default(), clock::tick());
        let (one, two) = (sessions.begin(None, now), sessions.begin(None, now));
        let nonce = sessions.with(&one, now, Session::nonce).unwrap();
        assert_eq!(sessions.spend(&two, &nonce, now), Err(NotTaken::Stale));
        assert_eq!(sessions.spend(&one, &nonce, now), Ok(()));
        assert_eq!(sessions.spend(&one, &nonce, now), Err(NotTaken::Stale));
        assert_eq!(sessions.spend("", &nonce, now), Err(NotTaken::NoSession));
    }

    #[test]
    fn every_tab_has_a_nonce_and_the_oldest_goes_when_there_are_too_many() {
        let (sessions, now) = (Sessions::default(), clock::tick());
        let name = sessions.begin(None, now);
        let mut nonces = (0..=NONCES).map(|_| sessions.with(&name, now, Session::nonce).unwrap());
        let (first, second) = (nonces.next().unwrap(), nonces.next().unwrap());
        assert_eq!(nonces.count(), NONCES - 1);
        assert_eq!(sessions.spend(&name, &first, now), Err(NotTaken::Stale));
        assert_eq!(sessions.spend(&name, &second, now), Ok(()));
    }

    #[test]
    fn a_session_ends_half_an_hour_after_its_phone_was_seen_last() {
        let (sessions, begun) = (Sessions::default(), clock::tick());
        let name = sessions.begin(None, begun);
        let later = begun + KEPT_FOR;
        assert_eq!(sessions.begin(Some(&name), later), name);
        let over = later + KEPT_FOR + Duration::from_secs(1);
        assert_ne!(sessions.begin(Some(&name), over), name);
        assert_eq!(sessions.count(), 1);
    }

    #[test]
    fn an_invitation_is_good_for_five_minutes() {
        let (sessions, now) = (Sessions::default(), clock::tick());
        let name = sessions.begin(None, now);
        sessions
            .with(&name, now, |session| {
                session.invite("front".to_owned(), "pass".to_owned(), now);
                assert_eq!(session.desk(now), Some("front"));
                assert_eq!(session.desk(now + INVITED_FOR), None);
            })
            .unwrap();
    }
}
