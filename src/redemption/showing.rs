//! What the machine's state looks like.

use crate::card::{CardId, CardTitle};
use crate::event::OnDuty;
use crate::redemption::attempt::Outcome;
use crate::screen::{self, Desk, Finished, Review, Screen, Stage, Why, Work};

use super::Redemption;
use super::state::{State, Then};

impl Redemption {
    /// The screen of this moment.
    pub fn screen(&self) -> Screen {
        Screen {
            stage: self.stage(),
            notice: self.notice,
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

    /// A coupon that this desk redeemed itself is no stranger's doing, and the clerk is told when it was.
    pub(super) fn told_as_ours(&self, finished: Finished) -> Finished {
        let by_this_desk = finished.code.as_ref().and_then(|code| self.done.at(code));
        match by_this_desk {
            Some(at) if finished.outcome == Outcome::AlreadyRedeemed => Finished {
                why: Why::RedeemedHere(at),
                ..finished
            },
            Some(_) | None => finished,
        }
    }

    pub(super) fn title_of(&self, card_id: Option<&CardId>) -> Option<CardTitle> {
        let (known, title) = self.title.as_ref()?;
        (Some(known) == card_id).then(|| title.clone())
    }
}
