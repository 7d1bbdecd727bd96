//! A disk that fails, fills up, and loses its power: the journal's real files, and what is left of them after a crash.
//!
//! Killed, a program leaves what it wrote. A power cut in the middle of a step leaves any of the sectors that the step
//! wrote, whichever reached the disk first; and of a write whose fsync failed it may leave nothing at all, however many
//! later fsyncs succeeded (Linux calls such pages clean).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::chance::Chance;
use crate::journal::disk::{Faults, Step};

/// What a disk writes as a whole.
const SECTOR: usize = 512;
/// What the system calls clean as a whole.
const PAGE: usize = 4096;
/// The journal's files, by what follows its path.
const FILES: [&str; 3] = ["", "-wal", ".head"];
const RECORDS: usize = 0;
const LOG: usize = 1;
const HEAD: usize = 2;

/// What the files hold at one moment, in the order of [`FILES`].
#[derive(Clone, Debug)]
struct Images([Option<Vec<u8>>; 3]);

/// One page that an fsync left behind.
#[derive(Debug)]
struct Lost {
    file: usize,
    page: usize,
    before: Vec<u8>,
    after: Vec<u8>,
    /// What the file began with. A log that was begun anew since begins otherwise.
    beginning: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Done,
    /// It is written, and the fsync says that it failed.
    Unsure,
    Killed,
    PowerCut,
}

/// How often a step goes wrong, in percent.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Rates {
    pub(super) refused: u64,
    pub(super) unsure: u64,
    pub(super) killed: u64,
    pub(super) power_cut: u64,
}

#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    chance: Chance,
    pub(super) rates: Rates,
    pub(super) is_full: bool,
    fate: Fate,
    before: Option<Images>,
    lost: Vec<Lost>,
    /// What is on the disk when the program has ended in the middle of a step.
    left: Option<Images>,
}

impl Disk {
    pub(super) fn new(path: PathBuf, chance: Chance) -> Self {
        Self {
            path,
            chance,
            rates: Rates::default(),
            is_full: false,
            fate: Fate::Done,
            before: None,
            lost: Vec::new(),
            left: None,
        }
    }

    /// Whether the program has ended in the middle of a step.
    pub(super) fn has_ended(&self) -> bool {
        self.left.is_some()
    }

    /// The program ends now, between two steps or in one of them: what closing its files still does is to be undone.
    pub(super) fn end(&mut self, is_power_cut: bool) {
        if self.left.is_none() {
            let mut images = Images::of(&self.path);
            if is_power_cut {
                self.lose(&mut images);
            }
            self.left = Some(images);
        }
    }

    /// The files as they are found by the next start.
    pub(super) fn restore(&mut self) {
        if let Some(images) = self.left.take() {
            images.put(&self.path);
        }
    }

    /// One bit is another one from now on. Returns where.
    pub(super) fn flip(&mut self) -> Option<(&'static str, usize)> {
        let file = self.chance.index(FILES.len());
        let path = place(&self.path, FILES[file]);
        let mut bytes = fs::read(&path).ok().filter(|bytes| !bytes.is_empty())?;
        let at = self.chance.index(bytes.len());
        bytes[at] ^= 1 << self.chance.below(8);
        fs::write(path, bytes).unwrap();
        Some((FILES[file], at))
    }

    fn draw(&mut self) -> Fate {
        let rates = self.rates;
        if self.chance.percent(rates.power_cut) {
            Fate::PowerCut
        } else if self.chance.percent(rates.killed) {
            Fate::Killed
        } else if self.chance.percent(rates.unsure) {
            Fate::Unsure
        } else {
            Fate::Done
        }
    }

    /// Remembers the pages that a failed fsync will never bring to the disk, unless they are written anew.
    fn forget(&mut self, before: &Images, after: &Images) {
        for file in [LOG, HEAD] {
            let (Some(old), Some(new)) = (&before.0[file], &after.0[file]) else {
                continue;
            };
            for (page, after) in new.chunks(PAGE).enumerate() {
                let start = (page * PAGE).min(old.len());
                let before = &old[start..(start + PAGE).min(old.len())];
                if before != after {
                    self.lost.push(Lost {
                        file,
                        page,
                        before: before.to_vec(),
                        after: after.to_vec(),
                        beginning: beginning(file, new),
                    });
                }
            }
        }
    }

    /// Takes out of the images what no fsync ever wrote.
    fn lose(&mut self, images: &mut Images) {
        for lost in std::mem::take(&mut self.lost) {
            let Some(bytes) = &mut images.0[lost.file] else {
                continue;
            };
            let start = lost.page * PAGE;
            // A page that grew since was written again as a whole.
            let end = (start + PAGE).min(bytes.len());
            let is_same = beginning(lost.file, bytes) == lost.beginning;
            if is_same && start < end && bytes[start..end] == lost.after[..] {
                let mut old = lost.before;
                old.resize(end - start, 0);
                bytes[start..end].copy_from_slice(&old);
            }
        }
    }

