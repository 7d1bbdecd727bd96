//! Who signed a certificate, by its own word: out of its DER form, without judging it.

use crate::screen::plain::plain;

/// A field of DER: its tag, its content, and what follows it.
fn field(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 || rest.len() < count {
            return None;
        }
        let (digits, after) = rest.split_at(count);
        length = digits
            .iter()
            .fold(0, |sum, digit| (sum << 8) | usize::from(*digit));
        rest = after;
    }
    (rest.len() >= length).then(|| {
        let (content, after) = rest.split_at(length);
        (tag, content, after)
    })
}

/// The issuer's common name, else its organization.
pub(super) fn of(certificate: &[u8]) -> Option<String> {
    const VERSION: u8 = 0xa0;
    let (_, whole, _) = field(certificate)?;
    let (_, mut body, _) = field(whole)?;
    if let (VERSION, _, after) = field(body)? {
        body = after;
    }
    let (_, _serial, body) = field(body)?;
    let (_, _algorithm, body) = field(body)?;
    let (_, name, _) = field(body)?;
    // 2.5.4.3 and 2.5.4.10
    named(name, &[0x55, 4, 3]).or_else(|| named(name, &[0x55, 4, 10]))
}

fn named(mut name: &[u8], attribute: &[u8]) -> Option<String> {
    while !name.is_empty() {
        let (_, set, rest) = field(name)?;
        name = rest;
        let (_, pair, _) = field(set)?;
        let (_, kind, value) = field(pair)?;
        if kind == attribute {
            let (_, text, _) = field(value)?;
            let text = String::from_utf8_lossy(text);
            let text = plain(&text, 60);
            return (!text.trim().is_empty()).then(|| text.trim().to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

    use super::*;

    #[test]
    fn a_certificate_tells_who_signed_it() {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.remove(DnType::CommonName);
        params
            .distinguished_name
            .push(DnType::CommonName, "Example Inspection CA");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &authority)
            .unwrap();
        assert_eq!(of(leaf.der()).as_deref(), Some("Example Inspection CA"));
    }

    #[test]
    fn bytes_that_are_no_certificate_tell_nobody() {
        let mut bytes = vec![0x30, 0x82, 0x01, 0x00];
        for cut in 0..bytes.len() {
            assert_eq!(of(&bytes[..cut]), None);
        }
        bytes.extend([0xff; 64]);
        assert_eq!(of(&bytes), None);
    }
}
