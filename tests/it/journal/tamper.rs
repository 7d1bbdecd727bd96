//! Every kind of tampering is found, and where.

use std::fs;

use coupon_kiosk::journal::chain::Position;
use coupon_kiosk::journal::head::HeadFile;
use coupon_kiosk::journal::verify::Verdict;
use coupon_kiosk::redemption::attempt::{JournalTrouble, Outcome, SettledBy};
use rusqlite::Connection;

use super::{Place, a_day, query, settled};

/// Whether the writer's quick look at the newest record and the head is enough to notice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Noticed {
    AtOpening,
    ByVerify,
}

use Noticed::{AtOpening, ByVerify};

fn check(tamper: impl Fn(&Place), position: u64, words: &str, noticed: Noticed) {
    let place = Place::with(&a_day());
    place.assert_whole(9);
    tamper(&place);
    match place.verdict() {
        Verdict::Broken(fault) => {
            assert_eq!(fault.position(), position, "{fault}");
            assert!(fault.to_string().contains(words), "{fault}");
        }
        Verdict::Whole(_) => panic!("not found: {words}"),
    }
    if noticed == AtOpening {
        let mut writing = place.open();
        assert_eq!(writing.trouble, Some(JournalTrouble::Damaged));
        let end = settled(3, Outcome::Redeemed, SettledBy::Query, 500);
        assert_eq!(writing.write(&end), Err(JournalTrouble::Damaged));
        drop(writing);
        assert!(
            matches!(place.verdict(), Verdict::Broken(_)),
            "opening must not heal it"
        );
    }
}

/// As somebody would who knows SQL and has the rights.
fn sql(place: &Place, statements: &str) {
    let connection = Connection::open(place.path()).unwrap();
    let triggers = "DROP TRIGGER record_never_changes; DROP TRIGGER record_never_goes; DROP TRIGGER record_only_at_the_end;";
    connection.execute_batch(triggers).unwrap();
    connection.execute_batch(statements).unwrap();
}

/// ... and knows how the chain is made: new hashes for all records.
fn seal_anew(place: &Place) -> Position {
    let connection = Connection::open(place.path()).unwrap();
    let bodies: Vec<(i64, String)> = connection
        .prepare("SELECT seq, body FROM record ORDER BY seq")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut tail = Position::default();
    for (seq, body) in bodies {
        tail = tail.next(&body);
        let hash = tail.hash.as_bytes().as_slice();
        connection
            .execute("UPDATE record SET hash = ?2 WHERE seq = ?1", (seq, hash))
            .unwrap();
    }
    tail
}

#[test]
fn one_changed_byte_is_found_at_its_record() {
    let change = "UPDATE record SET body = replace(body, 'redeemed', 'Redeemed') WHERE seq = 3";
    check(
        |place| sql(place, change),
        3,
        "record 3 was changed",
        ByVerify,
    );
    let change =
        "UPDATE record SET body = replace(body, 'PK0000397757', 'PK0000397758') WHERE seq = 8";
    check(
        |place| sql(place, change),
        8,
        "record 8 was changed",
        ByVerify,
    );
    let change = "UPDATE record SET body = replace(body, 'NORMAL', 'CONSUMED') WHERE seq = 9";
    check(
        |place| sql(place, change),
        9,
        "record 9 was changed",
        AtOpening,
    );
}

#[test]
fn one_changed_byte_in_the_file_itself_is_found() {
    let flip = |place: &Place| {
        let mut bytes = fs::read(place.path()).unwrap();
        let needle = b"409632457895";
        let found = bytes
            .windows(needle.len())
            .position(|window| window == needle)
            .unwrap();
        bytes[found] = b'5';
        fs::write(place.path(), bytes).unwrap();
    };
    let place = Place::with(&a_day());
    flip(&place);
    assert!(matches!(place.verdict(), Verdict::Broken(_)));
}

#[test]
fn a_changed_hash_is_found() {
    let change = "UPDATE record SET hash = zeroblob(32) WHERE seq = 4";
    check(
        |place| sql(place, change),
        4,
        "record 4 was changed",
        ByVerify,
    );
}

#[test]
fn a_removed_record_is_found_with_and_without_closing_the_gap() {
    check(
        |place| sql(place, "DELETE FROM record WHERE seq = 5"),
        5,
        "record 5 is missing",
        ByVerify,
    );
    check(
        |place| sql(place, "DELETE FROM record WHERE seq = 1"),
        1,
        "record 1 is missing",
        ByVerify,
    );
    let close = "DELETE FROM record WHERE seq = 5; UPDATE record SET seq = seq - 1 WHERE seq > 5";
    check(
        |place| sql(place, close),
        5,
        "record 5 was changed",
        AtOpening,
    );
}

#[test]
fn two_records_that_changed_places_are_found() {
    let swap = "UPDATE record SET seq = 100 WHERE seq = 2; UPDATE record SET seq = 2 WHERE seq = 3;
                UPDATE record SET seq = 3 WHERE seq = 100";
    check(
        |place| sql(place, swap),
        2,
        "record 2 was changed",
        ByVerify,
    );
}

#[test]
fn a_cut_tail_is_found() {
    check(
        |place| sql(place, "DELETE FROM record WHERE seq = 9"),
        9,
        "there were 9: record 9",
        AtOpening,
    );
    check(
        |place| sql(place, "DELETE FROM record WHERE seq > 6"),
        7,
        "there were 9: record 7",
        AtOpening,
    );
    check(
        |place| sql(place, "DELETE FROM record"),
        1,
        "there were 9: record 1",
        AtOpening,
    );
}

