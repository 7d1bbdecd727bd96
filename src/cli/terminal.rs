//! A screen as text.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::card::{CardId, CardTitle, Code, CodeInfo, UserCardStatus};
use crate::redemption::attempt::Outcome;
use crate::screen::{Finished, Notice, Review, Screen, Stage};
use crate::wording::Wording;

/// Draws screens for a reader at a terminal.
pub struct Page<'a> {
    /// The sentences.
    pub wording: &'a Wording,
    /// The store's.
    pub time_zone: &'a TimeZone,
    /// For what is said of validity.
    pub now: Timestamp,
}

impl Page<'_> {
    /// The whole screen, a line each.
    pub fn draw(&self, screen: &Screen) -> String {
        let mut lines = match &screen.stage {
            Stage::Idle => vec![self.wording.say("idle")],
            Stage::Working(work) => vec![self.wording.work(*work)],
            Stage::Review(review) => self.review(review),
            Stage::Finished(finished) => self.finished(finished),
        };
        match &screen.notice {
            None => {}
            Some(Notice::Wait) => lines.push(self.wording.say("notice-wait")),
            Some(Notice::SlowDisk) => lines.push(self.wording.say("notice-slow-disk")),
            Some(Notice::RedeemedHere {
                here,
                aged: (age, _),
            }) => {
                lines.push(self.wording.redeemed_here(here, age.as_secs()));
            }
        }
        if let Some(trouble) = screen.journal {
            lines.push(format!("! {}", self.wording.journal_trouble(trouble)));
        }
        for doubt in &screen.doubts {
            lines.push(format!("? {}", self.wording.doubt(doubt, self.time_zone)));
        }
        lines.join("\n")
    }

    fn review(&self, review: &Review) -> Vec<String> {
        let key = if review.changed {
            "review-changed"
        } else {
            "review"
        };
        let mut lines = vec![format!("== {}", self.wording.say(key))];
        let info = &review.info;
        lines.extend(self.coupon(
            review.title.as_ref(),
            info.card_id.as_ref(),
            Some(&info.code),
            Some(info),
        ));
        lines.push(format!(
            "[ {} ]   [ {} ]",
            self.wording.say("review-confirm"),
            self.wording.say("review-cancel")
        ));
        lines
    }

    fn finished(&self, finished: &Finished) -> Vec<String> {
        let words = self.wording.outcome(finished);
        let mut lines = vec![format!("== {}", words.head), words.why, words.advice];
        let mut info = finished.info.clone();
        if let Some(info) = info
            .as_mut()
            .filter(|_| finished.outcome == Outcome::Redeemed)
        {
            // The look-up behind the confirm told NORMAL; it is used now.
            info.status = Some(UserCardStatus::Consumed);
        }
        let info = info.as_ref();
        if finished.code.is_some() {
            lines.extend(self.coupon(
                finished.title.as_ref(),
                finished.card_id.as_ref(),
                finished.code.as_ref(),
                info,
            ));
        }
        let details = self.wording.details(finished);
        if !details.is_empty() {
            lines.push(self.row("label-details", &details.join(", ")));
        }
        lines
    }

    fn coupon(
        &self,
        title: Option<&CardTitle>,
        card_id: Option<&CardId>,
        code: Option<&Code>,
        info: Option<&CodeInfo>,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        if title.is_some() || card_id.is_some() {
            // The label says already that it is a coupon.
            let name = match (title, card_id) {
                (None, Some(card_id)) => card_id.as_str().to_owned(),
                (title, card_id) => self.wording.coupon_name(title, card_id),
            };
            lines.push(self.row("label-card", &name));
        }
        if let Some(benefit) = title.and_then(|title| self.wording.benefit(&title.benefit)) {
            lines.push(format!("  {benefit}"));
        }
        if let Some(code) = code {
            lines.push(self.row("label-code", &code.grouped()));
        }
        if let Some(info) = info {
            lines.push(self.row(
                "label-validity",
                &self.wording.validity(&info.validity, self.now),
            ));
            lines.push(self.row("label-status", &self.wording.status(info.status.as_ref())));
            if let Some(openid) = &info.openid {
                lines.push(self.row("label-holder", openid.masked()));
            }
        }
        lines
    }

    fn row(&self, label: &str, value: &str) -> String {
        format!("  {}: {value}", self.wording.say(label))
    }
}