    /// What a power cut in the middle of a step leaves. SQLite fsyncs the log before it touches the records, and the
    /// records before it empties the log.
    fn torn(&mut self, before: &Images, after: &Images) -> Images {
        let mut left = before.clone();
        left.0[HEAD] = self.mixed(before.0[HEAD].as_ref(), after.0[HEAD].as_ref());
        let length = |image: &Images| image.0[LOG].as_ref().map_or(0, Vec::len);
        let first = if length(after) < length(before) {
            RECORDS
        } else {
            LOG
        };
        if self.chance.percent(50) {
            left.0[first] = self.mixed(before.0[first].as_ref(), after.0[first].as_ref());
        } else {
            let second = RECORDS + LOG - first;
            left.0[first].clone_from(&after.0[first]);
            left.0[second] = self.mixed(before.0[second].as_ref(), after.0[second].as_ref());
        }
        left
    }

    fn mixed(&mut self, before: Option<&Vec<u8>>, after: Option<&Vec<u8>>) -> Option<Vec<u8>> {
        let after = match (before, after) {
            (None, None) => return None,
            (before, after) if before == after => return before.cloned(),
            // A new name in a folder is there or not.
            (None, Some(_)) if self.chance.percent(50) => return None,
            (before, None) if self.chance.percent(50) => return before.cloned(),
            (_, None) => return None,
            (_, Some(after)) => after,
        };
        let mut mixed = before.cloned().unwrap_or_default();
        mixed.resize(after.len(), 0);
        for (old, new) in mixed.chunks_mut(SECTOR).zip(after.chunks(SECTOR)) {
            if old != new && self.chance.percent(50) {
                old.copy_from_slice(new);
            }
        }
        Some(mixed)
    }
}

impl Faults for Disk {
    fn before(&mut self, step: Step) -> io::Result<()> {
        if self.has_ended() {
            return Err(ErrorKind::Other.into());
        }
        // The head is written in place, and needs no room.
        let needs_room = !matches!(step, Step::Announce | Step::Settle);
        if self.is_full && needs_room {
            return Err(ErrorKind::StorageFull.into());
        }
        if self.chance.percent(self.rates.refused) {
            let kinds = [
                ErrorKind::StorageFull,
                ErrorKind::ReadOnlyFilesystem,
                ErrorKind::Other,
            ];
            return Err((*self.chance.pick(&kinds)).into());
        }
        self.fate = match (self.draw(), step) {
            // What SQLite does when it makes a file is its own matter, and has its own tests.
            (Fate::PowerCut, Step::Records) => Fate::Killed,
            // Where an fsync fails within these, SQLite goes no further, and does it all again the next time.
            (Fate::Unsure, Step::Records | Step::Flush) => {
                return Err(ErrorKind::Other.into());
            }
            (fate, _) => fate,
        };
        match self.fate {
            Fate::Killed if self.chance.percent(50) => {
                self.end(false);
                return Err(ErrorKind::Other.into());
            }
            Fate::PowerCut | Fate::Unsure => self.before = Some(Images::of(&self.path)),
            Fate::Killed | Fate::Done => {}
        }
        Ok(())
    }

    fn after(&mut self, _step: Step) -> io::Result<()> {
        let before = self.before.take();
        match (self.fate, before) {
            (Fate::Killed, _) => self.end(false),
            (Fate::PowerCut, Some(before)) => {
                let after = Images::of(&self.path);
                let mut left = self.torn(&before, &after);
                self.lose(&mut left);
                self.left = Some(left);
            }
            (Fate::Unsure, Some(before)) => {
                if self.chance.percent(50) {
                    self.forget(&before, &Images::of(&self.path));
                }
            }
            (Fate::Done | Fate::PowerCut | Fate::Unsure, _) => return Ok(()),
        }
        Err(ErrorKind::Other.into())
    }
}

impl Images {
    fn of(path: &Path) -> Self {
        Self(FILES.map(|ending| fs::read(place(path, ending)).ok()))
    }

    fn put(&self, path: &Path) {
        // What SQLite shares between processes is memory that lies in a file; it is made anew.
        fs::remove_file(place(path, "-shm")).ok();
        for (ending, image) in FILES.iter().zip(&self.0) {
            let place = place(path, ending);
            match image {
                Some(bytes) => fs::write(place, bytes).unwrap(),
                None => {
                    fs::remove_file(place).ok();
                }
            }
        }
    }
}

/// The header of a log, which names it; of other files nothing.
fn beginning(file: usize, bytes: &[u8]) -> Vec<u8> {
    const HEADER: usize = 32;
    let len = if file == LOG { HEADER } else { 0 };
    bytes[..len.min(bytes.len())].to_vec()
}

fn place(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
