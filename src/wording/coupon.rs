//! The words for what a coupon is: its name, its worth, its dates, its status.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};

use crate::card::{Benefit, CardId, CardTitle, UserCardStatus, Validity, ValidityPhase};

use super::{Language, Wording};

impl Wording {
    /// What to call the coupon: its title, else its `card_id`.
    pub fn coupon_name(&self, title: Option<&CardTitle>, card_id: Option<&CardId>) -> String {
        match (title, card_id) {
            (Some(title), _) => title.title.clone(),
            (None, Some(card_id)) => {
                self.say_with("card-unnamed", &[("card_id", card_id.as_str().into())])
            }
            (None, None) => self.say("card-unknown"),
        }
    }

    /// What the customer gets; `None` where the title says it all.
    pub fn benefit(&self, benefit: &Benefit) -> Option<String> {
        match benefit {
            Benefit::Cash {
                reduce_cost,
                least_cost: 0,
            } => Some(self.say_with("benefit-cash", &[("amount", yuan(*reduce_cost).into())])),
            Benefit::Cash {
                reduce_cost,
                least_cost,
            } => Some(self.say_with(
                "benefit-cash-from",
                &[
                    ("amount", yuan(*reduce_cost).into()),
                    ("least", yuan(*least_cost).into()),
                ],
            )),
            Benefit::Discount(percent) => Some(self.say_with(
                "benefit-discount",
                &[
                    ("percent", percent.to_string().into()),
                    ("fold", fold(*percent).into()),
                ],
            )),
            Benefit::Text(text) => Some(text.clone()),
            Benefit::None => None,
        }
    }

    /// "until 13 May 2016 (7 days left)", "from 1 May 2016 to 13 May 2016 (in 3 days)", ...
    pub fn validity(&self, validity: &Validity, now: Timestamp) -> String {
        let today = beijing_day(now);
        let days_until = |day: Date| i64::from((day - today).get_days());
        let begin = validity.begin.map(beijing_day);
        let end = validity.end.map(beijing_day);
        match (validity.phase(now), begin, end) {
            (ValidityPhase::NotYet, Some(begin), Some(end)) => self.say_with(
                "validity-from",
                &[
                    ("begin", self.day_near(begin, today).into()),
                    ("end", self.day(end).into()),
                    ("days", days_until(begin).into()),
                ],
            ),
            (ValidityPhase::NotYet, Some(begin), None) => self.say_with(
                "validity-from-open",
                &[
                    ("begin", self.day_near(begin, today).into()),
                    ("days", days_until(begin).into()),
                ],
            ),
            (ValidityPhase::Over, _, Some(end)) => {
                self.say_with("validity-over", &[("end", self.day(end).into())])
            }
            (_, _, Some(end)) if days_until(end) > COUNTED => {
                self.say_with("validity-until-far", &[("end", self.day(end).into())])
            }
            (_, _, Some(end)) => self.say_with(
                "validity-until",
                &[
                    ("end", self.day(end).into()),
                    ("left", days_until(end).into()),
                ],
            ),
            (_, _, None) => self.say("validity-always"),
        }
    }

    /// Weixin's status in words.
    pub fn status(&self, status: Option<&UserCardStatus>) -> String {
        let key = match status {
            None => "status-untold",
            Some(UserCardStatus::Normal) => "status-normal",
            Some(UserCardStatus::Consumed) => "status-consumed",
            Some(UserCardStatus::Expire) => "status-expire",
            Some(UserCardStatus::Gifting) => "status-gifting",
            Some(UserCardStatus::GiftTimeout) => "status-gift-timeout",
            Some(UserCardStatus::GiftSucc) => "status-gift-succ",
            Some(UserCardStatus::Delete) => "status-delete",
            Some(UserCardStatus::Unavailable) => "status-unavailable",
            Some(UserCardStatus::Other(other)) => {
                return self.say_with("status-other", &[("status", other.as_str().into())]);
            }
        };
        self.say(key)
    }

    /// A day to come, with its weekday where that says more than the date.
    fn day_near(&self, day: Date, today: Date) -> String {
        let written = self.day(day);
        if (day - today).get_days() > 6 {
            return written;
        }
        let weekday = self.say(match day.weekday() {
            Weekday::Monday => "weekday-monday",
            Weekday::Tuesday => "weekday-tuesday",
            Weekday::Wednesday => "weekday-wednesday",
            Weekday::Thursday => "weekday-thursday",
            Weekday::Friday => "weekday-friday",
            Weekday::Saturday => "weekday-saturday",
            Weekday::Sunday => "weekday-sunday",
        });
        let values = [("weekday", weekday.into()), ("day", written.into())];
        self.say_with("day-near", &values)
    }

    /// A calendar day as this language writes it.
    pub fn day(&self, day: Date) -> String {
        let format = match self.language() {
            Language::En => "%-d %B %Y",
            Language::Zh => "%Y年%-m月%-d日",
        };
        day.strftime(format).to_string()
    }
}

/// Days left that a person still counts; beyond, the date says it all.
const COUNTED: i64 = 99;

/// The calendar day in Beijing, which keeps UTC+8 all year round.
fn beijing_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).date()
}

/// Fen as yuan, without needless zeros: 500 is "5", 550 is "5.50".
fn yuan(fen: u64) -> String {
    match fen % 100 {
        0 => (fen / 100).to_string(),
        rest => format!("{}.{rest:02}", fen / 100),
    }
}

/// 30 % off as Chinese counts it: what is left, in tenths ("7", "6.5").
fn fold(percent_off: u8) -> String {
    let left = 100 - percent_off.min(100);
    match left % 10 {
        0 => (left / 10).to_string(),
        rest => format!("{}.{rest}", left / 10),
    }
}
