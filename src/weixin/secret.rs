//! A value that no log, error or picture of the program's state may show.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// An access token, an app secret, a bearer. It has no `Display`, and its `Debug` is blind.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

/// Why a file gives no [`Secret`]. Nothing of what is in the file is told.
#[derive(Debug, thiserror::Error)]
pub enum SecretFault {
    /// It is not there, or may not be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// More than one line, or something that is no text.
    #[error("it is not one line of plain text")]
    NotOneLine,
}

impl Secret {
    /// Far above any token (512 characters and more are announced) and any secret.
    const MAX_BYTES: u64 = 16 * 1024;

    /// Takes a value that came out of an answer.
    pub fn new(value: &str) -> Self {
        Self(value.into())
    }

    /// Reads a file of one line; white space around it, an editor's last newline above all, is dropped.
    pub fn from_file(path: &Path) -> Result<Self, SecretFault> {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(Self::MAX_BYTES).read_to_end(&mut bytes))
            .map_err(SecretFault::Unreadable)?;
        let text = str::from_utf8(&bytes).unwrap_or("\0");
        let line = text.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            return Err(SecretFault::Empty);
        }
        if !line.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(SecretFault::NotOneLine);
        }
        Ok(Self::new(line))
    }

    /// The value itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the value in lower-case hexadecimal: names it without telling it.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        digest.iter().fold(String::new(), |mut hex, byte| {
            for half in [byte >> 4, byte & 15] {
                hex.extend(char::from_digit(half.into(), 16));
            }
            hex
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_gives_its_line_without_the_newline() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "\u{feff}s3cr3t\r").unwrap();
        assert_eq!(Secret::from_file(file.path()).unwrap().expose(), "s3cr3t");
    }

    #[test]
    fn an_empty_file_and_two_lines_are_told_apart() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(
            Secret::from_file(file.path()),
            Err(SecretFault::Empty)
        ));
        write!(file, "one\ntwo").unwrap();
        assert!(matches!(
            Secret::from_file(file.path()),
            Err(SecretFault::NotOneLine)
        ));
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", Secret::new("s3cr3t"));
        assert_eq!(shown, "Secret(..)");
    }

    #[test]
    fn a_fingerprint_is_the_well_known_sha_256() {
        // FIPS 180-2, "abc".
        assert_eq!(
            Secret::new("abc").fingerprint(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
