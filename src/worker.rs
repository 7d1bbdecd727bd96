//! A named thread that is told to stop and joined when its handle goes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};

/// Tells a worker that it is time to end. Cheap to ask, in every round of a loop.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether the owner has gone.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The owner's end of a thread.
///
/// A worker that blocks on a channel ends when the channel's other end is dropped: keep that end in the same struct,
/// *before* the `Worker`, since fields drop in order.
#[derive(Debug)]
pub struct Worker {
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts `body` in a thread of this name (at most 15 bytes are seen in `top`).
    pub fn start(name: &str, body: impl FnOnce(&Stop) + Send + 'static) -> io::Result<Self> {
        let stop = Stop::default();
        let told = stop.clone();
        let thread = Builder::new()
            .name(name.to_owned())
            .spawn(move || body(&told))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Worker {
    /// Whether the thread has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.ask();
        if let Some(thread) = self.thread.take() {
            let name = thread.thread().name().unwrap_or("worker").to_owned();
            if thread.join().is_err() {
                tracing::error!(name, "a worker ended by a panic");
            }
        }
    }
}
