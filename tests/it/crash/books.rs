//! The three books of a desk, and what does not agree between them.
//!
//! | book | who kept it |
//! |---|---|
//! | the platform's | which consumes came, which were applied |
//! | the journal's | every record, read when all is settled |
//! | the screen's | what each run of the program said before it ended or was killed |

use std::collections::BTreeMap;
use std::path::Path;

use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::reading::HistoryError;
use coupon_kiosk::redemption::attempt::{Outcome, Record};
use serde_json::Value;

/// What the platform knows.
#[derive(Default)]
pub struct PlatformBook {
    /// The code of each consume that came.
    pub sent: Vec<String>,
    /// The code of each that was applied.
    pub applied: Vec<String>,
}

/// What the journal says of one attempt.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Attempt {
    pub code: String,
    /// How many sends it allowed itself.
    pub sends: usize,
    /// Every end that it has; one is right.
    pub ends: Vec<Outcome>,
}

/// The journal's attempts by their ids.
pub type JournalBook = BTreeMap<String, Attempt>;

/// Reads the journal's book.
pub fn read_journal(path: &Path) -> JournalBook {
    let mut book = JournalBook::new();
    if !path.exists() {
        return book;
    }
    let history = History::open(path).unwrap();
    let read = history.each(|entry| {
        let Some(id) = entry.record.attempt().map(|id| id.to_string()) else {
            return Ok::<(), HistoryError>(());
        };
        let attempt = book.entry(id).or_default();
        match entry.record {
            Record::Intent(intent) => {
                intent.code.as_str().clone_into(&mut attempt.code);
                attempt.sends += 1;
            }
            Record::Resend(_) => attempt.sends += 1,
            Record::Settled(settled) => attempt.ends.push(settled.outcome),
            Record::Query(_)
            | Record::Probe(_)
            | Record::Remark(_)
            | Record::Mistake(_)
            | Record::Override(_)
            | Record::Witness(_)
            | Record::Sealed(_) => {}
        }
        Ok(())
    });
    read.unwrap();
    book
}

/// Everything on which the books do not agree. `said` holds the objects that were printed.
pub fn differences(platform: &PlatformBook, journal: &JournalBook, said: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    for (id, attempt) in journal {
        if attempt.ends.len() != 1 || attempt.ends[0] == Outcome::InDoubt {
            found.push(format!("{id} ended {:?}", attempt.ends));
        }
    }
    let mut codes: Vec<&String> = journal.values().map(|attempt| &attempt.code).collect();
    codes.extend(&platform.sent);
    codes.sort();
    codes.dedup();
    for code in codes {
        let of_code = || journal.values().filter(|attempt| attempt.code == *code);
        let sends: usize = of_code().map(|attempt| attempt.sends).sum();
        let sent = count(&platform.sent, code);
        if sent > sends {
            found.push(format!(
                "{code}: {sent} consumes came, {sends} were written down"
            ));
        }
        let redeemed = of_code()
            .filter(|attempt| attempt.ends.contains(&Outcome::Redeemed))
            .count();
        let applied = count(&platform.applied, code);
        if redeemed != applied {
            found.push(format!(
                "{code}: applied {applied} times, redeemed {redeemed} times"
            ));
        }
    }
    for object in said {
        found.extend(unfounded(object, platform, journal));
    }
    found
}

/// What the screen said and the other books do not bear out.
fn unfounded(object: &Value, platform: &PlatformBook, journal: &JournalBook) -> Option<String> {
    let outcome = object["outcome"].as_str().unwrap_or_default();
    let code = object["code"].as_str().unwrap_or_default();
    let is_applied = count(&platform.applied, code) > 0;
    let is_borne_out = match object["attempt_id"].as_str() {
        Some(id) => journal.get(id).is_some_and(|attempt| {
            let ends = attempt.ends.iter().any(|end| word(*end) == outcome);
            attempt.code == code && (ends || outcome == "in_doubt")
        }),
        None => match outcome {
            "already_redeemed" => is_applied,
            "queried" | "refused" | "unreachable" | "set_up" => true,
            _ => false,
        },
    };
    let is_true = outcome != "redeemed" || is_applied;
    (!is_borne_out || !is_true).then(|| format!("said without ground: {object}"))
}

fn word(outcome: Outcome) -> String {
    let word = serde_json::to_value(outcome).unwrap();
    word.as_str().unwrap().to_owned()
}

fn count(codes: &[String], code: &str) -> usize {
    codes.iter().filter(|other| *other == code).count()
}

#[test]
fn books_that_do_not_agree_are_told() {
    use Outcome::{NotRedeemed, Redeemed};

    let attempt = |ends: &[Outcome]| Attempt {
        code: "1".to_owned(),
        sends: 1,
        ends: ends.to_vec(),
    };
    let told = |sent: usize, applied: usize, ends: &[Outcome], said: Option<&str>| {
        let platform = PlatformBook {
            sent: vec!["1".to_owned(); sent],
            applied: vec!["1".to_owned(); applied],
        };
        let journal = JournalBook::from([("a".to_owned(), attempt(ends))]);
        let said = said.map(
            |outcome| serde_json::json!({ "outcome": outcome, "code": "1", "attempt_id": "a" }),
        );
        differences(&platform, &journal, said.as_slice()).join("; ")
    };
    assert_eq!(told(1, 1, &[Redeemed], Some("redeemed")), "");
    assert_eq!(told(1, 1, &[Redeemed], Some("in_doubt")), "");
    assert_eq!(told(1, 0, &[NotRedeemed], None), "");
    assert_eq!(told(0, 0, &[NotRedeemed], None), "");
    assert_eq!(
        told(1, 1, &[], None),
        "a ended []; 1: applied 1 times, redeemed 0 times"
    );
    assert_eq!(
        told(1, 0, &[NotRedeemed, NotRedeemed], None),
        "a ended [NotRedeemed, NotRedeemed]"
    );
    assert_eq!(
        told(2, 1, &[Redeemed], None),
        "1: 2 consumes came, 1 were written down"
    );
    assert_eq!(
        told(1, 1, &[NotRedeemed], None),
        "1: applied 1 times, redeemed 0 times"
    );
    assert_eq!(
        told(1, 0, &[Redeemed], None),
        "1: applied 0 times, redeemed 1 times"
    );
    let ground = "said without ground: ";
    assert!(told(1, 0, &[NotRedeemed], Some("redeemed")).starts_with(ground));
    assert!(told(1, 1, &[Redeemed], Some("not_redeemed")).starts_with(ground));
}
