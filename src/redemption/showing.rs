//! What the machine's state looks like.

use crate::card::{CardId, CardTitle};
use crate::screen::{self, Desk, Review, Screen, Stage, Work};

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

    pub(super) fn title_of(&self, card_id: Option<&CardId>) -> Option<CardTitle> {
        let (known, title) = self.title.as_ref()?;
        (Some(known) == card_id).then(|| title.clone())
    }
}
