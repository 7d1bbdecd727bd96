//! The head file: the chain's newest position, in a file of its own, so that a cut tail is noticed.
//!
//! Two slots of one page each are written in turn, in place, and the valid slot with the higher generation counts. A
//! write that is torn by a power cut spoils the older of the two, never both. In place, because such a write needs no
//! room on the disk, keeps the file's owner, and is one `fdatasync`; replacing the file by a rename costs a new file and
//! a directory fsync each time (`cargo bench --bench journal` measures both) and is no safer.
//!
//! A slot is one line of text: `head1 GENERATION SEQ HASH NEXT SUM`, where NEXT is the hash of the last record that is
//! about to be written, or `-`, and SUM is the SHA-256 of all that stands before it.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::chain::{Hash, Position};

/// A page: a disk that tears a write tears it within the sectors of one slot.
const SLOT_BYTES: usize = 4096;
const SLOT_COUNT: usize = 2;

/// What the head file says.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Head {
    /// The newest record that is surely durable.
    pub current: Position,
    /// The hash of the last record after it, where some were about to be written.
    pub pending: Option<Hash>,
}

/// What stands where the head file belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// No file.
    Missing,
    /// A file whose making was interrupted: of its two slots the second one is written first.
    Blank,
    /// A file without a valid slot, and with something in the first one: it was in use.
    Unreadable,
    /// A head.
    Head(Head),
}

/// How a tail of the records stands to a head.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fit {
    /// The tail is the newest durable record.
    Current,
    /// The tail is the last record that was about to be written: the program ended between the commit and the head's.
    Pending,
    /// Neither.
    Neither,
}

impl Head {
    /// How `tail` stands to this head.
    pub fn fit(&self, tail: Position) -> Fit {
        if tail == self.current {
            Fit::Current
        } else if Some(tail.hash) == self.pending && tail.seq > self.current.seq {
            // The hash holds the number too, and those of all records before it.
            Fit::Pending
        } else {
            Fit::Neither
        }
    }

    /// Reads the head without touching the file.
    pub fn read(path: &Path) -> io::Result<Found> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
            Err(error) => return Err(error),
        };
        if let Some((_, head)) = newest(&file)? {
            return Ok(Found::Head(head));
        }
        let mut first = Vec::with_capacity(SLOT_BYTES);
        read_slot(&file, 0, &mut first)?;
        let is_blank = first.iter().all(|byte| matches!(byte, b' ' | 0));
        Ok(if is_blank {
            Found::Blank
        } else {
            Found::Unreadable
        })
    }
}

/// The writer's end of the head file.
#[derive(Debug)]
pub struct HeadFile {
    file: File,
    generation: u64,
    head: Head,
}

impl HeadFile {
    /// Opens the file for writing; `None` where it has no valid slot.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(newest(&file)?.map(|(generation, head)| Self {
            file,
            generation,
            head,
        }))
    }

    /// Makes the file, or makes it anew, for a journal without records. The folder's fsync is the caller's.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        file.write_all_at(&[b' '; SLOT_BYTES * SLOT_COUNT], 0)?;
        let mut created = Self {
            file,
            generation: 0,
            head: Head::default(),
        };
        created.write(Head::default())?;
        created.file.sync_all()?;
        Ok(created)
    }

    /// What it says now.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Says, durably, which record is the last one that is about to follow.
    pub fn announce(&mut self, next: Hash) -> io::Result<()> {
        self.write(Head {
            current: self.head.current,
            pending: Some(next),
        })
    }

    /// Says, durably, that the records end here.
    pub fn settle(&mut self, current: Position) -> io::Result<()> {
        self.write(Head {
            current,
            pending: None,
        })
    }

    fn write(&mut self, head: Head) -> io::Result<()> {
        let generation = self.generation.wrapping_add(1);
        let mut slot = [b' '; SLOT_BYTES];
        let line = line(generation, &head);
        slot[..line.len()].copy_from_slice(line.as_bytes());
        slot[SLOT_BYTES - 1] = b'\n';
        self.file.write_all_at(&slot, offset(generation))?;
        self.file.sync_data()?;
        self.generation = generation;
        self.head = head;
        Ok(())
    }
}

fn offset(generation: u64) -> u64 {
    (generation % SLOT_COUNT as u64) * SLOT_BYTES as u64
}

