//! Reed-Solomon correction as QR codes have it, with erasures: a byte that is known to be doubtful costs half as much
//! to mend as one that is silently wrong.

/// What was mended in a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mended {
    /// Bytes that were wrong although nobody had doubted them.
    pub(super) errors: usize,
}

/// Mends `block` in place: its last `checks` bytes are the check bytes, `erased` are the doubtful ones' places. `None`,
/// and a block that is not to be used, where it cannot be mended.
pub(super) fn mend(block: &mut [u8], checks: usize, erased: &[usize]) -> Option<Mended> {
    let field = &FIELD;
    if erased.len() > checks || block.len() > 255 || checks >= block.len() {
        return None;
    }
    let syndromes = syndromes(block, checks);
    if syndromes.iter().all(|&one| one == 0) {
        return Some(Mended { errors: 0 });
    }
    let length = block.len();
    let place = |index: usize| length - 1 - index;
    let locator = locator(&syndromes, erased.iter().map(|&index| place(index)))?;
    let degree = locator.iter().rposition(|&one| one != 0)?;
    let mut evaluator = vec![0_u8; checks];
    for (i, one) in evaluator.iter_mut().enumerate() {
        for j in 0..=i.min(degree) {
            *one ^= field.times(locator[j], syndromes[i - j]);
        }
    }
    let mut found = 0;
    let mut errors = 0;
    for (index, byte) in block.iter_mut().enumerate() {
        let at = place(index);
        let inverse = field.power(255 - at % 255);
        if field.value(&locator, inverse) != 0 {
            continue;
        }
        found += 1;
        let mut slope = 0;
        for (power, &one) in locator.iter().enumerate().skip(1).step_by(2) {
            slope ^= field.times(one, field.raised(inverse, power - 1));
        }
        let wrong = field.times(
            field.power(at % 255),
            field.over(field.value(&evaluator, inverse), slope)?,
        );
        *byte ^= wrong;
        errors += usize::from(wrong != 0 && !erased.contains(&index));
    }
    let is_mended = found == degree && syndromes_are_zero(block, checks);
    is_mended.then_some(Mended { errors })
}

fn syndromes(block: &[u8], checks: usize) -> Vec<u8> {
    let one = |power: usize| {
        let root = FIELD.power(power);
        block
            .iter()
            .fold(0, |sum, &byte| FIELD.times(sum, root) ^ byte)
    };
    (0..checks).map(one).collect()
}

fn syndromes_are_zero(block: &[u8], checks: usize) -> bool {
    syndromes(block, checks).iter().all(|&one| one == 0)
}

/// Berlekamp and Massey's search, begun with the places that are known (Blahut, Theory and Practice of Error Control
/// Codes, 9.2).
fn locator(syndromes: &[u8], erased: impl Iterator<Item = usize>) -> Option<Vec<u8>> {
    let field = &FIELD;
    let checks = syndromes.len();
    let mut locator = vec![0_u8; checks + 2];
    locator[0] = 1;
    let mut erasures = 0;
    for at in erased {
        let root = field.power(at % 255);
        for i in (1..=erasures + 1).rev() {
            locator[i] ^= field.times(root, locator[i - 1]);
        }
        erasures += 1;
    }
    let mut before = locator.clone();
    let mut length = erasures;
    for round in erasures + 1..=checks {
        let mut off = 0;
        for j in 0..=length.min(round - 1) {
            off ^= field.times(locator[j], syndromes[round - 1 - j]);
        }
        before.rotate_right(1);
        before[0] = 0;
        if off == 0 {
            continue;
        }
        let mut next = locator.clone();
        for (one, &old) in next.iter_mut().zip(&before) {
            *one ^= field.times(off, old);
        }
        if 2 * length <= round - 1 + erasures {
            length = round + erasures - length;
            if length > checks {
                return None;
            }
            for (old, &one) in before.iter_mut().zip(&locator) {
                *old = field.over(one, off)?;
            }
        }
        locator = next;
    }
    Some(locator)
}

