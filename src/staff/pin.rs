//! PINs: which are taken, and how they are kept.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::office::{Pin, StaffFault};

/// Digits of a PIN.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=8;

/// A PIN as it is kept: Argon2id with the crate's parameters (19 MiB, two rounds), a salt of its own.
pub(super) fn hashed(pin: &Pin) -> Result<String, StaffFault> {
    let digits = pin.digits();
    if !LENGTH.contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(StaffFault::PinLength);
    }
    if is_weak(digits.as_bytes()) {
        return Err(StaffFault::WeakPin);
    }
    match Argon2::default().hash_password(digits.as_bytes()) {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => {
            tracing::error!(%error, "a PIN cannot be hashed");
            Err(StaffFault::NotKept)
        }
    }
}

/// Whether it is this one.
pub(super) fn fits(pin: &Pin, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        tracing::error!("a PIN's hash cannot be read");
        return false;
    };
    let argon2 = Argon2::default();
    argon2
        .verify_password(pin.digits().as_bytes(), &hash)
        .is_ok()
}

/// One digit over and over, or digits in their order: the first that anybody tries.
fn is_weak(digits: &[u8]) -> bool {
    let steps: Vec<i16> = digits
        .windows(2)
        .map(|pair| i16::from(pair[1]) - i16::from(pair[0]))
        .collect();
    [-1, 0, 1]
        .iter()
        .any(|step| steps.iter().all(|one| one == step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_no_pin() {
        for (digits, fault) in [
            ("123", StaffFault::PinLength),
            ("123456789", StaffFault::PinLength),
            ("12a4", StaffFault::PinLength),
            ("0000", StaffFault::WeakPin),
            ("3456", StaffFault::WeakPin),
            ("8765", StaffFault::WeakPin),
        ] {
            assert_eq!(hashed(&Pin::new(digits)), Err(fault), "{digits}");
        }
        assert!(hashed(&Pin::new("1357")).is_ok());
    }
}
