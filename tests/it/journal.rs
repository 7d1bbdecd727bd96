//! The journal, by what is on the disk and what readers see.

mod cli;
mod copy;
mod crash;
mod notes;
mod power;
mod reading;
mod seal;
mod tamper;
mod trouble;
mod versions;
mod vfs;
mod writing;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use coupon_kiosk::card::{CardId, Code, CodeInfo, OpenId, UserCardStatus, Validity};
use coupon_kiosk::event::WriteId;
use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::{Filter, Line};
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::journal::{Journal, Opened};
use coupon_kiosk::redemption::attempt::{
    AttemptId, AttemptIds, Intent, JournalTrouble, Outcome, Probe, QueryRecord, Record, Resend,
    Settled, SettledBy,
};
use jiff::Timestamp;
use tempfile::TempDir;

type Reported = (WriteId, Result<(), JournalTrouble>);

/// A journal's place, thrown away afterwards.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("state/journal.sqlite")
    }

    fn file(&self, ending: &str) -> PathBuf {
        let mut name = self.path().into_os_string();
        name.push(ending);
        name.into()
    }

    fn open(&self) -> Writing {
        Writing::open(&self.path())
    }

    /// Writes the records by a writer that comes and goes.
    fn with(records: &[Record]) -> Self {
        let place = Self::new();
        place.add(records);
        place
    }

    fn add(&self, records: &[Record]) {
        let mut writing = self.open();
        assert_eq!(writing.trouble, None);
        for record in records {
            assert_eq!(writing.write(record), Ok(()));
        }
    }

    fn verdict(&self) -> Verdict {
        verify(&self.path()).unwrap()
    }

    fn lines(&self) -> Vec<Line> {
        History::open(&self.path())
            .unwrap()
            .list(&Filter::default())
            .unwrap()
    }

    fn assert_whole(&self, records: u64) {
        assert_whole(&self.path(), records);
    }
}

fn assert_whole(path: &Path, records: u64) {
    match verify(path).unwrap() {
        Verdict::Whole(tail) => assert_eq!(tail.seq, records),
        Verdict::Broken(fault) => panic!("{fault}"),
    }
}

/// A writer and what it reports.
struct Writing {
    journal: Journal,
    reports: Receiver<Reported>,
    in_doubt: Vec<Intent>,
    trouble: Option<JournalTrouble>,
    given: u64,
}

impl Writing {
    fn open(path: &Path) -> Self {
        let (sender, reports) = sync_channel(1024);
        let Opened {
            journal,
            in_doubt,
            redeemed: _,
            noted: _,
            trouble,
        } = Journal::open(path, move |write, result| {
            sender.send((write, result)).ok();
        })
        .unwrap();
        Self {
            journal,
            reports,
            in_doubt,
            trouble,
            given: 0,
        }
    }

    /// Gives a record and waits for what became of it.
    fn write(&mut self, record: &Record) -> Result<(), JournalTrouble> {
        self.given += 1;
        let write = WriteId(self.given);
        self.journal.append(write, record.clone())?;
        let (reported, result) = self.reports.recv().unwrap();
        assert_eq!(reported, write);
        result
    }
}

/// 2026-11-23 03:20:00 UTC and so many seconds.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_404_000 + seconds).unwrap()
}

fn attempt(number: u64) -> AttemptId {
    let mut ids = AttemptIds::new([7; 16]);
    let mut id = ids.next(at(0));
    for _ in 0..number {
        id = ids.next(at(0));
    }
    id
}

fn info(code: &str) -> CodeInfo {
    CodeInfo {
        code: Code::parse(code).unwrap(),
        card_id: Some(CardId::parse("pjZ8Yt1XGILfi-FUsewpnnolGgZk").unwrap()),
        validity: Validity {
            begin: Some(at(-86_400)),
            end: Some(at(86_400)),
        },
        openid: OpenId::masked_from("oFS7Fjl0WsZ9AMZqrI80nbIq8xrA"),
        can_consume: Some(true),
        status: Some(UserCardStatus::Normal),
    }
}

fn query(code: &str, seconds: i64) -> Record {
    Record::Query(QueryRecord {
        at: at(seconds),
        code: Some(Code::parse(code).unwrap()),
        card_id: None,
        outcome: Outcome::Queried,
        errcode: Some(0),
        info: Some(info(code)),
        answer: Some(r#"{"errcode":0,"errmsg":"ok"}"#.to_owned()),
        clerk: None,
        origin: coupon_kiosk::payload::Origin::Desk,
    })
}

fn intent(number: u64, code: &str, seconds: i64) -> Record {
    Record::Intent(Intent {
        attempt: attempt(number),
        at: at(seconds),
        code: Code::parse(code).unwrap(),
        card_id: None,
        info: info(code),
        looked_up_at: at(seconds - 3),
        clerk: Some("王芳".to_owned()),
        desk: Some("desk 1".to_owned()),
        title: None,
        origin: coupon_kiosk::payload::Origin::Desk,
    })
}

fn resend(number: u64, seconds: i64) -> Record {
    Record::Resend(Resend {
        attempt: attempt(number),
        at: at(seconds),
        errcode: 42001,
    })
}

fn probe(number: u64, seconds: i64) -> Record {
    Record::Probe(Probe {
        attempt: attempt(number),
        at: at(seconds),
        status: Some(UserCardStatus::Normal),
        errcode: Some(0),
        answer: None,
    })
}

fn settled(number: u64, outcome: Outcome, by: SettledBy, seconds: i64) -> Record {
    Record::Settled(Settled {
        attempt: attempt(number),
        at: at(seconds),
        outcome,
        by: Some(by),
        errcode: Some(0),
        status: None,
        answer: None,
    })
}

/// A look-up, a redemption, one found out by query, and one still in doubt: nine records.
fn a_day() -> Vec<Record> {
    vec![
        query("203001234567", 0),
        intent(1, "203001234567", 5),
        settled(1, Outcome::Redeemed, SettledBy::Reply, 6),
        intent(2, "409632457895", 60),
        resend(2, 61),
        probe(2, 75),
        settled(2, Outcome::Redeemed, SettledBy::Query, 95),
        intent(3, "PK0000397757", 100),
        probe(3, 120),
    ]
}
