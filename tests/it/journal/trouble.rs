//! A journal that cannot be written still opens, says why, and tries again at every append.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use coupon_kiosk::journal::history::History;
use coupon_kiosk::redemption::attempt::{JournalTrouble, Outcome, SettledBy};

use super::crash::child_command;
use super::{Place, Writing, a_day, query, settled};

#[test]
fn a_full_disk_is_told_and_each_append_tries_again() {
    let place = Place::new();
    fs::create_dir(place.path().parent().unwrap()).unwrap();
    // The head lies on the device that is always full.
    symlink("/dev/full", place.file(".head")).unwrap();
    let mut writing = place.open();
    assert_eq!(writing.trouble, Some(JournalTrouble::Full));
    assert_eq!(writing.write(&query("1", 0)), Err(JournalTrouble::Full));
    fs::remove_file(place.file(".head")).unwrap();
    assert_eq!(writing.write(&query("1", 0)), Ok(()));
    drop(writing);
    place.assert_whole(1);
}

#[test]
fn a_log_that_cannot_be_made_fails_its_writes_until_it_can() {
    let place = Place::with(&a_day());
    // SQLite follows no link for its log.
    symlink("nowhere", place.file("-wal")).unwrap();
    let mut writing = place.open();
    assert_eq!(writing.trouble, Some(JournalTrouble::Failing));
    let end = settled(3, Outcome::Redeemed, SettledBy::Query, 500);
    assert_eq!(writing.write(&end), Err(JournalTrouble::Failing));
    fs::remove_file(place.file("-wal")).unwrap();
    assert_eq!(writing.write(&end), Ok(()));
    drop(writing);
    place.assert_whole(10);
}

#[test]
fn a_file_that_may_not_grow_fails_its_writes_and_keeps_what_was_there() {
    let place = Place::with(&a_day());
    // 64 blocks of 512 bytes: enough to open, not enough for many records.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""]);
    let child = child_command(shell, &place.path(), "append until it fails")
        .output()
        .unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    let acked = said
        .lines()
        .filter(|line| line.starts_with("acked "))
        .count();
    assert!(
        said.contains("failed Failing") || said.contains("failed Full"),
        "{said}"
    );
    assert!(acked > 0, "{said}");
    place.assert_whole(9 + acked as u64);
    place.add(&[query("1", 600)]);
    place.assert_whole(10 + acked as u64);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_and_a_later_one_is_used() {
    let place = Place::new();
    let folder = place.path().parent().unwrap().to_owned();
    fs::write(&folder, "a file where the folder belongs").unwrap();
    let mut writing = place.open();
    assert_eq!(writing.trouble, Some(JournalTrouble::Failing));
    assert_eq!(writing.write(&query("1", 0)), Err(JournalTrouble::Failing));
    fs::remove_file(&folder).unwrap();
    assert_eq!(writing.write(&query("1", 0)), Ok(()));
    drop(writing);
    place.assert_whole(1);
}

#[test]
fn a_folder_in_the_journals_place_is_told() {
    let place = Place::new();
    fs::create_dir_all(place.path()).unwrap();
    let mut writing = place.open();
    assert_eq!(writing.trouble, Some(JournalTrouble::Failing));
    assert_eq!(writing.write(&query("1", 0)), Err(JournalTrouble::Failing));
}

#[test]
fn a_place_where_nobody_may_write_is_read_only() {
    // Not even root makes folders there.
    let writing = Writing::open(Path::new("/sys/coupon-kiosk/journal.sqlite"));
    assert_eq!(writing.trouble, Some(JournalTrouble::ReadOnly));
    let writing = Writing::open(Path::new("/proc/self/journal.sqlite"));
    assert!(writing.trouble.is_some());
}

#[test]
fn a_read_only_journal_tells_its_attempts_in_doubt_and_can_be_read() {
    let place = Place::with(&a_day());
    let folder = place.path().parent().unwrap().to_owned();
    for name in fs::read_dir(&folder).unwrap() {
        fs::set_permissions(name.unwrap().path(), fs::Permissions::from_mode(0o444)).unwrap();
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    fs::set_permissions(place.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();

    let mut command = Command::new(std::env::current_exe().unwrap());
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        // Rights do not bind root: the child is nobody, and runs a copy that nobody can reach.
        let copy = place.dir.path().join("child");
        fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
        command = Command::new(&copy);
        command.uid(65534).gid(65534).current_dir("/");
    }
    let child = child_command(command, &place.path(), "open and tell")
        .output()
        .unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    for expected in [
        "trouble Some(ReadOnly)",
        "in doubt 1",
        "lines 4",
        "whole true",
        "written Err(ReadOnly)",
    ] {
        assert!(
            said.lines().any(|line| line == expected),
            "{expected}: {said}"
        );
    }
}

#[test]
fn a_damaged_journal_still_tells_its_attempts_in_doubt() {
    let place = Place::with(&a_day());
    fs::remove_file(place.file(".head")).unwrap();
    let writing = place.open();
    assert_eq!(writing.trouble, Some(JournalTrouble::Damaged));
    assert_eq!(writing.in_doubt.len(), 1);
    assert_eq!(
        History::open(&place.path())
            .unwrap()
            .in_doubt()
            .unwrap()
            .len(),
        1
    );
}
