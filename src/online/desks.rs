//! The desks that wait for choices: each with a key, a request that it keeps open, and at most one choice on its way.
//!
//! A choice arrives once or not at all. It has a number and goes to one running kiosk, named by that process: until the
//! kiosk says that it has taken it, the same kiosk is told of it again, and no other one ever is. A kiosk is told how
//! long it may still take it, which ends before the customer's patience does. A choice that nobody has taken in time is
//! dropped, and the customer is told. Where the kiosk that was told of it has not asked since, nobody knows yet: the
//! customer is told that, until the same kiosk asks again and so says which.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::locked;
use super::pass::{NoPass, Passes};
use crate::weixin::secret::Secret;

/// How long a choice waits for its desk.
const WAITS: Duration = Duration::from_secs(45);
/// How long before that a kiosk may take it last: time enough to say so.
const TO_SAY_SO: Duration = Duration::from_secs(10);
/// A desk that has not asked for so long is away.
pub const AWAY: Duration = Duration::from_secs(40);
/// How long a pass stays on the desk's screen: whoever scans its last second has still time to open it.
const SHOWN_FOR: Duration = Duration::from_mins(1);
/// No list of desks is near as long.
const LONGEST_FILE: u64 = 1024 * 1024;

/// Why there are no desks.
#[derive(Debug, thiserror::Error)]
pub enum DesksFault {
    /// The system's word.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// A line that is no desk. Nothing of it is told: it holds a key.
    #[error("line {0} is not of the form \"desk: key\", with a key of at least 16 characters")]
    Line(usize),
    /// Two desks of one name, or of one key.
    #[error("line {0} repeats the name or the key of another desk")]
    Repeated(usize),
    /// A file without an end.
    #[error("it is far too long")]
    TooLong,
}

/// What a customer handed to a desk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// Names it between this server and the desk.
    pub number: u64,
    /// As `wx.chooseCard` gave it.
    pub encrypt_code: String,
    /// As `wx.chooseCard` gave it.
    pub card_id: Option<String>,
}

/// How far a choice has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handing {
    /// On its way.
    Waiting,
    /// The desk has it on its screen.
    Taken,
    /// The desk did not take it in time.
    Dropped,
    /// The desk was told of it, and its line has been lost since.
    Unsure,
}

/// Why a choice is not handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotHanded {
    /// The desk is not connected.
    Away,
    /// Another customer's choice is on its way there.
    Busy,
}

/// What a waiting desk says.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The kiosk's process, by a name of its own.
    pub kiosk: String,
    /// The choice that it has taken last.
    #[serde(default)]
    pub taken: Option<u64>,
    /// The code that it shows.
    #[serde(default)]
    pub shows: Option<String>,
}

/// What a waiting desk is told.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Told {
    /// What its own code is to show.
    pub invitation: String,
    /// A customer's choice.
    pub choice: Option<Choice>,
    /// How long that one may still be taken.
    #[serde(default)]
    pub millis: u64,
}

/// All desks.
#[derive(Debug)]
pub struct Desks {
    known: Vec<Known>,
    origin: String,
    passes: Passes,
    counters: Mutex<BTreeMap<usize, Counter>>,
    /// Wakes the waiting requests.
    changes: watch::Sender<u64>,
}

#[derive(Debug)]
struct Known {
    name: String,
    /// The key itself is not kept.
    key: [u8; 32],
}

#[derive(Debug, Default)]
struct Counter {
    asked: Option<Instant>,
    invitation: Option<(String, Instant)>,
    choice: Option<OnItsWay>,
    /// Its time is over, and the kiosk that was told of it has not said which.
    unsure: Option<OnItsWay>,
}

#[derive(Debug)]
struct OnItsWay {
    choice: Choice,
    until: Instant,
    /// The only kiosk that it may be told to.
    kiosk: Option<String>,
    handing: watch::Sender<Handing>,
}

