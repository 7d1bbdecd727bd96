//! Wakes a thread that waits in the kernel: the one file that talks to the system itself.
//!
//! A camera that is attached and sends nothing blocks its reader for ever. A signal whose handler does nothing makes
//! the wait end with EINTR, as long as the handler was set without SA_RESTART.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// Between two signals to a thread that has to end: one that comes just before the wait begins is lost.
const AGAIN: Duration = Duration::from_millis(20);

/// A thread that may be woken, while it is there.
#[derive(Debug, Default)]
pub(super) struct Sleeper {
    thread: Mutex<State>,
    gone: Condvar,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    ToCome,
    Here(Pthread),
    Gone,
}

extern "C" fn nothing(_signal: i32) {}

impl Sleeper {
    /// Sets the handler of the whole process.
    #[expect(unsafe_code, reason = "nix cannot know that the handler is harmless")]
    pub(super) fn new() -> io::Result<Self> {
        let action = SigAction::new(
            SigHandler::Handler(nothing),
            SaFlags::empty(),
            SigSet::empty(),
        );
        // SAFETY: the handler does nothing at all, and so nothing that a signal handler must not do. The kiosk has no
        // other use for SIGUSR1.
        unsafe { sigaction(Signal::SIGUSR1, &action) }?;
        Ok(Self::default())
    }

    /// The calling thread is the one to wake, until [`Sleeper::leave`].
    pub(super) fn enter(&self) {
        *self.lock() = State::Here(pthread_self());
    }

    /// The calling thread ends; it is not signalled any more.
    pub(super) fn leave(&self) {
        *self.lock() = State::Gone;
        self.gone.notify_all();
    }

    /// Ends the wait that the thread is in, if it is in one.
    pub(super) fn wake(&self) {
        wake(&self.lock());
    }

    /// Wakes it until it has left.
    pub(super) fn wake_until_gone(&self) {
        let mut state = self.lock();
        while !matches!(*state, State::Gone) {
            wake(&state);
            let waited = self.gone.wait_timeout(state, AGAIN);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lock is held meanwhile, so that the thread cannot end between the look and the signal.
fn wake(state: &State) {
    if let State::Here(thread) = state
        && let Err(error) = pthread_kill(*thread, Signal::SIGUSR1)
    {
        tracing::warn!(%error, "the camera's thread cannot be woken");
    }
}
