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
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::loopback;
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
    _thread: Worker,
    /// Where it listens, the port that the system chose included.
    pub address: Option<SocketAddr>,
}

/// Starts to hear.
pub fn hear(sources: Sources, tell: Tell) -> io::Result<Hearing> {
    let door = match sources.listen {
        None => None,
        Some((address, key)) => Some((loopback::listen(address)?, key)),
    };
    let address = door.as_ref().map(|(listener, _)| listener.local_addr());
    let file = sources.file;
    let tell = Arc::new(tell);
    let thread = Worker::start_waiting("witness", move || async move {
        tokio::join!(
            file::follow(file, &tell),
            listen::take(door, Arc::clone(&tell))
        );
    })?;
    Ok(Hearing {
        _thread: thread,
        address: address.transpose()?,
    })
}
