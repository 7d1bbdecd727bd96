//! A kiosk's threads and pictures leave gaps in the memory that glibc hands out, an arena a thread, and glibc keeps them.
//!
//! With two arenas, and large pieces given back at once, a desk holds some 25 MB less. glibc reads that from the
//! environment when a process begins, so a kiosk begins once more with it: the same process, before it has opened anything.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// Where the first stands already, by systemd's unit or by hand, nothing is changed.
const SETTINGS: [(&str, &str); 3] = [
    ("MALLOC_ARENA_MAX", "2"),
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
];

/// Begins the program once more, or goes on where that was done or cannot be.
pub(super) fn begin() {
    let [(name, _), ..] = SETTINGS;
    if std::env::var_os(name).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut words = std::env::args_os();
    let mut again = Command::new(program);
    if let Some(called) = words.next() {
        again.arg0(called);
    }
    let error = again.args(words).envs(SETTINGS).exec();
    tracing::debug!(%error, "memory is handed out as to any program");
}
