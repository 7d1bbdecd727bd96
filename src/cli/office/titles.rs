//! From the screen to the office: what coupons are called.

use super::Wishes;
use crate::card::{CardId, CardTitle};
use crate::screen::{Screen, Stage};

/// Tells the office what coupons are called: a refused one has no record of it.
pub(in crate::cli) struct Titles {
    wishes: Wishes,
    last: Option<(CardId, CardTitle)>,
}

impl Titles {
    /// Nothing was seen yet.
    pub(in crate::cli) fn new(wishes: Wishes) -> Self {
        Self { wishes, last: None }
    }

    /// The screen changed.
    pub(in crate::cli) fn see(&mut self, screen: &Screen) {
        let told = match &screen.stage {
            Stage::Review(review) => (review.info.card_id.as_ref(), review.title.as_ref()),
            Stage::Finished(finished) => (finished.card_id.as_ref(), finished.title.as_ref()),
            Stage::Idle | Stage::Working(_) => return,
        };
        if let (Some(card_id), Some(title)) = told
            && self.last.as_ref().is_none_or(|(last, _)| last != card_id)
        {
            self.wishes.title(card_id, title);
            self.last = Some((card_id.clone(), title.clone()));
        }
    }
}
