//! What the page is to show: whole sentences in the customer's language, and which keys are there.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::card::{CardId, CardTitle, CodeInfo};
use crate::redemption::attempt::Outcome;
use crate::screen::{Finished, Review, Stage, Work};
use crate::wording::Wording;

use super::desks::{Handing, NotHanded};
use super::visitor::Seen;

/// What is known of a session at one moment.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub(super) seen: Option<Seen>,
    pub(super) handing: Option<Handing>,
    /// The desk that waits for a choice.
    pub(super) desk: Option<String>,
    pub(super) not_handed: Option<NotHanded>,
    /// The desk's code that was opened is old, or another phone's.
    pub(super) has_bad_pass: bool,
}

/// One picture of the page.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
pub struct View {
    /// `choose`, `working`, `review` or `done`.
    stage: &'static str,
    /// `plain`, `good`, `bad` or `doubt`.
    tone: &'static str,
    head: String,
    words: String,
    advice: String,
    coupon: Option<Coupon>,
    /// What a confirm has to name.
    look_up: Option<u64>,
    can_confirm: bool,
    /// Another coupon may be chosen.
    can_go_on: bool,
    /// It will change by itself.
    follow: bool,
    /// Names this picture.
    tag: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Coupon {
    name: String,
    benefit: Option<String>,
    validity: String,
    code: String,
}

impl View {
    /// The picture of these facts; `self_redeem` are the cards that a customer may redeem by himself.
    pub fn of(facts: &Facts, wording: &Wording, self_redeem: &[CardId], now: Timestamp) -> Self {
        let mut view = Painter {
            wording,
            self_redeem,
            now,
        }
        .view(facts);
        let text = serde_json::to_string(&view).unwrap_or_default();
        let digest = Sha256::digest(text.as_bytes());
        view.tag = digest.iter().take(8).fold(String::new(), |mut tag, byte| {
            for half in [byte >> 4, byte & 15] {
                tag.extend(char::from_digit(half.into(), 16));
            }
            tag
        });
        view
    }

    /// Names this picture.
    pub fn tag(&self) -> &str {
        &self.tag
    }
}

struct Painter<'a> {
    wording: &'a Wording,
    self_redeem: &'a [CardId],
    now: Timestamp,
}

impl Painter<'_> {
    fn view(&self, facts: &Facts) -> View {
        if facts.has_bad_pass {
            return self.said("done", "bad", "page-pass");
        }
        match facts.handing {
            Some(Handing::Waiting) => {
                return View {
                    follow: true,
                    ..self.said("working", "plain", "page-handing")
                };
            }
            Some(Handing::Taken) => return self.said("done", "good", "page-handed"),
            Some(Handing::Dropped) => return self.said("done", "bad", "page-dropped"),
            Some(Handing::Unsure) => {
                return View {
                    follow: true,
                    ..self.said("done", "doubt", "page-unsure")
                };
            }
            None => {}
        }
        match facts.not_handed {
            Some(NotHanded::Away) => return self.said("choose", "bad", "page-desk-away"),
            Some(NotHanded::Busy) => return self.said("choose", "bad", "page-desk-busy"),
            None => {}
        }
        match facts.seen.as_ref().map(|seen| (seen, &seen.screen.stage)) {
            None | Some((_, Stage::Idle)) => self.choose(facts.desk.as_deref()),
            Some((_, Stage::Working(work))) => self.working(*work),
            Some((seen, Stage::Review(review))) => self.review(review, seen.is_elsewhere),
            Some((_, Stage::Finished(finished))) => self.finished(finished),
        }
    }

    fn said(&self, stage: &'static str, tone: &'static str, key: &str) -> View {
        View {
            stage,
            tone,
            head: self.wording.say(key),
            words: self.wording.say(&format!("{key}.do")),
            ..View::default()
        }
    }

    fn choose(&self, desk: Option<&str>) -> View {
        let words = match desk {
            Some(desk) => self
                .wording
                .say_with("page-choose-desk", &[("desk", desk.into())]),
            None => self.wording.say("page-choose-words"),
        };
        View {
            stage: "choose",
            tone: "plain",
            head: self.wording.say("page-choose-head"),
            words,
            ..View::default()
        }
    }

    fn working(&self, work: Work) -> View {
        let key = match work {
            Work::Decrypting | Work::Querying | Work::AskingAgain => "page-looking",
            Work::Journaling | Work::Consuming => "page-redeeming",
        };
        View {
            follow: true,
            ..self.said("working", "plain", key)
        }
    }

    fn review(&self, review: &Review, is_elsewhere: bool) -> View {
        let may_redeem = review
            .info
            .card_id
            .as_ref()
            .is_some_and(|card_id| self.self_redeem.contains(card_id));
        let key = match (is_elsewhere, may_redeem, review.changed) {
            (true, _, _) => "page-elsewhere",
            (false, true, true) => "page-review-changed",
            (false, true, false) => "page-review",
            (false, false, _) => "page-show",
        };
        View {
            coupon: Some(self.coupon(review.title.as_ref(), &review.info)),
            look_up: Some(review.look_up.0),
            can_confirm: may_redeem && !is_elsewhere,
            can_go_on: true,
            // It expires by itself.
            follow: true,
            ..self.said("review", if is_elsewhere { "bad" } else { "plain" }, key)
        }
    }

    fn finished(&self, finished: &Finished) -> View {
        let (tone, key) = match finished.outcome {
            Outcome::Redeemed => ("good", "page-redeemed"),
            Outcome::AlreadyRedeemed => ("bad", "page-already-redeemed"),
            Outcome::Queried | Outcome::Refused => ("bad", "page-refused"),
            Outcome::NotRedeemed => ("bad", "page-not-redeemed"),
            Outcome::InDoubt => ("doubt", "page-in-doubt"),
            Outcome::Unreachable => ("bad", "page-unreachable"),
            Outcome::SetUp => ("bad", "page-set-up"),
        };
        let mut view = self.said("done", tone, key);
        if finished.outcome == Outcome::Refused {
            let (why, _for_the_clerk) = self.wording.why(&finished.why, finished.outcome);
            view.advice = std::mem::replace(&mut view.words, why);
        }
        let info = finished.info.as_ref();
        view.coupon = info.map(|info| self.coupon(finished.title.as_ref(), info));
        view.follow = finished.outcome == Outcome::InDoubt;
        view.can_go_on = true;
        view
    }

    fn coupon(&self, title: Option<&CardTitle>, info: &CodeInfo) -> Coupon {
        let benefit = title.and_then(|title| self.wording.benefit(&title.benefit));
        Coupon {
            name: self.wording.coupon_name(title, info.card_id.as_ref()),
            benefit,
            validity: self.wording.validity(&info.validity, self.now),
            code: info.code.grouped(),
        }
    }
}
