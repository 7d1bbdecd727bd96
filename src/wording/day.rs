//! The words for the day's list and for a record's story.

use jiff::Timestamp;

use crate::card::{CardId, Code};
use crate::office::DayLine;
use crate::redemption::attempt::{Outcome, Record, SettledBy};
use crate::redemption::witness::Source;

use super::Wording;

impl Wording {
    /// What to call a line's coupon; none where nothing is known of it.
    pub fn day_coupon(&self, line: &DayLine) -> String {
        match &line.title {
            Some(title) => title.clone(),
            None => self.coupon_name(None, line.card_id.as_ref().map(short).as_ref()),
        }
    }

    /// How many of the lines ended how.
    pub fn day_totals(&self, lines: &[DayLine]) -> String {
        let count =
            |is_one: fn(Outcome) -> bool| lines.iter().filter(|line| is_one(line.outcome)).count();
        let redeemed = count(|outcome| outcome == Outcome::Redeemed);
        let doubt = count(|outcome| outcome == Outcome::InDoubt);
        let values = [
            ("redeemed", redeemed.into()),
            ("doubt", doubt.into()),
            ("other", (lines.len() - redeemed - doubt).into()),
        ];
        self.say_with("day-totals", &values)
    }

    /// A record as a sentence.
    pub fn told(&self, record: &Record) -> String {
        match record {
            Record::Query(query) => {
                let outcome = self.outcome_word(query.outcome);
                let told = self.say_with("told-query", &[("outcome", outcome.into())]);
                self.by(told, query.clerk.as_deref())
            }
            Record::Intent(intent) => self.by(self.say("told-intent"), intent.clerk.as_deref()),
            Record::Resend(_) => self.say("told-resend"),
            Record::Probe(probe) => {
                if probe.status.is_none() {
                    return self.say("told-probe-none");
                }
                let status = self.status(probe.status.as_ref());
                self.say_with("told-probe", &[("status", status.into())])
            }
            Record::Settled(settled) => self.ended(settled.outcome, settled.by),
            Record::Remark(remark) => {
                let told = self.say_with("told-remark", &[("text", remark.text.as_str().into())]);
                self.by(told, remark.clerk.as_deref())
            }
            Record::Mistake(mistake) => self.by(self.say("told-mistake"), mistake.clerk.as_deref()),
            Record::Override(said) => {
                let values = [
                    ("goods", self.goods(said.goods).into()),
                    ("ground", self.ground(said.reason).into()),
                ];
                let mut told = self.say_with("told-override", &values);
                if !said.text.is_empty() {
                    told = format!("{told} \u{b7} {}", said.text);
                }
                self.by(told, said.clerk.as_deref())
            }
            Record::Witness(witness) => self.say(match witness.source {
                Source::Api => "told-witness-api",
                Source::Page | Source::Phone => "told-witness-elsewhere",
                Source::Other => "told-witness-other",
            }),
            Record::Sealed(_) => self.say("told-sealed"),
        }
    }

    /// An outcome and what proves it.
    pub fn ended(&self, outcome: Outcome, by: Option<SettledBy>) -> String {
        if by == Some(SettledBy::Override) {
            return self.say("told-closed");
        }
        let outcome = self.outcome_word(outcome);
        let Some(by) = by else {
            return outcome;
        };
        let values = [
            ("outcome", outcome.into()),
            ("proof", self.proof(by).into()),
        ];
        self.say_with("told-settled", &values)
    }

    fn by(&self, told: String, clerk: Option<&str>) -> String {
        let Some(clerk) = clerk else {
            return told;
        };
        let values = [("told", told.into()), ("clerk", clerk.into())];
        self.say_with("told-by", &values)
    }
}

/// A code with its middle masked: enough to find it by, not enough to use it.
pub fn masked(code: &Code) -> String {
    const HIDDEN: &str = "\u{2022}\u{2022}\u{2022}\u{2022}";
    let code = code.as_str();
    // Codes are ASCII: a byte is a character.
    match code.len() {
        0..=5 => HIDDEN.to_owned(),
        6..=9 => format!("{HIDDEN} {}", &code[code.len() - 3..]),
        len => format!("{} {HIDDEN} {}", &code[..4], &code[len - 4..]),
    }
}

/// The end of a `card_id` is what tells it from the merchant's others.
fn short(card_id: &CardId) -> CardId {
    let id = card_id.as_str();
    let end = id.get(id.len().saturating_sub(6)..).unwrap_or(id);
    CardId::parse(&format!("...{end}")).unwrap_or_else(|_malformed| card_id.clone())
}

/// The day that `at` lies in, as a file name has it.
pub fn day_stamp(at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_code_shows_its_ends_alone() {
        for (code, shown) in [
            ("409632457895", "4096 \u{2022}\u{2022}\u{2022}\u{2022} 7895"),
            ("PK0000397757", "PK00 \u{2022}\u{2022}\u{2022}\u{2022} 7757"),
            ("12345678", "\u{2022}\u{2022}\u{2022}\u{2022} 678"),
            ("0012", "\u{2022}\u{2022}\u{2022}\u{2022}"),
        ] {
            assert_eq!(masked(&Code::parse(code).unwrap()), shown);
        }
    }
}