fn line(generation: u64, head: &Head) -> String {
    let mut line = format!(
        "head1 {generation} {} {} ",
        head.current.seq, head.current.hash
    );
    match head.pending {
        Some(next) => line.push_str(&next.to_string()),
        None => line.push('-'),
    }
    let sum = sum(&line);
    line.push(' ');
    line.push_str(&sum);
    line.push('\n');
    line
}

fn sum(text: &str) -> String {
    let mut sum = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        // Writing to a String cannot fail.
        write!(sum, "{byte:02x}").ok();
    }
    sum
}

fn newest(file: &File) -> io::Result<Option<(u64, Head)>> {
    let mut newest: Option<(u64, Head)> = None;
    for index in 0..SLOT_COUNT {
        let mut slot = Vec::with_capacity(SLOT_BYTES);
        read_slot(file, index, &mut slot)?;
        let Some((generation, head)) = parse(&slot) else {
            continue;
        };
        if newest.is_none_or(|(known, _)| generation > known) {
            newest = Some((generation, head));
        }
    }
    Ok(newest)
}

fn read_slot(file: &File, index: usize, slot: &mut Vec<u8>) -> io::Result<()> {
    slot.resize(SLOT_BYTES, 0);
    let mut filled = 0;
    while filled < SLOT_BYTES {
        let at = (index * SLOT_BYTES + filled) as u64;
        match file.read_at(&mut slot[filled..], at) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    slot.truncate(filled);
    Ok(())
}

fn parse(slot: &[u8]) -> Option<(u64, Head)> {
    let text = std::str::from_utf8(slot).ok()?;
    let (line, _) = text.split_once('\n')?;
    let (said, sum_said) = line.rsplit_once(' ')?;
    if sum(said) != sum_said {
        return None;
    }
    let mut words = said.split(' ');
    if words.next()? != "head1" {
        return None;
    }
    let generation = words.next()?.parse().ok()?;
    let seq = words.next()?.parse().ok()?;
    let hash = Hash::parse(words.next()?)?;
    let pending = match words.next()? {
        "-" => None,
        next => Some(Hash::parse(next)?),
    };
    let current = Position { seq, hash };
    Some((generation, Head { current, pending }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(bodies: usize) -> Position {
        (0..bodies).fold(Position::default(), |at, _| at.next("{}"))
    }

    #[test]
    fn the_newest_slot_counts_and_a_torn_one_leaves_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        assert_eq!(Head::read(&path).unwrap(), Found::Missing);
        let mut file = HeadFile::create(&path).unwrap();
        assert_eq!(Head::read(&path).unwrap(), Found::Head(Head::default()));
        for n in 1..20 {
            let before = file.head();
            file.settle(position(n)).unwrap();
            let whole = std::fs::read(&path).unwrap();
            assert_eq!(Head::read(&path).unwrap(), Found::Head(file.head()));
            // The line is 140 bytes and more.
            let torn = usize::try_from(offset(file.generation)).unwrap();
            for cut in [0, 1, 17, 100, 130] {
                let mut bytes = whole.clone();
                bytes[torn + cut..torn + SLOT_BYTES].fill(0);
                std::fs::write(&path, &bytes).unwrap();
                assert_eq!(
                    Head::read(&path).unwrap(),
                    Found::Head(before),
                    "cut at {cut}"
                );
            }
            std::fs::write(&path, &whole).unwrap();
        }
    }

    #[test]
    fn an_announced_record_and_the_one_before_it_both_fit() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = HeadFile::create(&dir.path().join("head")).unwrap();
        file.settle(position(3)).unwrap();
        file.announce(position(4).hash).unwrap();
        let again = HeadFile::open(&dir.path().join("head")).unwrap().unwrap();
        assert_eq!(again.head().fit(position(3)), Fit::Current);
        assert_eq!(again.head().fit(position(4)), Fit::Pending);
        assert_eq!(again.head().fit(position(2)), Fit::Neither);
        assert_eq!(again.head().fit(position(3).next("other")), Fit::Neither);
    }

    #[test]
    fn a_file_without_a_valid_slot_is_unreadable() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("head");
        let mut torn = [b' '; SLOT_BYTES * SLOT_COUNT];
        torn[SLOT_BYTES..][..9].copy_from_slice(b"head1 1 0");
        for (bytes, found) in [
            (&b""[..], Found::Blank),
            (&[0; 5000], Found::Blank),
            (&torn, Found::Blank),
            (b"head1 1 0", Found::Unreadable),
            (&[0xff; 9000], Found::Unreadable),
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(Head::read(&path).unwrap(), found);
            assert!(HeadFile::open(&path).unwrap().is_none());
        }
    }
}
