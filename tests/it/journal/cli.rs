//! `journal list|show|verify|export` as people and scripts see them.

use std::fs;
use std::path::Path;

use clap::Parser;
use coupon_kiosk::cli::journal::{Args, run};
use coupon_kiosk::redemption::attempt::{Outcome, QueryRecord, Record};
use expect_test::{Expect, expect};
use jiff::tz::{Offset, TimeZone};

use super::{Place, a_day, at, attempt};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    args: Args,
}

/// What `journal ...` prints, and its exit code; an error is its sentence and 2.
fn journal(path: &Path, args: &[&str]) -> (u8, String) {
    let is_json = args.contains(&"--json");
    let args = std::iter::once(&"journal").chain(args.iter().filter(|arg| **arg != "--json"));
    let cli = Cli::try_parse_from(args).unwrap();
    let mut out = Vec::new();
    let time_zone = TimeZone::fixed(Offset::constant(8));
    match run(&cli.args, path, &time_zone, is_json, &mut out) {
        Ok(code) => (code, String::from_utf8(out).unwrap()),
        Err(error) => (2, format!("{error}\n")),
    }
}

fn check(path: &Path, args: &[&str], code: u8, expected: &Expect) {
    let (exit, said) = journal(path, args);
    expected.assert_eq(&said);
    assert_eq!(exit, code);
}

