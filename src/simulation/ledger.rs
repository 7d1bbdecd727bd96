//! What must never be: the invariants, checked with what only the simulation knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::platform::{By, Platform};
use crate::card::CodeInfo;
use crate::journal::history::History;
use crate::journal::verify::{Verdict, verify};
use crate::redemption::LOOK_UP_LIMIT;
use crate::redemption::attempt::{AttemptId, Intent, Outcome, Record, Settled, SettledBy};
use crate::screen::{Finished, Screen, Stage};

/// A confirm that was accepted may have to wait for an access token so long.
const TOKEN_WAIT: Duration = Duration::from_secs(35);

/// A promise that was broken, in words.
pub(super) type Check = Result<(), String>;

/// Where a settled record is on its way to the disk.
#[derive(Clone, PartialEq, Eq, Debug)]
enum End {
    Given(Settled),
    Failed(Settled),
    Durable,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The consumes that left, by request: whose they were.
    sent: BTreeMap<u64, AttemptId>,
    /// Requests whose sender was told that its token is refused.
    token_refused: BTreeSet<u64>,
    /// Attempts whose sender was told errcode 0.
    confirmed: BTreeSet<AttemptId>,
    /// When a look-up of a code was last answered.
    told_at: BTreeMap<String, Instant>,
    /// What the newest review showed.
    reviewed: Option<CodeInfo>,
    ends: BTreeMap<AttemptId, End>,
    /// What was reported to be durable, in order.
    durable: Vec<Record>,
    /// What was shown as redeemed, and by what proof.
    shown: BTreeMap<AttemptId, Option<SettledBy>>,
    /// Attempts of which this was shown, and not durable yet when the program ended.
    forgotten: BTreeSet<AttemptId>,
    /// Requests may be doubled on their way: a consume can then be told to be redeemed already by itself.
    has_duplicates: bool,
}

fn broken(is_broken: bool, what: impl FnOnce() -> String) -> Check {
    if is_broken { Err(what()) } else { Ok(()) }
}

impl Ledger {
    pub(super) fn new(has_duplicates: bool) -> Self {
        Self {
            has_duplicates,
            ..Self::default()
        }
    }

    /// Invariants 1, 2 and 3: one durable intent, open, alone on its code, and not sent before but for a refused token.
    pub(super) fn consume_leaves(&mut self, request: u64, code: &str, journal: &Path) -> Check {
        let open = History::open(journal).and_then(|history| history.in_doubt());
        let open = open.map_err(|error| format!("a consume left, and the journal: {error}"))?;
        let mut of_code = open
            .into_iter()
            .filter(|intent| intent.code.as_str() == code);
        let Some(attempt) = of_code.next().map(|intent| intent.attempt) else {
            return Err(format!(
                "1: a consume of {code} left without a durable intent"
            ));
        };
        broken(of_code.next().is_some(), || {
            format!("2: two attempts on {code} are open")
        })?;
        let told_at = self.told_at.get(code);
        let is_fresh = told_at.is_some_and(|at| at.elapsed() <= LOOK_UP_LIMIT + TOKEN_WAIT);
        broken(!is_fresh, || {
            format!("6: {attempt} was sent, and its look-up is too old")
        })?;
        let earlier: Vec<u64> = self
            .sent
            .iter()
            .filter_map(|(request, of)| (*of == attempt).then_some(*request))
            .collect();
        let may_send = match earlier[..] {
            [] => true,
            [first] => self.token_refused.contains(&first),
            [..] => false,
        };
        broken(!may_send, || {
            format!("3: {attempt} was sent again, though it may have been applied")
        })?;
        self.sent.insert(request, attempt);
        Ok(())
    }

    /// An answer has reached whoever waited for it.
    pub(super) fn answered(&mut self, request: u64, code: &str, errcode: i64) {
        match (self.sent.get(&request), errcode) {
            (Some(attempt), 0) => {
                self.confirmed.insert(*attempt);
            }
            (Some(_), 40_001 | 40_014 | 42_001) => {
                self.token_refused.insert(request);
            }
            (None, 0) => {
                self.told_at.insert(code.to_owned(), Instant::now());
            }
            (Some(_) | None, _) => {}
        }
    }

