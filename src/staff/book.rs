//! The file: who there is, and how often each has typed a wrong PIN.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::office::{Person, Role};

/// The file and what it says.
#[derive(Debug)]
pub(super) struct Book {
    path: PathBuf,
    pub(super) people: Vec<Member>,
}

/// One person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) role: Role,
    /// As Argon2 writes it, salt and parameters included.
    pub(super) pin: String,
    /// Wrong PINs since the last right one.
    #[serde(default)]
    pub(super) wrong: u32,
    #[serde(default)]
    pub(super) wait_until: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Written<P> {
    people: P,
}

impl Member {
    pub(super) fn person(&self) -> Person {
        Person {
            name: self.name.clone(),
            role: self.role,
        }
    }
}

impl Book {
    /// Nobody.
    pub(super) fn empty(journal: &Path) -> Self {
        Self {
            path: journal.with_file_name("staff.json"),
            people: Vec::new(),
        }
    }

    pub(super) fn read(journal: &Path) -> io::Result<Self> {
        let mut book = Self::empty(journal);
        let text = match fs::read_to_string(&book.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(book),
            Err(error) => return Err(error),
        };
        let written: Written<Vec<Member>> = serde_json::from_str(&text)?;
        book.people = written.people;
        Ok(book)
    }

    /// Replaces the file as a whole, so that a power cut leaves the old one or the new one; for its owner only.
    pub(super) fn write(&self) -> io::Result<()> {
        let people = &self.people;
        let text = serde_json::to_string_pretty(&Written { people })?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // Made with mode 0600.
        let mut written = tempfile::NamedTempFile::new_in(folder)?;
        written.write_all(text.as_bytes())?;
        written.as_file().sync_all()?;
        written.persist(&self.path)?;
        Ok(())
    }
}
