//! Which visitor is redeeming which code: one attempt a code, however many pages show it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::card::Code;

use super::locked;

/// The codes that are being redeemed, or are in doubt, each with its visitor's number.
#[derive(Clone, Default, Debug)]
pub struct Claims(Arc<Mutex<Claimed>>);

#[derive(Default, Debug)]
struct Claimed {
    holders: BTreeMap<Code, u64>,
    visitors: u64,
}

impl Claims {
    /// A number for another visitor.
    pub fn number(&self) -> u64 {
        let mut claimed = locked(&self.0);
        claimed.visitors += 1;
        claimed.visitors
    }

    /// Takes a code for a visitor; `false` where another one has it.
    pub fn claim(&self, code: &Code, visitor: u64) -> bool {
        let mut claimed = locked(&self.0);
        *claimed.holders.entry(code.clone()).or_insert(visitor) == visitor
    }

    /// Gives a code back.
    pub fn release(&self, code: &Code, visitor: u64) {
        let mut claimed = locked(&self.0);
        if claimed.holders.get(code) == Some(&visitor) {
            claimed.holders.remove(code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_visitors_until_he_gives_it_back() {
        let claims = Claims::default();
        let (one, two) = (claims.number(), claims.number());
        let code = Code::parse("409632457895").unwrap();
        assert!(claims.claim(&code, one) && claims.claim(&code, one));
        assert!(!claims.claim(&code, two));
        claims.release(&code, two);
        assert!(!claims.claim(&code, two));
        claims.release(&code, one);
        assert!(claims.claim(&code, two));
    }
}
