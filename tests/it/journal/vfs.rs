//! A way between SQLite and the system that keeps what is written and when it is fsynced, and that fails when it is told to.
//!
//! It is the system's own VFS with some of its functions led past here, for files below a watched folder alone. Other
//! tests of this process go through it and notice nothing.

#![expect(
    unsafe_code,
    reason = "SQLite is spoken to in C; this file has all of it, and only tests have this file"
)]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use rusqlite::ffi::{
    SQLITE_FULL, SQLITE_IOERR_FSYNC, SQLITE_IOERR_READ, SQLITE_IOERR_WRITE, SQLITE_OK,
    sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find,
    sqlite3_vfs_register,
};

/// One thing that SQLite wants of the system.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Call {
    Read,
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
    Sync,
    Delete,
}

/// How it is to fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fails {
    Read,
    Write,
    Full,
    Sync,
}

/// Asked before each call on a file below the folder.
pub type Watcher = Box<dyn FnMut(&Path, Call) -> Option<Fails> + Send>;

static WATCHED: Mutex<Option<(PathBuf, Watcher)>> = Mutex::new(None);
/// The open files that are watched: their paths, and the functions that really do the work.
static FILES: Mutex<Option<HashMap<usize, (PathBuf, usize)>>> = Mutex::new(None);
static REAL: Mutex<usize> = Mutex::new(0);

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches the files below a folder that are opened from now on, until `None`.
pub fn watch(watched: Option<(PathBuf, Watcher)>) {
    static ONCE: Once = Once::new();
    ONCE.call_once(register);
    *locked(&WATCHED) = watched;
}

fn register() {
    // SAFETY: the system's VFS lives as long as the process; the copy is leaked, so it does too.
    unsafe {
        let real = sqlite3_vfs_find(std::ptr::null());
        *locked(&REAL) = real as usize;
        let mut ours = Box::new(*real);
        ours.pNext = std::ptr::null_mut();
        ours.zName = c"watched".as_ptr();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        assert_eq!(sqlite3_vfs_register(Box::leak(ours), 1), SQLITE_OK);
    }
}

fn real() -> *mut sqlite3_vfs {
    *locked(&REAL) as *mut sqlite3_vfs
}

fn ask(path: &Path, call: Call) -> Option<c_int> {
    let mut watched = locked(&WATCHED);
    let (folder, watcher) = watched.as_mut()?;
    if !path.starts_with(folder) {
        return None;
    }
    watcher(path, call).map(|fails| match fails {
        Fails::Read => SQLITE_IOERR_READ,
        Fails::Write => SQLITE_IOERR_WRITE,
        Fails::Full => SQLITE_FULL,
        Fails::Sync => SQLITE_IOERR_FSYNC,
    })
}

fn path_of(name: *const c_char) -> PathBuf {
    // SAFETY: SQLite hands over names that end with a zero.
    let name = unsafe { CStr::from_ptr(name) };
    PathBuf::from(name.to_string_lossy().into_owned())
}

fn file_of(file: *mut sqlite3_file) -> (PathBuf, *const sqlite3_io_methods) {
    let files = locked(&FILES);
    let (path, methods) = files.as_ref().unwrap()[&(file as usize)].clone();
    (path, methods as *const sqlite3_io_methods)
}

unsafe extern "C" fn open(
    _ours: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: what SQLite gave us goes on to the VFS that it was meant for; an opened file has its functions.
    unsafe {
        let code = (*real()).xOpen.unwrap()(real(), name, file, flags, out);
        if code != SQLITE_OK || name.is_null() {
            return code;
        }
        let path = path_of(name);
        let is_watched = locked(&WATCHED)
            .as_ref()
            .is_some_and(|(folder, _)| path.starts_with(folder));
        if is_watched {
            let methods = (*file).pMethods;
            let mut led = Box::new(*methods);
            led.xRead = Some(read);
            led.xWrite = Some(write);
            led.xTruncate = Some(truncate);
            led.xSync = Some(sync);
            let mut files = locked(&FILES);
            let files = files.get_or_insert_default();
            files.insert(file as usize, (path, methods as usize));
            (*file).pMethods = Box::leak(led);
        }
        code
    }
}

unsafe extern "C" fn delete(_ours: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    if let Some(code) = ask(&path_of(name), Call::Delete) {
        return code;
    }
    // SAFETY: as in `open`.
    unsafe { (*real()).xDelete.unwrap()(real(), name, sync) }
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    at: sqlite3_int64,
) -> c_int {
    let (path, methods) = file_of(file);
    if let Some(code) = ask(&path, Call::Read) {
        return code;
    }
    // SAFETY: as in `open`; the functions are static.
    unsafe { (*methods).xRead.unwrap()(file, into, amount, at) }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    amount: c_int,
    at: sqlite3_int64,
) -> c_int {
    let (path, methods) = file_of(file);
    // SAFETY: SQLite hands over so many bytes; then as in `read`.
    unsafe {
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), usize::try_from(amount).unwrap());
        let call = Call::Write {
            at: usize::try_from(at).unwrap(),
            bytes: bytes.to_vec(),
        };
        if let Some(code) = ask(&path, call) {
            return code;
        }
        (*methods).xWrite.unwrap()(file, from, amount, at)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    let (path, methods) = file_of(file);
    if let Some(code) = ask(&path, Call::Truncate(usize::try_from(size).unwrap())) {
        return code;
    }
    // SAFETY: as in `read`.
    unsafe { (*methods).xTruncate.unwrap()(file, size) }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let (path, methods) = file_of(file);
    if let Some(code) = ask(&path, Call::Sync) {
        return code;
    }
    // SAFETY: as in `read`.
    unsafe { (*methods).xSync.unwrap()(file, flags) }
}
