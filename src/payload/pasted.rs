//! A link as people paste it: out of a mail, a page's source, a log.

/// The link inside what was pasted. A scanned or redirected one is never mended: it is decoded exactly once.
pub fn link(text: &str) -> String {
    // Mails break lines, and put addresses into brackets.
    let whole: String = text.split(['\r', '\n', '\t']).map(str::trim).collect();
    let bare = whole
        .trim()
        .trim_matches(['<', '>', '"', '\'', '\u{201c}', '\u{201d}', '`']);
    let plain = bare.replace("&amp;", "&").replace("&#38;", "&");
    let Some((before, value)) = plain.split_once("encrypt_code=") else {
        return plain;
    };
    let end = value.find(['&', '#']).unwrap_or(value.len());
    let (mut value, rest) = (value[..end].to_owned(), &value[end..]);
    // No sealed code holds a percent sign, so one that is left was encoded more than once.
    while value.contains("%25") {
        value = value.replace("%25", "%");
    }
    format!("{before}encrypt_code={value}{rest}")
}

#[cfg(test)]
mod tests {
    use super::super::{Payload, PaymentCodes};
    use crate::card::EncryptCode;

    /// Of what was pasted: the sealed code and the card.
    fn check(pasted: &str) {
        let sealed = "XXIz+VJdsFmv7b8g/ZVIZ==";
        let payload = Payload::pasted(pasted, PaymentCodes::Refused);
        let Payload::Link {
            encrypt_code,
            card_id,
        } = payload
        else {
            panic!("{pasted:?} is {payload:?}");
        };
        assert_eq!(
            encrypt_code,
            EncryptCode::parse(sealed).unwrap(),
            "{pasted:?}"
        );
        let card_id = card_id.map(|id| id.as_str().to_owned());
        assert_eq!(card_id.as_deref(), Some("pCARD"), "{pasted:?}");
    }

    #[test]
    fn a_link_is_found_in_whatever_it_was_pasted_with() {
        for pasted in [
            "https://a.example/c?encrypt_code=XXIz%2BVJdsFmv7b8g%2FZVIZ%3D%3D&card_id=pCARD",
            "  https://a.example/c?encrypt_code=XXIz+VJdsFmv7b8g/ZVIZ==&card_id=pCARD\n",
            "https://a.example/c?encrypt_code=XXIz VJdsFmv7b8g/ZVIZ==&card_id=pCARD",
            "https://a.example/c?card_id=pCARD&amp;encrypt_code=XXIz%2BVJdsFmv7b8g%2FZVIZ%3D%3D",
            "<https://a.example/c?encrypt_code=XXIz%2BVJdsFmv\r\n 7b8g%2FZVIZ%3D%3D&#38;card_id=pCARD>",
            "\"https://a.example/c?encrypt_code=XXIz%252BVJdsFmv7b8g%252FZVIZ%253D%253D&card_id=pCARD\"",
            "https://a.example/c?encrypt_code=XXIz%25252BVJdsFmv7b8g%25252FZVIZ==&card_id=pCARD#top",
            "https://a.example/#/c?card_id=pCARD&encrypt_code=XXIz%2BVJdsFmv7b8g%2FZVIZ%3D%3D#top",
        ] {
            check(pasted);
        }
    }

    #[test]
    fn what_is_no_link_is_what_it_was() {
        for text in ["409632457895", " 4096 3245 7895 ", "https://a.example/", ""] {
            assert_eq!(
                Payload::pasted(text, PaymentCodes::Refused),
                Payload::parse(text, PaymentCodes::Refused)
            );
        }
    }
}
