//! Weixin's events of redemptions (`user_consume_card`), as the merchant's server passes them on: lines of a file that
//! grows, or posts to an address of this machine. What they prove is the redemption's to say; here they are read, and
//! nothing of a customer is kept.
//!
//! One event is one JSON object on one line, with the fields as Weixin names them: `Event`, `UserCardCode`, `CardId`,
//! `ConsumeSource`, `StaffOpenId`, `CreateTime`; whatever else is in it is passed over, and so are other events. It may
//! come as often as it likes: who is not sure whether it got through sends it again.

pub mod event;
mod file;
mod listen;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use crate::redemption::witness::Witnessed;
use crate::worker::Worker;

/// Takes an event; `false` where it finds no place now and is to be offered again.
pub type Tell = Box<dyn Fn(Witnessed) -> bool + Send + Sync>;

/// Where events come from.
#[derive(Debug, Default)]
pub struct Sources {
    /// A file that the merchant's server appends to.
    pub file: Option<PathBuf>,
    /// A loopback address, and what whoever posts there has to know.
    pub listen: Option<(SocketAddr, String)>,
}

/// Hears events until it is dropped.
#[derive(Debug)]
pub struct Hearing {
    /// Dropped first: the thread waits for its end.
    _end: tokio::sync::oneshot::Sender<()>,
    _thread: Worker,
    /// Where it listens, the port that the system chose included.
    pub address: Option<SocketAddr>,
}

/// Starts to hear.
pub fn hear(sources: Sources, tell: Tell) -> io::Result<Hearing> {
    let door = match sources.listen {
        None => None,
        Some((address, _)) if !address.ip().is_loopback() => {
            let what = "events are taken on a loopback address only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        Some((address, key)) => {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Some((listener, key))
        }
    };
    let address = door.as_ref().map(|(listener, _)| listener.local_addr());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (end, ended) = tokio::sync::oneshot::channel();
    let file = sources.file;
    let tell = std::sync::Arc::new(tell);
    let thread = Worker::start("witness", move |_stop| {
        runtime.block_on(async {
            let follow = file::follow(file, &tell);
            let listen = listen::accept(door, std::sync::Arc::clone(&tell));
            tokio::select! {
                () = follow => {}
                listened = listen => {
                    if let Err(error) = listened {
                        tracing::error!(%error, "events are taken no more");
                    }
                }
                _dropped = ended => {}
            }
        });
    })?;
    Ok(Hearing {
        _end: end,
        _thread: thread,
        address: address.transpose()?,
    })
}