#[test]
fn list_is_a_table_in_the_stores_time_with_whole_codes() {
    let place = Place::with(&a_day());
    check(
        &place.path(),
        &["list"],
        0,
        &expect![[r#"
        time                 kind     code            outcome   by     errcode  clerk  desk    card_id                       id
        2026-11-23 11:20:00  query    2030 0123 4567  queried          0                       pjZ8Yt1XGILfi-FUsewpnnolGgZk  q1
        2026-11-23 11:20:05  attempt  2030 0123 4567  redeemed  reply  0        王芳   desk 1  pjZ8Yt1XGILfi-FUsewpnnolGgZk  01a2066a-eb00-7925-ac25-412cc3f2ad20
        2026-11-23 11:21:00  attempt  4096 3245 7895  redeemed  query  0        王芳   desk 1  pjZ8Yt1XGILfi-FUsewpnnolGgZk  01a2066a-eb00-7022-9889-cc880a078587
        2026-11-23 11:21:40  attempt  PK0000397757    in_doubt                  王芳   desk 1  pjZ8Yt1XGILfi-FUsewpnnolGgZk  01a2066a-eb00-7be5-929e-7015b6b2180f
    "#]],
    );
    check(
        &place.path(),
        &["list", "--last", "1"],
        0,
        &expect![[r#"
        time                 kind     code          outcome   clerk  desk    card_id                       id
        2026-11-23 11:21:40  attempt  PK0000397757  in_doubt  王芳   desk 1  pjZ8Yt1XGILfi-FUsewpnnolGgZk  01a2066a-eb00-7be5-929e-7015b6b2180f
    "#]],
    );
    check(
        &place.path(),
        &["list", "--code", "999"],
        0,
        &expect![[r#"
            No attempt and no look-up.
        "#]],
    );
}

#[test]
fn list_json_is_one_object_a_line_with_absent_facts_null() {
    let place = Place::with(&a_day());
    check(
        &place.path(),
        &["list", "--json"],
        0,
        &expect![[r#"
            {"id":"q1","kind":"query","at":"2026-11-23T03:20:00Z","code":"203001234567","card_id":"pjZ8Yt1XGILfi-FUsewpnnolGgZk","outcome":"queried","settled_by":null,"errcode":0,"clerk":null,"desk":null,"remark":null,"mistake":false,"override":null,"witnessed":false}
            {"id":"01a2066a-eb00-7925-ac25-412cc3f2ad20","kind":"attempt","at":"2026-11-23T03:20:05Z","code":"203001234567","card_id":"pjZ8Yt1XGILfi-FUsewpnnolGgZk","outcome":"redeemed","settled_by":"reply","errcode":0,"clerk":"王芳","desk":"desk 1","remark":null,"mistake":false,"override":null,"witnessed":false}
            {"id":"01a2066a-eb00-7022-9889-cc880a078587","kind":"attempt","at":"2026-11-23T03:21:00Z","code":"409632457895","card_id":"pjZ8Yt1XGILfi-FUsewpnnolGgZk","outcome":"redeemed","settled_by":"query","errcode":0,"clerk":"王芳","desk":"desk 1","remark":null,"mistake":false,"override":null,"witnessed":false}
            {"id":"01a2066a-eb00-7be5-929e-7015b6b2180f","kind":"attempt","at":"2026-11-23T03:21:40Z","code":"PK0000397757","card_id":"pjZ8Yt1XGILfi-FUsewpnnolGgZk","outcome":"in_doubt","settled_by":null,"errcode":null,"clerk":"王芳","desk":"desk 1","remark":null,"mistake":false,"override":null,"witnessed":false}
        "#]],
    );
    check(
        &place.path(),
        &["list", "--json", "--code", "999"],
        0,
        &expect![[r""]],
    );
}

#[test]
fn days_are_the_stores() {
    let place = Place::new();
    let late = |seconds| {
        Record::Query(QueryRecord {
            at: at(seconds),
            code: None,
            card_id: None,
            outcome: Outcome::Unreachable,
            errcode: None,
            info: None,
            answer: None,
            clerk: None,
            origin: coupon_kiosk::payload::Origin::Desk,
        })
    };
    // 2026-11-23 11:20 in the store; 12 h 40 min later the next day begins there, at 16:00 UTC.
    place.add(&[late(0), late(45_599), late(45_600)]);
    let ids = |args: &[&str]| journal(&place.path(), args).1.matches("\"id\"").count();
    assert_eq!(ids(&["list", "--json", "--to", "2026-11-23"]), 2);
    assert_eq!(ids(&["list", "--json", "--from", "2026-11-24"]), 1);
    assert_eq!(
        ids(&[
            "list",
            "--json",
            "--from",
            "2026-11-23",
            "--to",
            "2026-11-24",
            "--outcome",
            "unreachable"
        ]),
        3
    );
    assert_eq!(ids(&["list", "--json", "--outcome", "set_up"]), 0);
}

#[test]
fn show_tells_the_whole_story_of_an_attempt() {
    let place = Place::with(&a_day());
    check(
        &place.path(),
        &["show", &attempt(2).to_string()],
        0,
        &expect![[r#"
            2026-11-23 11:21:00  intent  (record 4)
                attempt           01a2066a-eb00-7022-9889-cc880a078587
                code to consume   4096 3245 7895
                clerk             王芳
                desk              desk 1
                looked up at      2026-11-23 11:20:57
                told: code        4096 3245 7895
                told: card_id     pjZ8Yt1XGILfi-FUsewpnnolGgZk
                told: status      NORMAL
                told: consumable  yes
                told: valid from  2026-11-22
                told: valid to    2026-11-24
                told: openid      oFS7****rA
                hash              6cee1a4349cb3331305499bc51a5b9f6bb07c3eeda601c19803f95cb66cd2449
            2026-11-23 11:21:01  resend  (record 5)
                errcode           42001
                hash              f3d37145d0b6d9fb227bd8f0972dec12897238f3833028b2da7f009769511566
            2026-11-23 11:21:15  probe  (record 6)
                user_card_status  NORMAL
                errcode           0
                hash              0ea8f84ef5df4bd0a5bc34dda967691c64d60726c47f4bcafeac4f6d68c15367
            2026-11-23 11:21:35  settled  (record 7)
                outcome           redeemed
                settled_by        query
                errcode           0
                hash              f549625518c3375854f80d2ee5d2b4002a86a9101412ac1a4c6b5f17b8bde2bc
        "#]],
    );
    check(
        &place.path(),
        &["show", "q1"],
        0,
        &expect![[r#"
        2026-11-23 11:20:00  query  (record 1)
            outcome           queried
            code              2030 0123 4567
            errcode           0
            told: code        2030 0123 4567
            told: card_id     pjZ8Yt1XGILfi-FUsewpnnolGgZk
            told: status      NORMAL
            told: consumable  yes
            told: valid from  2026-11-22
            told: valid to    2026-11-24
            told: openid      oFS7****rA
            answer            {"errcode":0,"errmsg":"ok"}
            hash              e3b98d5ab8ff31ab514f635c0891d48dafbfe976a674944fd1de661a30551d61
    "#]],
    );
    check(
        &place.path(),
        &["show", "--json", &attempt(1).to_string()],
        0,
        &expect![[r#"
            {"seq":2,"hash":"5ec2eafcdaf9b595fecdbd3726b7bd1f8fbd5fd8431604fe1165241d3dc74534","record":{"kind":"intent","attempt":"01a2066a-eb00-7925-ac25-412cc3f2ad20","at":"2026-11-23T03:20:05Z","code":"203001234567","card_id":null,"info":{"code":"203001234567","card_id":"pjZ8Yt1XGILfi-FUsewpnnolGgZk","validity":{"begin":"2026-11-22T03:20:00Z","end":"2026-11-24T03:20:00Z"},"openid":"oFS7****rA","can_consume":true,"status":"NORMAL"},"looked_up_at":"2026-11-23T03:20:02Z","clerk":"王芳","desk":"desk 1"}}
            {"seq":3,"hash":"f4d8c98456bc871b9e5cad888e4186d5004f0361babe26bab9630fc4a96f45e9","record":{"kind":"settled","attempt":"01a2066a-eb00-7925-ac25-412cc3f2ad20","at":"2026-11-23T03:20:06Z","outcome":"redeemed","by":"reply","errcode":0,"status":null,"answer":null}}
        "#]],
    );
    check(
        &place.path(),
        &["show", "q9"],
        1,
        &expect![[r#"
        Nothing in the journal has the id q9. `journal list` prints the ids.
    "#]],
    );
    check(
        &place.path(),
        &["show", "q9", "--json"],
        1,
        &expect![[r#"
        {"error":"not found","id":"q9"}
    "#]],
    );
}

#[test]
fn verify_says_whole_or_where_it_is_broken() {
    let place = Place::with(&a_day());
    check(
        &place.path(),
        &["verify"],
        0,
        &expect![[r#"
        The journal is whole: 9 records, the newest with the hash 14a17a22c491626a1b7c5c20bca5036b2a8107a503f41e541ee62728e6a40236.
    "#]],
    );
    check(
        &place.path(),
        &["verify", "--json"],
        0,
        &expect![[r#"
        {"hash":"14a17a22c491626a1b7c5c20bca5036b2a8107a503f41e541ee62728e6a40236","ok":true,"records":9}
    "#]],
    );
    fs::remove_file(place.file(".head")).unwrap();
    check(
        &place.path(),
        &["verify"],
        1,
        &expect![[r#"
        The journal is broken: the head file is missing, and there are 9 records.
    "#]],
    );
    check(
        &place.path(),
        &["verify", "--json"],
        1,
        &expect![[r#"
        {"error":"the head file is missing, and there are 9 records","ok":false,"position":0}
    "#]],
    );
}

#[test]
fn a_journal_that_does_not_exist_is_named_and_exit_2() {
    let sentence = expect![[r"
        there is no journal at /nowhere/journal.sqlite: nothing was written there yet, or `path` under [journal] names another place
    "]];
    for args in [
        &["list"][..],
        &["show", "q1"],
        &["verify"],
        &["export"],
        &["list", "--json"],
    ] {
        check(Path::new("/nowhere/journal.sqlite"), args, 2, &sentence);
    }
}

#[test]
fn an_empty_journal_lists_nothing() {
    let place = Place::with(&[]);
    check(
        &place.path(),
        &["list"],
        0,
        &expect![[r#"
        No attempt and no look-up.
    "#]],
    );
    check(&place.path(), &["list", "--json"], 0, &expect![[r""]]);
    assert_eq!(journal(&place.path(), &["verify"]).0, 0);
}

#[test]
fn export_is_csv_json_or_the_bare_records() {
    let place = Place::with(&a_day());
    let (code, csv) = journal(&place.path(), &["export"]);
    assert_eq!(
        (code, csv.matches("\r\n").count()),
        (0, csv.matches('\n').count())
    );
    expect![[r#"
        id,kind,at,code,card_id,outcome,settled_by,errcode,clerk,desk,remark,mistake,override,witnessed
        q1,query,2026-11-23T11:20:00+08:00,203001234567,pjZ8Yt1XGILfi-FUsewpnnolGgZk,queried,,0,,,,false,,false
        01a2066a-eb00-7925-ac25-412cc3f2ad20,attempt,2026-11-23T11:20:05+08:00,203001234567,pjZ8Yt1XGILfi-FUsewpnnolGgZk,redeemed,reply,0,王芳,desk 1,,false,,false
        01a2066a-eb00-7022-9889-cc880a078587,attempt,2026-11-23T11:21:00+08:00,409632457895,pjZ8Yt1XGILfi-FUsewpnnolGgZk,redeemed,query,0,王芳,desk 1,,false,,false
        01a2066a-eb00-7be5-929e-7015b6b2180f,attempt,2026-11-23T11:21:40+08:00,PK0000397757,pjZ8Yt1XGILfi-FUsewpnnolGgZk,in_doubt,,,王芳,desk 1,,false,,false
    "#]].assert_eq(&csv.replace('\r', ""));
    let lines = journal(&place.path(), &["list", "--json"]);
    assert_eq!(journal(&place.path(), &["export", "--json"]), lines);
    assert_eq!(
        journal(&place.path(), &["export", "--format", "json"]),
        lines
    );
    assert!(
        journal(&place.path(), &["export", "--bom"])
            .1
            .starts_with("\u{feff}id,kind,")
    );
    let (code, records) = journal(&place.path(), &["export", "--format", "records"]);
    assert_eq!((code, records.lines().count()), (0, 9));
    assert!(records.starts_with(r#"{"seq":1,"hash":""#), "{records}");
    assert_eq!(
        journal(
            &place.path(),
            &["export", "--format", "records", "--code", "1"]
        )
        .0,
        2
    );
}
