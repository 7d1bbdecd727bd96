//! The signatures that Weixin's browser and a coupon's redirect carry: SHA-1 over what the API's pages say, byte for byte.
//!
//! A wrong `cardSign` is answered with an empty list and no word of why, so the recipe is held up by every published
//! example: [`wrong`] tries them all.

use sha1::{Digest, Sha1};

use super::secret::Secret;
use super::ticket::{CardTicket, JsapiTicket};

/// What a customer's list of coupons is narrowed to; an empty value narrows nothing and adds nothing to the signature.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Filter {
    /// `shopId`, called `location_id` where it is signed.
    pub shop_id: String,
    /// `cardType`, in capitals.
    pub card_type: String,
    /// `cardId`.
    pub card_id: String,
}

/// What `wx.config` wants for a page at `url`, whatever stands behind its `#`.
pub fn of_config(ticket: &JsapiTicket, nonce: &str, timestamp: i64, url: &str) -> String {
    let page = url.split('#').next().unwrap_or_default();
    let ticket = ticket.expose();
    sha1(&format!(
        "jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    ))
}

/// `cardSign`: what `wx.chooseCard` wants. The `appid` takes part.
pub fn of_card(
    ticket: &CardTicket,
    appid: &str,
    filter: &Filter,
    timestamp: i64,
    nonce: &str,
) -> String {
    let timestamp = timestamp.to_string();
    of_values(&[
        ticket.expose(),
        appid,
        &filter.shop_id,
        &timestamp,
        nonce,
        &filter.card_id,
        &filter.card_type,
    ])
}

/// The old `signature` of a coupon's redirect. It proves that Weixin made the link at some time, and nothing fresh.
pub fn of_redirect(secret: &Secret, encrypt_code: &str, card_id: &str) -> String {
    of_values(&[secret.expose(), encrypt_code, card_id])
}

/// The values in the order of their bytes (capitals before small letters), joined with nothing between.
fn of_values(values: &[&str]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sha1(&sorted.concat())
}

fn sha1(text: &str) -> String {
    let digest = Sha1::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        for half in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(half.into(), 16));
        }
        hex
    })
}

/// How many examples are published.
pub const COUNT: usize = 6;

const JSAPI_TICKET: &str =
    "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
const API_TICKET: &str = "ojZ8YtyVyr30HheH3CM73y7h4jJE";
const CARD: &str = "pjZ8Yt1XGILfi-FUsewpnnolGgZk";

/// The published examples of `cardSign`, which share all but the filter: `location_id`, `card_id`, `card_type`. Sorted
/// without regard to case the last one would begin with 9118e3d1.
const PUBLISHED: [(&str, [&str; 3], &str); 4] = [
    (
        "cardSign without a filter",
        ["", "", ""],
        "d5e1312c904c9ce1e84991c1427a5978c47224db",
    ),
    (
        "cardSign of one type",
        ["", "", "GROUPON"],
        "7e291d857fb82c34ecfb48da5e60f13357b9908b",
    ),
    (
        "cardSign of one store, card and type",
        ["1234", CARD, "CASH"],
        "0e890ccbf5fc483633c5ca375caacdea646a367b",
    ),
    (
        "cardSign of member cards",
        ["", "", "MEMBER_CARD"],
        "daf09273b6c41104f545a396f59053fe8f54d6d6",
    ),
];

/// The published examples that do not come out as they should: none, if this program is whole.
pub fn wrong() -> Vec<&'static str> {
    let config = of_config(
        &JsapiTicket::new(JSAPI_TICKET),
        "Wm3WZYTPz0wzccnW",
        1_414_587_457,
        "http://mp.weixin.qq.com?params=value",
    );
    let adding = of_values(&[API_TICKET, "1404896688", CARD, "1434008071", "123"]);
    let mut told = vec![
        (
            "wx.config",
            config,
            "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
        ),
        (
            "addCard",
            adding,
            "f137ab68b7f8112d20ee528ab6074564e2796250",
        ),
    ];
    let ticket = CardTicket::new(API_TICKET);
    for (name, [shop_id, card_id, card_type], expected) in PUBLISHED {
        let filter = Filter {
            shop_id: shop_id.to_owned(),
            card_type: card_type.to_owned(),
            card_id: card_id.to_owned(),
        };
        let (appid, nonce) = ("wx0123456789abcdef", "k0hGdSXKZEj3Min5");
        let signed = of_card(&ticket, appid, &filter, 1_437_997_723, nonce);
        told.push((name, signed, expected));
    }
    let wrong = told
        .into_iter()
        .filter(|(_, signed, expected)| signed != expected);
    wrong.map(|(name, ..)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_signature_comes_out() {
        assert_eq!(wrong(), Vec::<&str>::new());
        assert_eq!(PUBLISHED.len() + 2, COUNT);
    }

    #[test]
    fn what_stands_behind_a_number_sign_is_not_signed() {
        let ticket = JsapiTicket::new(JSAPI_TICKET);
        let sign = |url| of_config(&ticket, "n", 1, url);
        assert_eq!(sign("https://a/?b=1#/c"), sign("https://a/?b=1"));
    }

    #[test]
    fn a_redirect_is_signed_over_the_sorted_values() {
        // "abc" of FIPS 180-2, whichever of the three values holds which letter.
        let signed = of_redirect(&Secret::new("c"), "a", "b");
        assert_eq!(signed, "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(signed, of_redirect(&Secret::new("b"), "c", "a"));
    }
}
