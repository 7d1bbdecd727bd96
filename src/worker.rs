//! A named thread that is told to stop and joined when its handle goes.

use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use tokio::sync::watch;

/// Tells a worker that it is time to end. Cheap to ask, in every round of a loop; whoever has nothing else to do waits for it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// Whether the owner has gone.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when the owner goes.
    pub async fn asked(&self) {
        // The sender is here, so that the wait ends by the word and not by its loss.
        let mut told = self.0.subscribe();
        let _asked = told.wait_for(|is_asked| *is_asked).await;
    }

    fn ask(&self) {
        self.0.send_replace(true);
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

    /// Starts a thread whose work waits: wherever it does, it is dropped there when the owner goes.
    pub fn start_waiting<W: Future<Output = ()>>(
        name: &str,
        work: impl FnOnce() -> W + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Self::start(name, move |stop| {
            runtime.block_on(async {
                tokio::select! {
                    () = work() => {}
                    () = stop.asked() => {}
                }
            });
        })
    }

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
