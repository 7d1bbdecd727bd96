//! What becomes of a request between the kiosk and Weixin.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::chance::Chance;
use super::weather::{SLOWEST, Weather};
use crate::redemption::reply::NotSent;
use crate::weixin::simulated::Posted;
use crate::weixin::transport::{Failure, Raw};

pub(super) const CONSUME: &str = "/card/code/consume";

/// Who waits for the answer to which request.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) request: u64,
    pub(super) call: Option<&'static str>,
    pub(super) code: String,
    pub(super) answer: oneshot::Sender<Result<Raw, Failure>>,
}

/// A request that arrives at the platform.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) request: u64,
    pub(super) call: Option<&'static str>,
    pub(super) body: Value,
    pub(super) token: Option<String>,
    pub(super) treatment: Treatment,
    /// Who gets this arrival's answer, and how; nobody that of a duplicate.
    pub(super) waiting: Option<(Waiting, WayBack)>,
}

/// What the platform, or a machine before it, does with a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Treatment {
    /// As it should.
    Served,
    /// The token ends at this moment.
    TokenDies,
    /// This errcode is answered, whether or not it is carried out.
    Errcode(i64, Done),
    /// This HTTP status is answered, whether or not it is carried out.
    Status(u16, Done),
}

/// Whether it is carried out all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Done {
    Yes,
    No,
}

/// What becomes of the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WayBack {
    /// It comes after so long.
    After(Duration),
    /// Half of it comes after so long.
    Half(Duration),
    /// The connection breaks after so long.
    Breaks(Duration),
    /// Nothing ever comes.
    Silence,
}

/// What happens next with a request, and after how long.
#[derive(Debug)]
pub(super) enum Next {
    Arrives(Arrival),
    Answered(Waiting, Result<Raw, Failure>),
    Breaks(Waiting),
    Silence(Waiting),
}

/// Decides what becomes of one request.
pub(super) fn send(
    posted: Posted,
    request: u64,
    weather: &Weather,
    chance: &mut Chance,
) -> Vec<(Duration, Next)> {
    let code = posted.body["code"].as_str().unwrap_or_default().to_owned();
    let waiting = Waiting {
        request,
        call: posted.call,
        code,
        answer: posted.answer,
    };
    if posted.call.is_none() && chance.percent(weather.token_server_fails) {
        let raw = answer(503, &json!({}));
        return vec![(chance.millis(5, 6000), Next::Answered(waiting, Ok(raw)))];
    }
    if chance.percent(weather.connect_fails) {
        let failure = Failure::NotSent(NotSent::Connect);
        let after = chance.millis(1, 3000);
        return vec![(after, Next::Answered(waiting, Err(failure)))];
    }
    if chance.percent(weather.lost_before) {
        return vec![if chance.percent(50) {
            (chance.millis(5, 15_000), Next::Breaks(waiting))
        } else {
            (Duration::ZERO, Next::Silence(waiting))
        }];
    }
    let is_slow = chance.percent(weather.slow_request);
    let on_the_way = chance.millis(3, if is_slow { SLOWEST } else { 200 });
    let treatment = treatment(posted.call == Some(CONSUME), weather, chance);
    let way_back = way_back(weather, chance);
    let arrival = |waiting| Arrival {
        request,
        call: posted.call,
        body: posted.body.clone(),
        token: posted.token.clone(),
        treatment,
        waiting,
    };
    if posted.call.is_some() && chance.percent(weather.duplicate) {
        let later = on_the_way.max(chance.millis(0, SLOWEST));
        let (first, second) = if chance.percent(50) {
            (Some((waiting, way_back)), None)
        } else {
            (None, Some((waiting, way_back)))
        };
        return vec![
            (on_the_way, Next::Arrives(arrival(first))),
            (later, Next::Arrives(arrival(second))),
        ];
    }
    vec![(
        on_the_way,
        Next::Arrives(arrival(Some((waiting, way_back)))),
    )]
}

fn treatment(is_consume: bool, weather: &Weather, chance: &mut Chance) -> Treatment {
    let done = if is_consume && chance.percent(50) {
        Done::Yes
    } else {
        Done::No
    };
    if chance.percent(weather.token_dies) {
        Treatment::TokenDies
    } else if chance.percent(weather.busy) {
        Treatment::Errcode(*chance.pick(&[-1, -1000, 61_450, 9_001_002]), done)
    } else if chance.percent(weather.bad_gateway) {
        Treatment::Status(*chance.pick(&[302, 429, 502, 504]), done)
    } else if is_consume && chance.percent(weather.odd_errcode) {
        Treatment::Errcode(12_345, done)
    } else if chance.percent(weather.minute_quota) {
        Treatment::Errcode(45_011, Done::No)
    } else {
        Treatment::Served
    }
}

fn way_back(weather: &Weather, chance: &mut Chance) -> WayBack {
    let after = if chance.percent(weather.slow_answer) {
        chance.millis(500, 40_000)
    } else {
        chance.millis(3, 100)
    };
    if chance.percent(weather.half_answer) {
        WayBack::Half(after)
    } else if !chance.percent(weather.lost_after) {
        WayBack::After(after)
    } else if chance.percent(50) {
        WayBack::Breaks(after)
    } else {
        WayBack::Silence
    }
}

pub(super) fn answer(status: u16, body: &Value) -> Raw {
    let body = body.to_string().into_bytes();
    Raw { status, body }
}

/// What an answer says, where it says anything.
pub(super) fn errcode(answer: &Result<Raw, Failure>) -> Option<i64> {
    let raw = answer.as_ref().ok().filter(|raw| raw.status == 200)?;
    let body: Value = serde_json::from_slice(&raw.body).ok()?;
    body["errcode"].as_i64()
}
