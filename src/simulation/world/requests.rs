//! Requests on their way, and their answers.

use std::time::Duration;

use serde_json::json;

use super::super::ledger::Check;
use super::super::network::{self, Arrival, CONSUME, Done, Next, Treatment, Waiting, WayBack};
use super::{Happening, World};
use crate::weixin::simulated::Posted;
use crate::weixin::transport::{Failure, Raw};

impl World {
    pub(super) fn send(&mut self, posted: Posted) -> Check {
        self.counted += 1;
        let request = self.counted;
        let call = posted.call.unwrap_or("token");
        let body = posted.body.clone();
        self.story
            .tell(|| format!("leaves #{request} {call} {body}"));
        if posted.call == Some(CONSUME) {
            let code = posted.body["code"].as_str().unwrap();
            self.ledger.consume_leaves(request, code, &self.journal)?;
            self.story.count("consumes");
            if self.chance.percent(self.weather.killed_while_sending) {
                let is_power_cut = self.chance.percent(50);
                let soon = self.chance.millis(0, 3000);
                self.after(soon, Happening::Ends { is_power_cut });
            }
            if self.chance.percent(self.weather.status_changes * 5) {
                let soon = self.chance.millis(0, 15_000);
                self.after(soon, Happening::StatusChanges);
            }
        }
        let nexts = network::send(posted, request, &self.weather, &mut self.chance);
        for (later, next) in nexts {
            self.after(later, Happening::Request(next));
        }
        Ok(())
    }

    pub(super) fn request(&mut self, next: Next) {
        match next {
            Next::Arrives(arrival) => self.arrive(arrival),
            Next::Answered(waiting, answer) => self.answered(waiting, answer),
            Next::Breaks(waiting) => {
                self.story.tell(|| format!("breaks #{}", waiting.request));
            }
            Next::Silence(waiting) => self.silent.push(waiting),
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let request = arrival.request;
        let Some(call) = arrival.call else {
            let token = self.platform.hand_out_token();
            self.give_back(network::answer(200, &token), arrival.waiting);
            return;
        };
        let lag = self.weather.lag;
        let token = arrival.token.as_deref();
        let platform = &mut self.platform;
        if arrival.treatment == Treatment::TokenDies {
            platform.kill_token();
        }
        let mut serve = || platform.answer(call, &arrival.body, token, request, lag);
        let raw = match arrival.treatment {
            Treatment::Served | Treatment::TokenDies => network::answer(200, &serve()),
            Treatment::Errcode(errcode, done) => {
                if done == Done::Yes {
                    serve();
                }
                network::answer(200, &json!({ "errcode": errcode }))
            }
            Treatment::Status(status, done) => {
                if done == Done::Yes {
                    serve();
                }
                network::answer(status, &json!({ "errcode": 0 }))
            }
        };
        self.tell_events();
        self.story.tell(|| {
            let body = String::from_utf8_lossy(&raw.body);
            let treatment = arrival.treatment;
            format!("arrives #{request} {call}, {treatment:?}: {body}")
        });
        self.give_back(raw, arrival.waiting);
    }

    fn answered(&mut self, waiting: Waiting, answer: Result<Raw, Failure>) {
        let errcode = network::errcode(&answer);
        // Where nobody waits any more, nobody is told.
        if waiting.answer.send(answer).is_ok() {
            self.story.tell(|| format!("answered #{}", waiting.request));
            if let (Some(_), Some(errcode)) = (waiting.call, errcode) {
                self.ledger
                    .answered(waiting.request, &waiting.code, errcode);
            }
        }
    }

    fn give_back(&mut self, mut raw: Raw, waiting: Option<(Waiting, WayBack)>) {
        let Some((waiting, way_back)) = waiting else {
            return;
        };
        let (later, next) = match way_back {
            WayBack::After(later) => (later, Next::Answered(waiting, Ok(raw))),
            WayBack::Half(later) => {
                raw.body.truncate(raw.body.len() / 2);
                (later, Next::Answered(waiting, Ok(raw)))
            }
            WayBack::Breaks(later) => (later, Next::Breaks(waiting)),
            WayBack::Silence => (Duration::ZERO, Next::Silence(waiting)),
        };
        self.after(later, Happening::Request(next));
    }
}
