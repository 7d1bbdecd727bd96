//! The history's lines: one for each attempt and each look-up, and which of them are wanted.

use jiff::Timestamp;
use serde::Serialize;

use crate::card::{CardId, Code};
use crate::payload::Origin;
use crate::redemption::attempt::{Intent, Outcome, QueryRecord, Record, SettledBy};
use crate::redemption::ruling::Goods;

/// An attempt or a query, in one line; `journal list --json` prints it as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Line {
    /// The attempt's id; `q` and the record's number for a query.
    pub id: String,
    /// Which of the two.
    pub kind: LineKind,
    /// When the confirm was accepted, or the look-up answered.
    pub at: Timestamp,
    /// The code, none where a link could not be opened.
    pub code: Option<Code>,
    /// The coupon's kind, as it was sent or told.
    pub card_id: Option<CardId>,
    /// `InDoubt` for an attempt without an end.
    pub outcome: Outcome,
    /// What proves the outcome.
    pub settled_by: Option<SettledBy>,
    /// As Weixin sent it.
    pub errcode: Option<i64>,
    /// Who confirmed.
    pub clerk: Option<String>,
    /// Which kiosk.
    pub desk: Option<String>,
    /// The newest remark or order number.
    pub remark: Option<String>,
    /// Noted as redeemed by mistake.
    pub mistake: bool,
    /// What a manager said of the goods while it was in doubt; it proves nothing.
    #[serde(rename = "override")]
    pub ruled: Option<Goods>,
    /// An event of Weixin's that fits.
    pub witnessed: bool,
    /// What the coupon was called, where that was known; the columns of an export are without it.
    #[serde(skip)]
    pub title: Option<String>,
    /// How the code came; not told where it was shown at the desk.
    #[serde(skip_serializing_if = "Origin::is_desk")]
    pub origin: Origin,
}

/// What a [`Line`] is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A try to consume.
    Attempt,
    /// A look-up.
    Query,
}

/// Which lines are wanted; the default is all.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Filter {
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub before: Option<Timestamp>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// Of this code.
    pub code: Option<Code>,
    /// At most so many, the newest ones.
    pub last: Option<usize>,
}

impl Line {
    /// Takes in what was written down afterwards; other records change nothing here.
    pub fn take(&mut self, noted: Record) {
        match noted {
            Record::Remark(remark) => self.remark = Some(remark.text).filter(|it| !it.is_empty()),
            Record::Mistake(_) => self.mistake = true,
            Record::Override(word) => self.ruled = Some(word.goods),
            Record::Witness(witness) => self.witnessed |= witness.agrees,
            Record::Query(_)
            | Record::Intent(_)
            | Record::Resend(_)
            | Record::Probe(_)
            | Record::Settled(_)
            | Record::Sealed(_) => {}
        }
    }
}

impl Filter {
    /// Whether a line is wanted; [`Filter::last`] is for whoever counts.
    pub fn takes(&self, line: &Line) -> bool {
        self.from.is_none_or(|from| line.at >= from)
            && self.before.is_none_or(|before| line.at < before)
            && self.outcome.is_none_or(|outcome| line.outcome == outcome)
            && self
                .code
                .as_ref()
                .is_none_or(|code| line.code.as_ref() == Some(code))
    }
}

/// The line that begins with this record; none where lines do not begin with its kind.
pub fn line(seq: u64, begin: Record, end: Option<Record>) -> Option<Line> {
    match begin {
        Record::Query(query) => Some(query_line(seq, query)),
        Record::Intent(intent) => Some(attempt_line(intent, end)),
        Record::Resend(_)
        | Record::Probe(_)
        | Record::Settled(_)
        | Record::Remark(_)
        | Record::Mistake(_)
        | Record::Override(_)
        | Record::Witness(_)
        | Record::Sealed(_) => None,
    }
}

fn query_line(seq: u64, query: QueryRecord) -> Line {
    Line {
        id: format!("q{seq}"),
        kind: LineKind::Query,
        at: query.at,
        code: query.code,
        card_id: query
            .card_id
            .or_else(|| query.info.and_then(|info| info.card_id)),
        outcome: query.outcome,
        settled_by: None,
        errcode: query.errcode,
        clerk: query.clerk,
        desk: None,
        remark: None,
        mistake: false,
        ruled: None,
        witnessed: false,
        title: None,
        origin: query.origin,
    }
}

fn attempt_line(intent: Intent, end: Option<Record>) -> Line {
    let mut line = Line {
        id: intent.attempt.to_string(),
        kind: LineKind::Attempt,
        at: intent.at,
        code: Some(intent.code),
        card_id: intent.card_id.or(intent.info.card_id),
        outcome: Outcome::InDoubt,
        settled_by: None,
        errcode: None,
        clerk: intent.clerk,
        desk: intent.desk,
        remark: None,
        mistake: false,
        ruled: None,
        witnessed: false,
        title: intent.title,
        origin: intent.origin,
    };
    if let Some(Record::Settled(settled)) = end {
        line.outcome = settled.outcome;
        line.settled_by = settled.by;
        line.errcode = settled.errcode;
    }
    line
}
