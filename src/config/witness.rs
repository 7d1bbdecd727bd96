//! `[witness]`: where the merchant's server passes Weixin's events on.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::environment::Environment;
use super::keys;
use super::meaning::path;
use super::mistake::Wrong;
use super::reader::Reader;
use super::secret_file;
use super::values::loopback;

/// `[witness]`.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Witness {
    /// A file that grows by a line an event.
    pub events_file: Option<PathBuf>,
    /// The loopback address that events are posted to, and the file with the key that whoever posts has to know.
    pub listen: Option<(SocketAddr, PathBuf)>,
}

const LISTEN: &str = "witness.listen";
const KEY_FILE: &str = "witness.events_key_file";

pub(super) fn of(reader: &mut Reader, environment: &Environment) -> Witness {
    // The merchant's server may make it later.
    let events_file = path(reader, "witness.events_file", |path| {
        if path.is_dir() {
            let wrong = "this is a folder";
            return Err(Wrong::new(wrong, "write the path of a file in it"));
        }
        Ok(())
    });
    let listen = reader.optional(LISTEN, |raw| loopback(LISTEN, raw));
    let key_file = secret_file::optional(reader, KEY_FILE, environment);
    if reader.is_written(LISTEN) && key_file.is_none() && !reader.is_written(KEY_FILE) {
        let instead = format!("write under [witness]: {}", keys::example(KEY_FILE));
        reader.wrong(KEY_FILE, Wrong::new("this key is missing", instead));
    }
    Witness {
        events_file,
        listen: listen.zip(key_file),
    }
}
