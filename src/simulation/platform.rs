//! A model of Weixin: the codes of one account, which other desks consume too, and its access token.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

/// Who consumed a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    /// The kiosk that is watched, with its so manieth request.
    Us(u64),
    AnotherDesk,
}

#[derive(Debug)]
struct Coupon {
    /// Statuses and since when, oldest first.
    statuses: Vec<(Instant, &'static str)>,
    /// When its validity ends: every machine of the platform knows that by itself, however late it hears of the rest.
    ends: Option<Instant>,
    consumed: Option<By>,
}

/// What is true, whoever was told what.
#[derive(Debug, Default)]
pub(super) struct Platform {
    coupons: BTreeMap<String, Coupon>,
    token: u64,
    /// What was refused stays so: whoever doubles a request on its way doubles what was not answered.
    refused: BTreeMap<u64, i64>,
    /// What was consumed by whom, until it is told.
    events: Vec<(String, By)>,
    /// The code that look-ups are refused for, once a consume of it has come.
    mute: Option<String>,
    is_muted: bool,
}

impl Platform {
    pub(super) fn new(codes: &[String], now: Instant) -> Self {
        let coupon = || Coupon {
            statuses: vec![(now, "NORMAL")],
            ends: None,
            consumed: None,
        };
        Self {
            coupons: codes.iter().map(|code| (code.clone(), coupon())).collect(),
            token: 0,
            refused: BTreeMap::new(),
            events: Vec::new(),
            mute: None,
            is_muted: false,
        }
    }

    /// Look-ups of this code are refused, once a consume of it has come.
    pub(super) fn mute(&mut self, code: &str) {
        self.mute = Some(code.to_owned());
    }

    /// What was consumed since the last call.
    pub(super) fn events(&mut self) -> Vec<(String, By)> {
        std::mem::take(&mut self.events)
    }

    /// Who consumed a code, if anyone.
    pub(super) fn consumed_by(&self, code: &str) -> Option<By> {
        self.coupons.get(code)?.consumed
    }

    /// The code that one of our requests consumed.
    pub(super) fn consumed_code(&self, request: u64) -> Option<&str> {
        let by = Some(By::Us(request));
        let mut coupons = self.coupons.iter();
        coupons.find_map(|(code, coupon)| (coupon.consumed == by).then_some(code.as_str()))
    }

    /// The whole book.
    pub(super) fn consumed(&self) -> impl Iterator<Item = (&str, By)> {
        let coupons = self.coupons.iter();
        coupons.filter_map(|(code, coupon)| Some((code.as_str(), coupon.consumed?)))
    }

    /// The access token is refused from now on.
    pub(super) fn kill_token(&mut self) {
        self.token += 1;
    }

    /// The token's server answers.
    pub(super) fn hand_out_token(&self) -> Value {
        json!({ "access_token": self.token_text(), "expires_in": 7200 })
    }

    /// Another desk consumes a code.
    pub(super) fn consume_elsewhere(&mut self, code: &str, now: Instant) -> bool {
        self.consume(code, By::AnotherDesk, now) == 0
    }

    /// A coupon that is not consumed becomes something else; a consumed one can only run out.
    pub(super) fn change(&mut self, code: &str, status: &'static str, now: Instant) {
        let coupon = self.coupons.get_mut(code).unwrap();
        if status == "EXPIRE" {
            coupon.ends = Some(now);
        } else if coupon.consumed.is_none() {
            coupon.statuses.push((now, status));
        }
    }

    /// The answer to a call that was let through.
    pub(super) fn answer(
        &mut self,
        call: &str,
        body: &Value,
        token: Option<&str>,
        request: u64,
        lag: Duration,
    ) -> Value {
        let now = Instant::now();
        if token != Some(self.token_text().as_str()) {
            let errcode = [40001, 40014, 42001][usize::try_from(request % 3).unwrap()];
            return json!({ "errcode": errcode, "errmsg": "no such token rid: 1-2" });
        }
        let code = body["code"].as_str().unwrap_or_default();
        match call {
            "/card/code/get" => self.query(code, now, lag),
            "/card/code/consume" => {
                self.is_muted |= self.mute.as_deref() == Some(code);
                let errcode = match self.refused.get(&request) {
                    Some(errcode) => *errcode,
                    None => self.consume(code, By::Us(request), now),
                };
                if errcode != 0 {
                    self.refused.insert(request, errcode);
                }
                json!({ "errcode": errcode, "errmsg": "", "openid": "oCUSTOMERcustomer" })
            }
            "/card/code/decrypt" => {
                let sealed = body["encrypt_code"].as_str().unwrap();
                json!({ "errcode": 0, "code": sealed.trim_start_matches("sealed-") })
            }
            "/card/get" => json!({ "errcode": 0, "card": { "card_type": "GIFT", "gift": {
                "base_info": { "title": "Free coffee" }, "gift": "A coffee" } } }),
            other => panic!("no such call: {other}"),
        }
    }

    fn token_text(&self) -> String {
        format!("token-{}", self.token)
    }

    fn query(&self, code: &str, now: Instant, lag: Duration) -> Value {
        let Some(coupon) = self.coupons.get(code) else {
            return json!({ "errcode": 40056, "errmsg": "invalid serial code" });
        };
        if self.is_muted && self.mute.as_deref() == Some(code) {
            return json!({ "errcode": 40073, "errmsg": "invalid card id" });
        }
        let seen = coupon.statuses.iter().rev();
        let seen = seen.clone().find(|(since, _)| *since + lag <= now);
        let &(_, mut status) = seen.unwrap_or(&coupon.statuses[0]);
        if coupon.has_ended(now) && status == "NORMAL" {
            status = "EXPIRE";
        }
        json!({
            "errcode": 0,
            "errmsg": "ok",
            "card": { "card_id": "pCARD", "begin_time": 0, "end_time": 0 },
            "openid": "oCUSTOMERcustomer",
            "can_consume": status == "NORMAL",
            "user_card_status": status,
        })
    }

    fn consume(&mut self, code: &str, by: By, now: Instant) -> i64 {
        let Some(coupon) = self.coupons.get_mut(code) else {
            return 40056;
        };
        if coupon.consumed.is_some() {
            return 40099;
        }
        let &(_, status) = coupon.statuses.last().unwrap();
        if status != "NORMAL" || coupon.has_ended(now) {
            return 40127;
        }
        coupon.consumed = Some(by);
        coupon.statuses.push((now, "CONSUMED"));
        self.events.push((code.to_owned(), by));
        0
    }
}

impl Coupon {
    fn has_ended(&self, now: Instant) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}
