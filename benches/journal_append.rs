//! A durable record: our journal beside a plain SQLite insert with `synchronous=FULL`, on the same disk.
//!
//! The journal fsyncs three times a record (the head's announcement, the commit, the head), the insert once.

#![expect(clippy::unwrap_used, reason = "a bench without a disk has failed")]

use std::path::Path;
use std::sync::mpsc::sync_channel;

use coupon_kiosk::card::Code;
use coupon_kiosk::event::WriteId;
use coupon_kiosk::journal::Journal;
use coupon_kiosk::redemption::attempt::{Outcome, QueryRecord, Record};
use criterion::Criterion;

const ANSWER: &str = r#"{"errcode":0,"errmsg":"ok","card":{"card_id":"pCARD","begin_time":0,"end_time":4102444800},"user_card_status":"NORMAL","can_consume":true}"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    // In the target folder: the system's folder for temporary files may be memory, where an fsync costs nothing.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut group = criterion.benchmark_group("durable record");
    group.bench_function("coupon-kiosk", |bencher| {
        let (teller, told) = sync_channel(1);
        let report = move |_write, result| teller.send(result).unwrap();
        let opened = Journal::open(&folder.path().join("journal.sqlite"), report).unwrap();
        let mut writes = 0;
        bencher.iter(|| {
            writes += 1;
            // The journal does not write the same record twice, so each is another one.
            opened
                .journal
                .append(WriteId(writes), record(writes))
                .unwrap();
            told.recv().unwrap().unwrap();
        });
    });
    group.bench_function("plain SQLite insert", |bencher| {
        let connection = plain(&folder.path().join("plain.sqlite"));
        let mut insert = connection
            .prepare("INSERT INTO record (text) VALUES (?1)")
            .unwrap();
        let text = serde_json::to_string(&record(0)).unwrap();
        bencher.iter(|| insert.execute([&text]).unwrap());
    });
    group.finish();
    criterion.final_summary();
}

fn record(number: u64) -> Record {
    Record::Query(QueryRecord {
        at: jiff::Timestamp::UNIX_EPOCH,
        code: Code::parse("409632457895").ok(),
        card_id: None,
        outcome: Outcome::Queried,
        errcode: i64::try_from(number).ok(),
        info: None,
        answer: Some(ANSWER.to_owned()),
        clerk: None,
        origin: coupon_kiosk::payload::Origin::Desk,
    })
}

fn plain(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, text TEXT NOT NULL);",
        )
        .unwrap();
    connection
}
