//! A window passes large pictures about, megabytes at a time. After the first of them the C library's allocator (glibc)
//! keeps them in its heaps instead of giving them back, a heap a thread: some 20 MB that nobody uses. It reads what it is
//! to do once, when a program starts.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// Above this a piece of memory is the system's own and goes back to it at once.
const LARGE: &str = "131072";

/// What glibc reads (mallopt(3)), unless somebody has told it something else.
const SAYS: [(&str, &str); 3] = [
    ("MALLOC_MMAP_THRESHOLD_", LARGE),
    ("MALLOC_TRIM_THRESHOLD_", LARGE),
    ("MALLOC_ARENA_MAX", "1"),
];

/// Starts this program anew in the same process, frugal with memory. Returns where it is so already, or cannot be.
pub(super) fn begin() {
    if SAYS
        .iter()
        .any(|(name, _)| std::env::var_os(name).is_some())
    {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut arguments = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let error = command.args(arguments).envs(SAYS).exec();
    tracing::debug!(%error, "the memory is used as it comes");
}