impl Desks {
    /// Reads the desks' keys; without a file there are no desks.
    pub fn open(path: Option<&Path>, origin: String) -> Result<Self, DesksFault> {
        let listed = path.map(list).transpose()?.unwrap_or_default();
        let known = listed.into_iter().map(|(name, key)| Known {
            key: digest(key.expose()),
            name,
        });
        Ok(Self {
            known: known.collect(),
            origin,
            passes: Passes::default(),
            counters: Mutex::default(),
            changes: watch::channel(0).0,
        })
    }

    /// The number of the desk that this key belongs to.
    pub fn of_key(&self, key: &str) -> Option<usize> {
        let digest = digest(key);
        self.known.iter().position(|known| known.key == digest)
    }

    /// Wakes on each change that a waiting request may care for.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// A desk asks: what it is to be told, or `None` where it has to wait on.
    pub fn asked(
        &self,
        desk: usize,
        waiting: &Waiting,
        now: Instant,
        wall: Timestamp,
    ) -> Option<Told> {
        let mut counters = locked(&self.counters);
        let counter = counters.entry(desk).or_default();
        counter.asked = Some(now);
        counter.drop_old(now);
        counter.settle(waiting);
        let invitation = counter.invitation(now, || {
            let pass = self.passes.make(desk, wall);
            format!("{}/?pass={pass}", self.origin)
        });
        let (choice, millis) = counter.choice_for(&waiting.kiosk, now).unzip();
        let is_news = choice.is_some() || waiting.shows.as_deref() != Some(&invitation);
        is_news.then_some(Told {
            invitation,
            choice,
            millis: millis.unwrap_or_default(),
        })
    }

    /// Opens a pass: the name of its desk. The desk shows another one from now on.
    pub fn open_pass(&self, pass: &str, wall: Timestamp) -> Result<String, NoPass> {
        let desk = self.passes.take(pass, wall)?;
        let known = self.known.get(desk).ok_or(NoPass::Forged)?;
        if let Some(counter) = locked(&self.counters).get_mut(&desk) {
            counter.invitation = None;
        }
        self.wake();
        Ok(known.name.clone())
    }

    /// Hands a choice to the desk of this name.
    pub fn hand(
        &self,
        name: &str,
        encrypt_code: String,
        card_id: Option<String>,
        now: Instant,
    ) -> Result<watch::Receiver<Handing>, NotHanded> {
        let desk = self.known.iter().position(|known| known.name == name);
        let desk = desk.ok_or(NotHanded::Away)?;
        let mut counters = locked(&self.counters);
        let counter = counters.entry(desk).or_default();
        counter.drop_old(now);
        if counter
            .asked
            .is_none_or(|asked| now.saturating_duration_since(asked) > AWAY)
        {
            return Err(NotHanded::Away);
        }
        if counter.choice.is_some() {
            return Err(NotHanded::Busy);
        }
        let (handing, seen) = watch::channel(Handing::Waiting);
        counter.choice = Some(OnItsWay {
            choice: Choice {
                // Numbers of one process must not meet those of an earlier one.
                number: uuid::Uuid::new_v4().as_u64_pair().0 >> 12,
                encrypt_code,
                card_id,
            },
            until: now + WAITS,
            kiosk: None,
            handing,
        });
        drop(counters);
        self.wake();
        Ok(seen)
    }

    /// Drops what nobody has taken in time.
    pub fn sweep(&self, now: Instant) {
        for counter in locked(&self.counters).values_mut() {
            counter.drop_old(now);
        }
    }

