//! What the machine's state looks like.

use std::time::Duration;

use crate::card::{CardId, CardTitle, Code};
use crate::event::OnDuty;
use crate::redemption::attempt::Outcome;
use crate::screen::{self, Desk, Finished, Notice, RedeemedHere, Review, Screen, Stage, Why, Work};

use super::reply::{Told, errmsg};
use super::state::{State, Then};
use super::{Moment, Redemption};

impl Redemption {
    /// The screen of this moment.
    pub fn screen(&self) -> Screen {
        Screen {
            stage: self.stage(),
            notice: self.notice.clone(),
            doubts: self.doubts.lines(),
            journal: self.journal,
            // The loop knows how its surroundings do.
            desk: Desk::default(),
        }
    }

    /// Whether a payload would be begun with now, and not told to wait or passed over.
    pub fn takes_payloads(&self) -> bool {
        let is_free = match &self.state {
            State::Idle | State::Finished(_) | State::Reviewing(_) => true,
            State::Decrypting(_)
            | State::Querying(_)
            | State::Journaling(_)
            | State::Consuming(_) => false,
        };
        is_free && self.duty != OnDuty::Locked
    }

    fn stage(&self) -> Stage {
        match &self.state {
            State::Idle => Stage::Idle,
            State::Decrypting(_) => Stage::Working(Work::Decrypting),
            State::Querying(querying) => Stage::Working(match querying.then {
                Then::Review => Work::Querying,
                Then::Confirm(_) => Work::AskingAgain,
            }),
            State::Reviewing(review) => Stage::Review(Review {
                look_up: review.look_up,
                info: review.found.info.clone(),
                title: self.title_of(review.found.info.card_id.as_ref()),
                asked_at: review.found.told_at,
                changed: review.changed,
            }),
            State::Journaling(_) => Stage::Working(Work::Journaling),
            State::Consuming(_) => Stage::Working(Work::Consuming),
            State::Finished(shown) => {
                let mut finished = shown.finished.clone();
                finished.title = self.title_of(finished.card_id.as_ref());
                finished.shown = Some(screen::Shown {
                    since: shown.since,
                    until: shown.until,
                });
                Stage::Finished(finished)
            }
        }
    }

    /// A coupon that this journal redeemed is no stranger's doing, and the clerk is told when and where it was; also where
    /// Weixin could not be asked.
    pub(super) fn told_as_ours(&self, finished: Finished) -> Finished {
        let here = finished.code.as_ref().map(|code| self.redeemed_here(code));
        let leaves_it_so = match finished.outcome {
            Outcome::AlreadyRedeemed | Outcome::Unreachable | Outcome::SetUp => true,
            Outcome::Queried
            | Outcome::Redeemed
            | Outcome::Refused
            | Outcome::NotRedeemed
            | Outcome::InDoubt => false,
        };
        match here.flatten() {
            Some(here) if leaves_it_so => Finished {
                why: Why::RedeemedHere(here),
                ..finished
            },
            Some(_) | None => finished,
        }
    }

    /// What the journal knows of a code that it redeemed.
    pub(super) fn redeemed_here(&self, code: &Code) -> Option<RedeemedHere> {
        let done = self.done.of(code)?;
        let is_another = done.desk != self.rules.desk;
        Some(RedeemedHere {
            at: done.at,
            desk: done.desk.clone().filter(|_| is_another),
        })
    }

    /// The same, to be told while Weixin is being asked.
    pub(super) fn repeat(&self, code: &Code, now: Moment) -> Option<Notice> {
        let here = self.redeemed_here(code)?;
        // A clock that was set back makes nothing older.
        let age = Duration::try_from(now.wall.duration_since(here.at)).unwrap_or_default();
        let aged = (age, now.tick);
        Some(Notice::RedeemedHere { here, aged })
    }

    pub(super) fn title_of(&self, card_id: Option<&CardId>) -> Option<CardTitle> {
        let (known, title) = self.title.as_ref()?;
        (Some(known) == card_id).then(|| title.clone())
    }
}

/// What the people who look into an outcome are told in Weixin's own words.
pub(super) fn quoted(told: &Told, answer: Option<&str>) -> Option<String> {
    match told {
        Told::Decrypt(_) | Told::Query(_) | Told::Consume(_) => errmsg(answer),
        // How a coupon is called ends nothing.
        Told::Title(_) => None,
    }
}

impl Redemption {
    /// Puts Weixin's own words beside the outcome that its answer of this moment came to.
    pub(super) fn quote(&mut self, quoted: Option<String>, now: Moment) {
        if let State::Finished(shown) = &mut self.state
            && shown.since == now.tick
        {
            let errmsg = &mut shown.finished.errmsg;
            *errmsg = errmsg.take().or(quoted);
        }
    }
}