/// The numbers of 256 elements that QR codes calculate with: x^8 + x^4 + x^3 + x^2 + 1.
struct Field {
    powers: [u8; 256],
    logs: [u8; 256],
}

static FIELD: Field = Field::new();

impl Field {
    const fn new() -> Self {
        let (mut powers, mut logs) = ([0_u8; 256], [0_u8; 256]);
        let mut value: u8 = 1;
        let mut power: u8 = 0;
        while power < 255 {
            powers[power as usize] = value;
            logs[value as usize] = power;
            let is_over = value & 0x80 != 0;
            value <<= 1;
            if is_over {
                value ^= 0x1D;
            }
            power += 1;
        }
        powers[255] = 1;
        Self { powers, logs }
    }

    fn power(&self, power: usize) -> u8 {
        self.powers[power % 255]
    }

    fn times(&self, a: u8, b: u8) -> u8 {
        if a == 0 || b == 0 {
            return 0;
        }
        let sum = usize::from(self.logs[usize::from(a)]) + usize::from(self.logs[usize::from(b)]);
        self.power(sum)
    }

    fn over(&self, a: u8, b: u8) -> Option<u8> {
        if b == 0 {
            return None;
        }
        let inverse = 255 - usize::from(self.logs[usize::from(b)]);
        Some(self.times(a, self.power(inverse)))
    }

    fn raised(&self, base: u8, power: usize) -> u8 {
        self.power(usize::from(self.logs[usize::from(base)]) * power)
    }

    /// Of a polynomial, lowest power first.
    fn value(&self, polynomial: &[u8], at: u8) -> u8 {
        polynomial
            .iter()
            .rev()
            .fold(0, |sum, &one| self.times(sum, at) ^ one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data and check bytes of ISO/IEC 18004's worked example (version 1-M, "01234567").
    const BLOCK: [u8; 26] = [
        0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC,
        0x11, 0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55,
    ];

    fn damaged(places: &[usize]) -> Vec<u8> {
        let mut block = BLOCK.to_vec();
        for &place in places {
            block[place] ^= 0x5A ^ u8::try_from(place).unwrap();
        }
        block
    }

    #[test]
    fn the_standards_own_example_is_in_order() {
        let mut block = BLOCK.to_vec();
        assert_eq!(mend(&mut block, 10, &[]), Some(Mended { errors: 0 }));
        assert_eq!(block, BLOCK);
    }

    #[test]
    fn half_as_many_errors_as_check_bytes_are_mended() {
        let mut block = damaged(&[0, 7, 13, 20, 25]);
        assert_eq!(mend(&mut block, 10, &[]), Some(Mended { errors: 5 }));
        assert_eq!(block, BLOCK);
        let mut block = damaged(&[0, 7, 13, 20, 24, 25]);
        assert!(mend(&mut block, 10, &[]).is_none() || block != BLOCK);
    }

    #[test]
    fn as_many_doubtful_bytes_as_check_bytes_are_mended() {
        let places = [0, 1, 2, 3, 9, 13, 20, 21, 24, 25];
        let mut block = damaged(&places);
        assert_eq!(mend(&mut block, 10, &places), Some(Mended { errors: 0 }));
        assert_eq!(block, BLOCK);
    }

    #[test]
    fn doubts_and_errors_share_the_check_bytes() {
        let mut block = damaged(&[0, 3, 5, 8, 17, 22]);
        // Two doubts were for nothing.
        let doubts = [3, 5, 8, 22, 1, 2];
        assert_eq!(mend(&mut block, 10, &doubts), Some(Mended { errors: 2 }));
        assert_eq!(block, BLOCK);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert_eq!(mend(&mut [], 0, &[]), None);
        assert_eq!(mend(&mut [1, 2], 2, &[]), None);
        assert_eq!(mend(&mut damaged(&[]), 10, &[0; 11]), None);
    }
}