    fn wake(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

impl Counter {
    fn drop_old(&mut self, now: Instant) {
        let Some(old) = self.choice.take_if(|choice| choice.until <= now) else {
            return;
        };
        if old.kiosk.is_none() {
            tracing::warn!("a choice was not taken by its desk in time");
            old.handing.send_replace(Handing::Dropped);
        } else {
            tracing::warn!("a desk was told of a choice and has not said whether it took it");
            old.handing.send_replace(Handing::Unsure);
            self.unsure = Some(old);
        }
    }

    /// The kiosk says which choice it has taken, and so which it has not.
    fn settle(&mut self, waiting: &Waiting) {
        let is_told = |late: &mut OnItsWay| late.kiosk.as_deref() == Some(&waiting.kiosk);
        if let Some(late) = self.unsure.take_if(is_told) {
            let is_taken = Some(late.choice.number) == waiting.taken;
            late.handing.send_replace(if is_taken {
                Handing::Taken
            } else {
                Handing::Dropped
            });
        }
        let is_taken = |on_its_way: &mut OnItsWay| {
            Some(on_its_way.choice.number) == waiting.taken
                && on_its_way.kiosk.as_deref() == Some(&waiting.kiosk)
        };
        if let Some(taken) = self.choice.take_if(is_taken) {
            taken.handing.send_replace(Handing::Taken);
        }
    }

    fn invitation(&mut self, now: Instant, make: impl FnOnce() -> String) -> String {
        if let Some((invitation, until)) = &self.invitation
            && now < *until
        {
            return invitation.clone();
        }
        let invitation = make();
        self.invitation = Some((invitation.clone(), now + SHOWN_FOR));
        invitation
    }

    /// What this kiosk is to take, and for how many milliseconds it may.
    fn choice_for(&mut self, kiosk: &str, now: Instant) -> Option<(Choice, u64)> {
        let on_its_way = self.choice.as_mut()?;
        let left = on_its_way.until.saturating_duration_since(now);
        let left = u64::try_from(left.saturating_sub(TO_SAY_SO).as_millis()).unwrap_or(0);
        if left == 0 {
            return None;
        }
        let bound = on_its_way.kiosk.get_or_insert_with(|| kiosk.to_owned());
        (bound == kiosk).then(|| (on_its_way.choice.clone(), left))
    }
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The desks of a file and their keys.
pub fn list(path: &Path) -> Result<Vec<(String, Secret)>, DesksFault> {
    if fs::metadata(path)?.len() > LONGEST_FILE {
        return Err(DesksFault::TooLong);
    }
    read(&fs::read_to_string(path)?)
}

fn read(text: &str) -> Result<Vec<(String, Secret)>, DesksFault> {
    const SHORTEST: usize = 16;
    let mut known: Vec<(String, Secret)> = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, key) = line.split_once(':').ok_or(DesksFault::Line(place + 1))?;
        let (name, key) = (name.trim(), key.trim());
        if name.is_empty() || key.len() < SHORTEST || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(DesksFault::Line(place + 1));
        }
        let is_other =
            |(other, of_other): &(String, Secret)| other == name || of_other.expose() == key;
        if known.iter().any(is_other) {
            return Err(DesksFault::Repeated(place + 1));
        }
        known.push((name.to_owned(), Secret::new(key)));
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kiosk::clock;

    const ORIGIN: &str = "https://coupons.example";

    fn desks() -> (Desks, Instant, Timestamp) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "front: 0123456789abcdef").unwrap();
        let desks = Desks::open(Some(file.path()), ORIGIN.to_owned()).unwrap();
        let wall = "2026-05-13T10:00:00Z".parse().unwrap();
        (desks, clock::tick(), wall)
    }

    fn kiosk(name: &str) -> Waiting {
        Waiting {
            kiosk: name.to_owned(),
            taken: None,
            shows: None,
        }
    }

    fn hand(desks: &Desks, now: Instant) -> Result<watch::Receiver<Handing>, NotHanded> {
        desks.hand("front", "sealed".to_owned(), None, now)
    }

    #[test]
    fn a_choice_that_nobody_takes_is_dropped_and_told() {
        let (desks, now, wall) = desks();
        desks.asked(0, &kiosk("k"), now, wall);
        let handing = hand(&desks, now).unwrap();
        desks.sweep(now + WAITS.saturating_sub(Duration::from_secs(1)));
        assert_eq!(*handing.borrow(), Handing::Waiting);
        desks.sweep(now + WAITS);
        assert_eq!(*handing.borrow(), Handing::Dropped);
        let told = desks.asked(0, &kiosk("k"), now + WAITS, wall).unwrap();
        assert_eq!(told.choice, None);
    }

    /// Of what the kiosk says once the line is back, and what the customer is told then.
    fn check_unsure(back: Waiting, expected: Handing) {
        let (desks, now, wall) = desks();
        desks.asked(0, &kiosk("k"), now, wall);
        let handing = hand(&desks, now).unwrap();
        let told = desks.asked(0, &kiosk("k"), now, wall).unwrap();
        assert_eq!(told.millis, 35_000);
        desks.sweep(now + WAITS);
        assert_eq!(*handing.borrow(), Handing::Unsure);
        let number = told.choice.map(|choice| choice.number);
        let back = Waiting {
            taken: back.taken.and(number),
            ..back
        };
        desks.asked(0, &back, now + WAITS * 2, wall);
        assert_eq!(*handing.borrow(), expected);
        // Nobody else's choice is held up by it.
        assert!(hand(&desks, now + WAITS * 2).is_ok());
    }

    #[test]
    fn a_choice_that_a_desk_was_told_of_is_unsure_until_that_kiosk_asks_again() {
        let took = Waiting {
            taken: Some(1),
            ..kiosk("k")
        };
        check_unsure(took, Handing::Taken);
        check_unsure(kiosk("k"), Handing::Dropped);
        check_unsure(kiosk("another"), Handing::Unsure);
    }

    #[test]
    fn a_choice_is_not_told_when_there_is_no_time_left_to_say_that_it_was_taken() {
        let (desks, now, wall) = desks();
        desks.asked(0, &kiosk("k"), now, wall);
        let handing = hand(&desks, now).unwrap();
        let late = now + WAITS.saturating_sub(TO_SAY_SO);
        assert_eq!(
            desks.asked(0, &kiosk("k"), late, wall).unwrap().choice,
            None
        );
        desks.sweep(now + WAITS);
        assert_eq!(*handing.borrow(), Handing::Dropped);
    }

    #[test]
    fn a_kiosk_that_was_started_anew_is_not_told_what_the_one_before_it_was() {
        let (desks, now, wall) = desks();
        desks.asked(0, &kiosk("before"), now, wall);
        let handing = hand(&desks, now).unwrap();
        let told = desks.asked(0, &kiosk("before"), now, wall).unwrap();
        let number = told.choice.map(|choice| choice.number);
        let anew = Waiting {
            taken: number,
            ..kiosk("anew")
        };
        assert_eq!(desks.asked(0, &anew, now, wall).unwrap().choice, None);
        // Nor can it say that it has taken it.
        assert_eq!(*handing.borrow(), Handing::Waiting);
    }

    #[test]
    fn a_desk_that_does_not_ask_is_away() {
        let (desks, now, wall) = desks();
        assert_eq!(hand(&desks, now).unwrap_err(), NotHanded::Away);
        desks.asked(0, &kiosk("k"), now, wall);
        let later = now + AWAY + Duration::from_secs(1);
        assert_eq!(hand(&desks, later).unwrap_err(), NotHanded::Away);
    }

    #[test]
    fn a_desk_waits_on_while_there_is_no_news_and_its_code_changes_every_minute() {
        let (desks, now, wall) = desks();
        let first = desks.asked(0, &kiosk("k"), now, wall).unwrap().invitation;
        assert!(
            first.starts_with("https://coupons.example/?pass=0-"),
            "{first}"
        );
        let shows = Waiting {
            shows: Some(first.clone()),
            ..kiosk("k")
        };
        assert_eq!(
            desks.asked(0, &shows, now + Duration::from_secs(59), wall),
            None
        );
        let next = desks.asked(0, &shows, now + SHOWN_FOR, wall).unwrap();
        assert_ne!(next.invitation, first);
    }

    #[test]
    fn a_list_of_desks_is_told_its_bad_lines_without_the_keys() {
        for (text, told) in [
            ("front 0123456789abcdef", "line 1 is not"),
            ("# desks\n\nfront: short", "line 3 is not"),
            (": 0123456789abcdef", "line 1 is not"),
            ("a: 0123456789abcdef\nb: 0123456789abcdef", "line 2 repeats"),
            ("a: 0123456789abcdef\na: 0123456789abcdeg", "line 2 repeats"),
        ] {
            let fault = read(text).unwrap_err().to_string();
            assert!(fault.contains(told) && !fault.contains("abcde"), "{fault}");
        }
    }
}