    /// A record was given to the journal.
    pub(super) fn given(&mut self, record: &Record, platform: &Platform) -> Check {
        match record {
            Record::Intent(intent) => self.intended(intent),
            Record::Settled(settled) => self.settled(settled, platform),
            Record::Query(_)
            | Record::Resend(_)
            | Record::Probe(_)
            | Record::Remark(_)
            | Record::Mistake(_)
            | Record::Override(_)
            | Record::Witness(_)
            | Record::Sealed(_) => Ok(()),
        }
    }

    /// Invariant 6.
    fn intended(&self, intent: &Intent) -> Check {
        let told_at = self.told_at.get(intent.code.as_str());
        let is_fresh = told_at.is_some_and(|at| at.elapsed() <= LOOK_UP_LIMIT);
        broken(!is_fresh, || {
            format!("6: {} rests on a look-up that is too old", intent.attempt)
        })?;
        broken(self.reviewed.as_ref() != Some(&intent.info), || {
            format!("6: {} is not what the review showed", intent.attempt)
        })
    }

    /// Invariant 4: one end, given again only when the disk did not take it.
    fn settled(&mut self, settled: &Settled, platform: &Platform) -> Check {
        let attempt = settled.attempt;
        let may_end = match self.ends.get(&attempt) {
            None => true,
            Some(End::Failed(before)) => before == settled,
            Some(End::Given(_) | End::Durable) => false,
        };
        broken(!may_end, || format!("4: {attempt} ends a second time"))?;
        self.ends.insert(attempt, End::Given(settled.clone()));
        self.is_true(settled, platform)
    }

    /// The platform's book and the journal's say the same.
    fn is_true(&self, settled: &Settled, platform: &Platform) -> Check {
        let attempt = settled.attempt;
        let ours = self.sent.iter().filter(|(_, of)| **of == attempt);
        let code = |request: &u64| platform.consumed_code(*request);
        let is_applied = ours.clone().any(|(request, _)| code(request).is_some());
        match (settled.outcome, settled.by) {
            (Outcome::Redeemed, Some(SettledBy::Reply)) => broken(!is_applied, || {
                format!("5: {attempt} is redeemed by reply, and Weixin knows nothing of it")
            }),
            // A manager's word says nothing of the coupon, so it cannot be wrong about it.
            (Outcome::Redeemed, Some(SettledBy::Query | SettledBy::Witness))
            | (Outcome::InDoubt, Some(SettledBy::Override)) => Ok(()),
            (Outcome::AlreadyRedeemed, _) if self.has_duplicates => Ok(()),
            (outcome, by) => broken(is_applied, || {
                format!("never lost: {attempt} was applied, and is {outcome:?} by {by:?}")
            }),
        }
    }

    /// What became of a record.
    pub(super) fn written(&mut self, record: Record, is_durable: bool) {
        if let Record::Settled(settled) = &record {
            let end = if is_durable {
                End::Durable
            } else {
                End::Failed(settled.clone())
            };
            self.ends.insert(settled.attempt, end);
        }
        // What was never sent may have no beginning on the disk, and then has no end there.
        let is_unsent = matches!(&record, Record::Settled(settled) if settled.by.is_none());
        if is_durable && !is_unsent {
            self.durable.push(record);
        }
    }

    /// Invariant 5, on every screen.
    pub(super) fn seen(&mut self, screen: &Screen, platform: &Platform) -> Check {
        match &screen.stage {
            Stage::Review(review) => self.reviewed = Some(review.info.clone()),
            Stage::Finished(finished) if finished.outcome == Outcome::Redeemed => {
                self.redeemed(finished, platform)?;
            }
            Stage::Finished(_) | Stage::Idle | Stage::Working(_) => {}
        }
        Ok(())
    }

    fn redeemed(&mut self, finished: &Finished, platform: &Platform) -> Check {
        let Some(attempt) = finished.attempt else {
            return Err("5: redeemed without an attempt".to_owned());
        };
        let code = finished.code.as_ref().unwrap().as_str();
        let is_proved = match finished.settled_by {
            Some(SettledBy::Reply) => self.confirmed.contains(&attempt),
            Some(SettledBy::Query | SettledBy::Witness) => platform.consumed_by(code).is_some(),
            Some(SettledBy::Override) | None => false,
        };
        self.shown.insert(attempt, finished.settled_by);
        broken(!is_proved, || {
            format!("5: {attempt} is shown as redeemed without a proof")
        })
    }

