//! Tells systemd that the kiosk is alive, and only then: when the loop and the window both answered a slow ping.
//!
//! systemd expects a sign within `WatchdogSec`; both are asked for a beat three times as often, so that one missed ping is
//! no death. An idle window is woken for nothing but that, and where nobody wants to know, not at all once both have
//! answered. The window answers in `logic()`, which runs whether or not
//! there is a display to paint on. `WATCHDOG_PID` is not looked at: under a compositor the unit's main process is the
//! compositor, and `NotifyAccess=all` lets its child speak.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use sd_notify::NotifyState;

use super::Numbers;
use crate::kiosk::observed::Pulse;
use crate::worker::Worker;

/// How often both are asked for `/healthz` where systemd watches nothing.
const UNWATCHED: Duration = Duration::from_secs(20);

/// How often until both have answered for the first time, which is when the unit is ready.
const BEGINNING: Duration = Duration::from_millis(300);

/// The window's beats: counted by `logic()`.
#[derive(Clone, Debug, Default)]
pub struct Beats(Arc<AtomicU64>);

impl Beats {
    /// One more.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// What is watched.
pub struct Watched {
    /// The loop.
    pub kiosk: Pulse,
    /// The window.
    pub window: Beats,
    /// Wakes the window without a reason of its own.
    pub wake_window: Box<dyn Fn() + Send>,
    /// Is told whether both answered.
    pub numbers: Numbers,
}

/// Ends when it is dropped.
#[derive(Debug)]
pub struct Watchdog {
    /// Dropped first: the thread waits for it.
    _end: SyncSender<()>,
    _thread: Worker,
}

/// How long systemd waits for a sign, by `$WATCHDOG_USEC`.
pub fn patience(told: Option<OsString>) -> Option<Duration> {
    let micros: u64 = told?.to_str()?.parse().ok()?;
    (micros > 0).then(|| Duration::from_micros(micros))
}

/// Tells systemd that a window lives which has neither loop nor numbers behind it: the first start's.
pub fn tell_alive() {
    if let Err(error) = sd_notify::notify(&[NotifyState::Ready, NotifyState::Watchdog]) {
        tracing::debug!(%error, "systemd was not told");
    }
}

/// Who wants to know whether the kiosk is alive, besides systemd.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Curious {
    /// Whoever reads `/healthz`.
    Readers,
    /// Nobody.
    None,
}

/// How often both are asked; `None` where nobody wants to know.
fn gap(patience: Option<Duration>, curious: Curious) -> Option<Duration> {
    match (patience, curious) {
        (Some(patience), Curious::Readers | Curious::None) => Some(patience / 3),
        (None, Curious::Readers) => Some(UNWATCHED),
        (None, Curious::None) => None,
    }
}

/// Starts the thread that asks and tells.
pub fn start(
    watched: Watched,
    patience: Option<Duration>,
    curious: Curious,
) -> io::Result<Watchdog> {
    let gap = gap(patience, curious);
    let (end, ended) = sync_channel(0);
    let thread = Worker::start("watchdog", move |_stop| {
        let mut round = Round::default();
        loop {
            let gap = match (round.is_ready, gap) {
                (true, Some(gap)) => gap,
                (true, None) => return,
                (false, gap) => gap.map_or(BEGINNING, |gap| BEGINNING.min(gap)),
            };
            match ended.recv_timeout(gap) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
            round.go(&watched, &|states| {
                if let Err(error) = sd_notify::notify(states) {
                    tracing::debug!(%error, "systemd was not told");
                }
            });
        }
    })?;
    Ok(Watchdog {
        _end: end,
        _thread: thread,
    })
}

/// Where the counts stood when both were asked last.
#[derive(Default)]
struct Round {
    asked_at: Option<(u64, u64)>,
    is_ready: bool,
}

impl Round {
    /// Looks whether both answered since the last round, tells, and asks anew.
    fn go(&mut self, watched: &Watched, tell: &dyn Fn(&[NotifyState<'_>])) {
        let counts = (watched.kiosk.beats(), watched.window.count());
        let have_answered = self
            .asked_at
            .map(|asked_at| counts.0 > asked_at.0 && counts.1 > asked_at.1);
        if let Some(have_answered) = have_answered {
            watched.numbers.answered(have_answered || !self.is_ready);
            if have_answered {
                if !std::mem::replace(&mut self.is_ready, true) {
                    tell(&[
                        NotifyState::Ready,
                        NotifyState::Status("The window is open."),
                    ]);
                }
                tell(&[NotifyState::Watchdog]);
            } else if self.is_ready {
                tracing::error!(
                    kiosk = counts.0 > self.asked_at.unwrap_or_default().0,
                    window = counts.1 > self.asked_at.unwrap_or_default().1,
                    "no answer to the watchdog"
                );
            }
        }
        self.asked_at = Some(counts);
        watched.kiosk.ask();
        (watched.wake_window)();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn systemd_is_told_only_when_both_have_answered() {
        let (kiosk, window) = (Pulse::default(), Beats::default());
        let watched = Watched {
            kiosk: kiosk.clone(),
            window: window.clone(),
            wake_window: Box::new(|| {}),
            numbers: Numbers::default(),
        };
        let told = RefCell::new(Vec::new());
        let tell = |states: &[NotifyState<'_>]| {
            told.borrow_mut()
                .extend(states.iter().map(ToString::to_string));
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let answer = |answers: &Pulse| runtime.block_on(answers.answer());
        let mut round = Round::default();
        round.go(&watched, &tell);
        assert!(told.borrow().is_empty(), "nobody was asked before");
        answer(&kiosk);
        round.go(&watched, &tell);
        assert!(told.borrow().is_empty(), "the window is silent");
        window.beat();
        round.go(&watched, &tell);
        assert!(told.borrow().is_empty(), "the loop is silent");
        answer(&kiosk);
        window.beat();
        round.go(&watched, &tell);
        assert_eq!(told.borrow()[0], "READY=1");
        assert_eq!(told.borrow().last().unwrap(), "WATCHDOG=1");
        assert!(watched.numbers.is_alive());
        round.go(&watched, &tell);
        assert!(!watched.numbers.is_alive(), "silent after it was ready");
        assert_eq!(
            told.borrow()
                .iter()
                .filter(|told| *told == "WATCHDOG=1")
                .count(),
            1
        );
    }

    #[test]
    fn nobody_is_asked_for_nobody() {
        let minute = Some(Duration::from_mins(1));
        for (patience, curious, seconds) in [
            (minute, Curious::Readers, Some(20)),
            (minute, Curious::None, Some(20)),
            (None, Curious::Readers, Some(20)),
            (None, Curious::None, None),
        ] {
            assert_eq!(gap(patience, curious), seconds.map(Duration::from_secs));
        }
    }

    #[test]
    fn the_units_patience_is_read_and_nonsense_is_none() {
        assert_eq!(
            patience(Some("90000000".into())),
            Some(Duration::from_secs(90))
        );
        assert_eq!(patience(Some("0".into())), None);
        assert_eq!(patience(Some("soon".into())), None);
        assert_eq!(patience(None), None);
    }
}