#[test]
fn a_record_forged_at_the_end_is_found_though_its_hash_is_right() {
    let forge = |place: &Place| {
        let record = serde_json::to_string(&query("999900001111", 700)).unwrap();
        sql(
            place,
            &format!("INSERT INTO record (seq, body, hash) VALUES (10, '{record}', zeroblob(32))"),
        );
        seal_anew(place);
    };
    check(forge, 10, "added by another hand", AtOpening);
}

#[test]
fn a_chain_written_anew_is_found() {
    let forge = |place: &Place| {
        sql(
            place,
            "UPDATE record SET body = replace(body, 'redeemed', 'not_redeemed') WHERE seq = 3",
        );
        seal_anew(place);
    };
    check(forge, 9, "the chain was written anew", AtOpening);
    let insert = |place: &Place| {
        let record = serde_json::to_string(&query("999900001111", 700)).unwrap();
        let sql_text = format!(
            "UPDATE record SET seq = -seq - 1 WHERE seq > 4; UPDATE record SET seq = -seq WHERE seq < 0;
             INSERT INTO record (seq, body, hash) VALUES (5, '{record}', zeroblob(32))"
        );
        sql(place, &sql_text);
        seal_anew(place);
    };
    check(insert, 9, "the chain was written anew", AtOpening);
}

#[test]
fn a_record_of_an_unknown_kind_is_found_even_if_all_hashes_are_right() {
    let forge = |place: &Place| {
        let alien = r#"{"kind":"note","at":"2026-11-23T00:00:00Z"}"#;
        sql(
            place,
            &format!("UPDATE record SET body = '{alien}' WHERE seq = 1"),
        );
        let tail = seal_anew(place);
        HeadFile::open(&place.file(".head"))
            .unwrap()
            .unwrap()
            .settle(tail)
            .unwrap();
    };
    check(forge, 1, "not one that this program writes", ByVerify);
}

#[test]
fn a_head_that_is_gone_or_spoilt_or_of_another_day_is_found() {
    let gone = |place: &Place| fs::remove_file(place.file(".head")).unwrap();
    check(gone, 0, "the head file is missing", AtOpening);
    let spoilt = |place: &Place| fs::write(place.file(".head"), "head1 1 0").unwrap();
    check(spoilt, 0, "the head file cannot be read", AtOpening);
    let other = |place: &Place| {
        let other = Place::with(&a_day()[..4]);
        fs::copy(other.file(".head"), place.file(".head")).unwrap();
    };
    check(other, 5, "added by another hand", AtOpening);
    let foreign = |place: &Place| {
        let other = Place::with(&[query("1", 0), query("2", 1)]);
        fs::copy(other.file(".head"), place.file(".head")).unwrap();
    };
    check(foreign, 2, "the chain was written anew", AtOpening);
}

#[test]
fn an_older_copy_of_the_records_is_found() {
    let restore = |place: &Place| {
        let older = Place::with(&a_day()[..5]);
        fs::copy(older.path(), place.path()).unwrap();
    };
    check(
        restore,
        6,
        "the records end at 5, but there were 9",
        AtOpening,
    );
}

#[test]
fn records_that_are_gone_as_a_whole_are_found_and_not_begun_anew() {
    let remove = |place: &Place| fs::remove_file(place.path()).unwrap();
    check(
        remove,
        0,
        "the file of records is gone: there were 9",
        AtOpening,
    );
    let empty = |place: &Place| fs::write(place.path(), "").unwrap();
    check(empty, 1, "there were 9", AtOpening);
}

/// Found by the fuzzer: a disk that loses the one and spoils the other made a new, empty journal.
#[test]
fn emptied_records_beside_a_spoilt_head_are_found_and_not_begun_anew() {
    let empty_and_spoil = |place: &Place| {
        fs::write(place.path(), "").unwrap();
        fs::write(place.file(".head"), [b'x'; 8192]).unwrap();
    };
    check(empty_and_spoil, 0, "head file cannot be read", AtOpening);
}

#[test]
fn a_file_that_is_no_database_is_found() {
    check(
        |place| fs::write(place.path(), "Dear diary, today").unwrap(),
        1,
        "damaged",
        AtOpening,
    );
    let spoil = |place: &Place| {
        let mut bytes = fs::read(place.path()).unwrap();
        let len = bytes.len();
        bytes[4096..len].fill(0xa5);
        fs::write(place.path(), bytes).unwrap();
    };
    check(spoil, 1, "damaged", AtOpening);
    let other_program = |place: &Place| {
        fs::remove_file(place.path()).unwrap();
        Connection::open(place.path())
            .unwrap()
            .execute_batch("CREATE TABLE song (title TEXT)")
            .unwrap();
    };
    check(other_program, 1, "database of another program", AtOpening);
}

#[test]
fn a_table_that_was_dropped_is_found() {
    check(
        |place| sql(place, "DROP TABLE record"),
        1,
        "no such table",
        AtOpening,
    );
}

#[test]
fn an_index_that_hides_a_record_is_found() {
    // What `list` looks up by could leave a record out although the table still has it.
    let hide = |place: &Place| {
        let connection = Connection::open(place.path()).unwrap();
        connection
            .execute_batch(
                "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = 'CREATE INDEX record_attempt ON record (attempt) WHERE seq < 4'
                 WHERE name = 'record_attempt'; PRAGMA writable_schema = RESET; REINDEX record_attempt;
                 PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = 'CREATE INDEX record_attempt ON record (attempt) WHERE attempt IS NOT NULL'
                 WHERE name = 'record_attempt'; PRAGMA writable_schema = RESET;",
            )
            .unwrap();
    };
    check(hide, 0, "indexes are not", ByVerify);
}
