//! One short tone an outcome, for the clerk who looks at the customer and not at the screen.
//!
//! The tones are made here, sample by sample (`tone`), and played by a program of the system (`player`): `pw-play`,
//! `paplay` or `aplay`, whichever plays. A sound library in this process would be a millisecond quicker, but ALSA's
//! calls can hang in a driver for as long as they like and must not be given up, its headers are not everywhere where
//! this is built, and a desk with a sound server wants that server's own client. A child can hang, crash or be missing:
//! it is killed or passed over, and a desk without a speaker is silent.
//!
//! A newer outcome silences the one before. Nobody waits for any of it: orders go through a queue of one, and what does
//! not fit is dropped.

mod player;
mod tone;

use std::ffi::OsStr;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::redemption::attempt::Outcome;
use crate::screen::{Finished, Why};
use crate::worker::Worker;

use player::{Ended, Players};

pub use tone::{RATE, wav};

/// How an outcome sounds. The tones differ in rhythm too, not in pitch alone: small speakers have hardly any low notes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sound {
    /// Two quick notes, rising.
    Good,
    /// Two long low notes, falling.
    Refused,
    /// Three short notes of one height.
    Attention,
    /// Up and down again.
    Doubt,
}

impl Sound {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Good, Self::Refused, Self::Attention, Self::Doubt];

    /// The sound of an outcome.
    pub fn of(finished: &Finished) -> Self {
        match finished.told_as() {
            Outcome::Queried | Outcome::Redeemed => Self::Good,
            // Nothing is wrong with a coupon: something else was shown.
            Outcome::Refused if is_no_coupon(&finished.why) => Self::Attention,
            Outcome::AlreadyRedeemed | Outcome::Refused => Self::Refused,
            Outcome::NotRedeemed | Outcome::Unreachable | Outcome::SetUp => Self::Attention,
            Outcome::InDoubt => Self::Doubt,
        }
    }
}

fn is_no_coupon(why: &Why) -> bool {
    matches!(why, Why::PaymentCode(_) | Why::NotACoupon(_))
}

/// Plays sounds. Dropping it ends the one that is played.
#[derive(Debug)]
pub struct Speaker {
    /// Dropped first: the thread waits on its other end.
    orders: SyncSender<Sound>,
    volume: Arc<AtomicU8>,
    _worker: Worker,
}

impl Speaker {
    /// A speaker whose players are looked for in these folders (a `PATH`), at so many percent.
    pub fn start(path: &OsStr, percent: u8) -> io::Result<Self> {
        let (orders, ordered) = sync_channel(1);
        let volume = Arc::new(AtomicU8::new(percent));
        let players = Players::find(path);
        let loud = Arc::clone(&volume);
        let worker = Worker::start("sound", move |_stop| serve(players, &ordered, &loud))?;
        Ok(Self {
            orders,
            volume,
            _worker: worker,
        })
    }

    /// Orders a sound, and returns at once.
    pub fn play(&self, sound: Sound) {
        if self.orders.try_send(sound).is_err() {
            tracing::debug!(?sound, "dropped: another is about to be played");
        }
    }

    /// Sounds from now on have so many percent; none at 0.
    pub fn set_volume(&self, percent: u8) {
        self.volume.store(percent, Ordering::Relaxed);
    }
}

/// Why nothing is heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mute {
    /// None of the programs that play is here.
    NoPlayer,
    /// There is one, and it does not play.
    Unplayed,
}

/// Plays silence as a tone is played, and tells which program did.
pub fn rehearse(path: &OsStr) -> Result<&'static str, Mute> {
    let mut players = Players::find(path);
    if players.is_empty() {
        return Err(Mute::NoPlayer);
    }
    // Kept, so that nobody seems to have gone.
    let (_orders, ordered) = sync_channel(1);
    match players.play(&wav(Sound::Good, 0), &ordered) {
        Ended::Played(player) => Ok(player),
        Ended::Silenced(_) | Ended::Unheard => Err(Mute::Unplayed),
    }
}

fn serve(mut players: Players, ordered: &Receiver<Sound>, volume: &AtomicU8) {
    while let Ok(sound) = ordered.recv() {
        let mut next = Some(sound);
        while let Some(sound) = next.take() {
            let percent = volume.load(Ordering::Relaxed).min(100);
            if percent == 0 {
                continue;
            }
            match players.play(&wav(sound, percent), ordered) {
                Ended::Played(player) => tracing::debug!(?sound, player, "played"),
                Ended::Silenced(newer) => next = newer,
                Ended::Unheard => tracing::debug!(?sound, "nothing here plays sounds"),
            }
        }
    }
}
