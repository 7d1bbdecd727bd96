//! The hash chain: what binds a record to its place and to every record before it.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// SHA-256 of one link.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Takes a hash as the database keeps it; `None` where it has not 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// As the database keeps it.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A place in the chain: how many records stand up to it, and the hash of the last of them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Position {
    /// The last record's number; the first record is 1, and 0 is before all records.
    pub seq: u64,
    /// The last record's hash; all zeros before all records.
    pub hash: Hash,
}

impl Position {
    /// Where a record with this body would stand.
    ///
    /// The number has a fixed length and stands before the text, so no two records can hash the same bytes.
    #[must_use]
    pub fn next(&self, body: &str) -> Self {
        let seq = self.seq.saturating_add(1);
        let digest = Sha256::new()
            .chain_update(self.hash.0)
            .chain_update(seq.to_be_bytes())
            .chain_update(body.as_bytes())
            .finalize();
        Self {
            seq,
            hash: Hash(digest.into()),
        }
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_sha256_of_the_hash_before_the_number_and_the_body() {
        let first = Position::default().next("{}");
        let mut bytes = vec![0; 32];
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.extend(b"{}");
        assert_eq!(first.seq, 1);
        assert_eq!(
            first.hash.as_bytes().as_slice(),
            &Sha256::digest(&bytes)[..]
        );
        assert_ne!(first.hash, first.next("{}").hash);
    }

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = Position::default().next("x").hash;
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse(&hash.to_string().to_uppercase()), None);
        assert_eq!(Hash::parse("00"), None);
        assert_eq!(Hash::parse(&"é".repeat(32)), None);
    }
}