    /// A bit flipped: what was durable may be gone, which is for the journal to find out.
    pub(super) fn damaged(&mut self) {
        self.ends.clear();
    }

    /// A program ends; what was on its way to the disk may have reached it or not.
    pub(super) fn restarted(&mut self) {
        self.ends.retain(|_, end| *end == End::Durable);
        let forgotten = self
            .shown
            .keys()
            .filter(|attempt| !self.ends.contains_key(attempt));
        self.forgotten.extend(forgotten);
        self.reviewed = None;
        self.told_at.clear();
    }

    /// Invariant 7, and that nothing is lost: the chain is whole, and holds all that was reported to be durable.
    pub(super) fn journal_is_whole(&self, journal: &Path) -> Check {
        let verdict = verify(journal).map_err(|error| format!("7: {error}"))?;
        if let Verdict::Broken(fault) = verdict {
            return Err(format!("7: {fault}"));
        }
        let records = records(journal)?;
        for durable in &self.durable {
            broken(!records.contains(durable), || {
                format!("7: this was durable, and is gone: {durable:?}")
            })?;
        }
        Ok(())
    }

    /// The three books, once everything is settled.
    pub(super) fn books_agree(&self, journal: &Path, platform: &Platform) -> Check {
        let mut ends: BTreeMap<AttemptId, Vec<Settled>> = BTreeMap::new();
        let mut codes = BTreeMap::new();
        for record in records(journal)? {
            match record {
                Record::Intent(intent) => {
                    codes.insert(intent.attempt, intent.code);
                    ends.entry(intent.attempt).or_default();
                }
                Record::Settled(settled) => ends.entry(settled.attempt).or_default().push(settled),
                Record::Query(_)
                | Record::Resend(_)
                | Record::Probe(_)
                | Record::Remark(_)
                | Record::Mistake(_)
                | Record::Override(_)
                | Record::Witness(_)
                | Record::Sealed(_) => {}
            }
        }
        for (attempt, ends) in &ends {
            let [end] = &ends[..] else {
                return Err(format!("4: {attempt} has {} ends", ends.len()));
            };
            broken(!codes.contains_key(attempt), || {
                format!("4: {attempt} has an end and no beginning")
            })?;
            self.is_true(end, platform)?;
            let by_look_up = matches!(end.by, Some(SettledBy::Query | SettledBy::Witness));
            if end.outcome == Outcome::Redeemed && by_look_up {
                let code = codes[attempt].as_str();
                broken(platform.consumed_by(code).is_none(), || {
                    format!("5: {attempt} is redeemed by query, and {code} is not consumed")
                })?;
            }
        }
        for (code, by) in platform.consumed() {
            if let By::Us(request) = by {
                broken(!ends.contains_key(&self.sent[&request]), || {
                    format!("never lost: {code} was consumed, and no attempt tells of it")
                })?;
            }
        }
        for attempt in self.shown.keys() {
            let end = ends.get(attempt).map(|ends| ends[0].outcome);
            // Where the program ended before that was written down, and events told otherwise afterwards, a manager's word
            // may be the end: "not known" contradicts nothing.
            let may_be_open = self.forgotten.contains(attempt) && end == Some(Outcome::InDoubt);
            broken(!may_be_open && end != Some(Outcome::Redeemed), || {
                format!("5: {attempt} was shown as redeemed and is {end:?}")
            })?;
        }
        Ok(())
    }
}

/// How long the world may take to settle once its faults have stopped.
pub(super) const PATIENCE: Duration = Duration::from_mins(6);

fn records(journal: &Path) -> Result<Vec<Record>, String> {
    let mut records = Vec::new();
    let history = History::open(journal).map_err(|error| format!("7: {error}"))?;
    let each = history.each(|entry| {
        records.push(entry.record);
        Ok::<(), crate::journal::reading::HistoryError>(())
    });
    each.map_err(|error| format!("7: {error}"))?;
    Ok(records)
}
