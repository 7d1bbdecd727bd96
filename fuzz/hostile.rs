//! What hostile bytes may not do, one function for each way in. The fuzzer calls them with inputs of its own, and
//! `tests/it/fuzz.rs` with the corpus and its mutations, on the usual toolchain.
//!
//! None may panic; besides, each is held to something that can be found out in another way.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use coupon_kiosk::card::{CardId, Code, EncryptCode};
use coupon_kiosk::config::{self, Environment};
use coupon_kiosk::event::WriteId;
use coupon_kiosk::journal::Journal;
use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::Filter;
use coupon_kiosk::journal::reading::HistoryError;
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::kiosk::clock::tick;
use coupon_kiosk::payload::{Origin, Payload, PaymentCodes};
use coupon_kiosk::redemption::attempt::{
    AttemptIds, Intent, Outcome, QueryRecord, Record, Settled, SettledBy,
};
use coupon_kiosk::redemption::reply::{Ask, Reply, Told};
use coupon_kiosk::scanner;
use coupon_kiosk::ui::wedge::{Typed, Wedge};
use coupon_kiosk::weixin::recording::Player;
use coupon_kiosk::weixin::transport::Raw;
use coupon_kiosk::weixin::wire::{self, Answer};
use coupon_kiosk::weixin::{self, Client};
use eframe::egui::{Event as Input, Key, Modifiers};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

/// A way in.
pub type Target = fn(&[u8]);

/// Every way in by its name.
pub const TARGETS: [(&str, Target); 7] = [
    ("answers", answers),
    ("payloads", payloads),
    ("configurations", configurations),
    ("journals", journals),
    ("recordings", recordings),
    ("keyboards", keyboards),
    ("luma", luma),
];

/// A body with status 200, for every call.
///
/// A consume is done only where the body, read as JSON by itself, says `errcode` 0. What is kept of it holds no openid,
/// and what is shown of it cannot move a reader's cursor.
pub fn answers(body: &[u8]) {
    for is_consume in [false, true] {
        let raw = Raw {
            status: 200,
            body: body.to_vec(),
        };
        let reply = weixin::classified(&raw, is_consume);
        let stripped = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let value: Value = serde_json::from_slice(stripped).unwrap_or(Value::Null);
        let is_zero = value["errcode"] == 0
            || value["errcode"]
                .as_str()
                .and_then(|text| text.trim().parse().ok())
                == Some(0);
        assert_eq!(matches!(reply, Reply::Answered(_)), is_zero);
        if let Reply::Answered(answer) = reply {
            read(&answer);
        }
    }
    drop(Answer::token(body));
    if let Some(kept) = wire::masked(body) {
        check_masked(&kept);
    }
}

fn read(answer: &Answer) {
    let asked = Code::parse("1").unwrap();
    let info = answer.code_info(&asked);
    assert!(info.may_be_redeemed() || info.can_consume != Some(true) || info.status.is_some());
    if let Some(status) = &info.status {
        check_shown(status.wire());
    }
    if let Some(openid) = &info.openid {
        assert!(openid.masked().contains("****"));
        check_shown(openid.masked());
    }
    if let Some(title) = answer.title() {
        check_shown(&title.title);
        check_shown(title.brand.as_deref().unwrap_or_default());
    }
    check_shown(&answer.trace().unwrap_or_default());
    drop(answer.code());
}

/// Neither control characters nor those that turn the direction of what follows.
fn check_shown(text: &str) {
    let is_harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(text.chars().all(is_harmless), "{text:?}");
    assert!(text.chars().count() <= 200);
}

fn check_masked(kept: &Value) {
    match kept {
        Value::Object(fields) => {
            for (key, field) in fields {
                let name = key.to_ascii_lowercase();
                if name.ends_with("openid") {
                    assert!(
                        field.is_null() || field.as_str().is_some_and(|id| id.contains("****"))
                    );
                } else if name == "access_token" {
                    assert_eq!(field, "***");
                } else {
                    check_masked(field);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(check_masked),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A text before the lens.
///
/// No digits of a payment code are taken for a coupon's, and a code that is read again is the same code.
pub fn payloads(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    let head: u32 = digits
        .get(..2)
        .and_then(|head| head.parse().ok())
        .unwrap_or(0);
    let pays = is_number
        && matches!(
            (digits.len(), head),
            (18, 10..=15) | (16..=24, 25..=30) | (19, 62)
        );
    for payment_codes in [PaymentCodes::Refused, PaymentCodes::TakenAsCodes] {
        match Payload::parse(&text, payment_codes) {
            Payload::Code { code, card_id } => {
                assert!(!pays || payment_codes == PaymentCodes::TakenAsCodes);
                assert!((1..=32).contains(&code.as_str().len()));
                assert!(code.as_str().bytes().all(|b| b.is_ascii_graphic()));
                assert_eq!(Code::parse(&code.grouped()).as_ref(), Ok(&code));
                if let Some(card_id) = card_id {
                    assert_eq!(CardId::parse(card_id.as_str()), Ok(card_id));
                }
            }
            Payload::Link { encrypt_code, .. } => {
                assert_eq!(
                    EncryptCode::parse(encrypt_code.as_str()).as_ref(),
                    Ok(&encrypt_code)
                );
            }
            Payload::PaymentCode(_) => assert_eq!(payment_codes, PaymentCodes::Refused),
            Payload::NotACoupon(_) => assert!(!pays),
        }
    }
}

/// A configuration's file.
///
/// It holds or its mistakes are told, each on a line that the file has.
pub fn configurations(bytes: &[u8]) {
    let folder = folder();
    let path = folder.path().join("kiosk.toml");
    fs::write(&path, bytes).unwrap();
    let home = folder.path().as_os_str().to_owned();
    let loaded = config::load(Some(&path), &Environment::of([("HOME", home)]));
    let is_wrong = loaded
        .mistakes
        .iter()
        .any(|mistake| mistake.weight == config::Weight::Mistake);
    assert_ne!(loaded.config.is_some(), is_wrong, "{:?}", loaded.mistakes);
    let lines = bytes.split(|byte| *byte == b'\n').count();
    for mistake in &loaded.mistakes {
        assert!(
            mistake
                .origin
                .line()
                .is_none_or(|line| (1..=lines).contains(&line))
        );
        assert!(!mistake.wrong.is_empty() && !mistake.instead.is_empty());
    }
}

/// A journal whose files were changed here and there.
///
/// The bytes are changes, five each: which file, where, and what to. Whatever was done, a journal that is called whole has
/// the very records that were written; and one that takes a further record has it.
pub fn journals(changes: &[u8]) {
    let folder = folder();
    let path = folder.path().join("journal.sqlite");
    let (files, written) = &*MADE;
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    for change in changes.chunks_exact(5).take(64) {
        let file = if change[0].is_multiple_of(4) {
            "journal.sqlite.head"
        } else {
            "journal.sqlite"
        };
        let file = folder.path().join(file);
        let mut bytes = fs::read(&file).unwrap();
        let at = usize::from(u16::from_be_bytes([change[1], change[2]])) % bytes.len().max(1);
        match change[3] {
            0 => bytes.truncate(at),
            1 => bytes.extend_from_slice(&change[4..].repeat(at)),
            _ if bytes.is_empty() => {}
            2 => bytes[at] = bytes[at].wrapping_add(1),
            _ => bytes[at] = change[4],
        }
        fs::write(&file, bytes).unwrap();
    }
    let listed = History::open(&path).and_then(|history| history.list(&Filter::default()));
    drop(listed);
    // Two empty files are a journal that was never written to: nothing tells it from one that was emptied.
    let head = fs::read(folder.path().join("journal.sqlite.head")).unwrap();
    let is_blank = head.iter().take(4096).all(|byte| matches!(byte, b' ' | 0));
    let is_new = is_blank && fs::metadata(&path).unwrap().len() == 0;
    if !is_new && matches!(verify(&path), Ok(Verdict::Whole(_))) {
        assert_eq!(records(&path).unwrap(), *written);
    }
    // An old record that was changed is `verify`'s to find, and may be past reading.
    if append(&path, &query(99)).is_some()
        && let Ok(after) = records(&path)
    {
        assert!(
            after
                .last()
                .is_some_and(|last| last.contains("1970-01-01T00:01:39Z"))
        );
    }
}

/// The files of a journal by their names, and its records as text.
type Made = (Vec<(&'static str, Vec<u8>)>, Vec<String>);

/// Made once.
static MADE: LazyLock<Made> = LazyLock::new(|| {
    let folder = folder();
    let written = made(&folder.path().join("journal.sqlite"));
    let files = ["journal.sqlite", "journal.sqlite.head"];
    let read = |name| (name, fs::read(folder.path().join(name)).unwrap());
    (files.map(read).to_vec(), written)
});

/// In memory, where fsync costs nothing, if there is such a place.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// A journal with a look-up, an attempt that ended and one that did not; its records as text.
fn made(path: &Path) -> Vec<String> {
    let mut ids = AttemptIds::new([7; 16]);
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    let mut intent = |code: &str, seconds: i64| {
        let body = r#"{"errcode":0,"user_card_status":"NORMAL","can_consume":true}"#;
        let code = Code::parse(code).unwrap();
        Intent {
            attempt: ids.next(at(seconds)),
            at: at(seconds),
            info: Answer::parse(body.as_bytes()).unwrap().code_info(&code),
            code,
            card_id: None,
            looked_up_at: at(seconds),
            clerk: None,
            desk: None,
            title: None,
            origin: Origin::Desk,
        }
    };
    let (ended, open) = (intent("409632457895", 2), intent("409632457896", 4));
    let settled = Settled {
        attempt: ended.attempt,
        at: at(3),
        outcome: Outcome::Redeemed,
        by: Some(SettledBy::Reply),
        errcode: Some(0),
        status: None,
        answer: None,
    };
    let all = [
        query(1),
        Record::Intent(ended),
        Record::Settled(settled),
        Record::Intent(open),
    ];
    let opened = Journal::open(path, |_, result| result.unwrap()).unwrap();
    for (number, record) in (0..).zip(all) {
        opened.journal.append(WriteId(number), record).unwrap();
    }
    drop(opened);
    records(path).unwrap()
}

fn query(seconds: i64) -> Record {
    Record::Query(QueryRecord {
        at: Timestamp::from_second(seconds).unwrap(),
        code: Code::parse("409632457895").ok(),
        card_id: None,
        outcome: Outcome::Queried,
        errcode: None,
        info: None,
        answer: None,
        clerk: None,
        origin: Origin::Desk,
    })
}

fn records(path: &Path) -> Result<Vec<String>, HistoryError> {
    let mut texts = Vec::new();
    History::open(path)?.each(|entry| {
        texts.push(serde_json::to_string(&entry.record).unwrap());
        Ok::<(), HistoryError>(())
    })?;
    Ok(texts)
}

/// Whether a record was taken.
fn append(path: &Path, record: &Record) -> Option<()> {
    let (sender, reported) = std::sync::mpsc::sync_channel(1);
    let opened = Journal::open(path, move |_, result| sender.send(result).unwrap()).ok()?;
    opened.journal.append(WriteId(1), record.clone()).ok()?;
    reported.recv().unwrap().ok()
}

/// Too short for asking a busy Weixin again.
const A_MOMENT: Duration = Duration::from_millis(100);

/// A file of a recording, played to every call.
pub fn recordings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(player) = Player::new([&*text]) else {
        return;
    };
    let client = Client::recorded(player);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let code = Code::parse("409632457895").unwrap();
    let card_id = CardId::parse("pCARD").ok();
    let consume = || Ask::Consume {
        code: code.clone(),
        card_id: card_id.clone(),
    };
    let asks = [
        Ask::Decrypt(EncryptCode::parse("sealed").unwrap()),
        Ask::Query {
            code: code.clone(),
            card_id: card_id.clone(),
            check_consume: false,
        },
        Ask::Title(CardId::parse("pCARD").unwrap()),
        consume(),
        consume(),
    ];
    let mut consumed = 0;
    for ask in asks {
        let told = runtime.block_on(client.exchange(ask, A_MOMENT)).told;
        consumed += usize::from(matches!(told, Told::Consume(Reply::Answered(()))));
    }
    assert!(consumed <= 1, "a code was consumed twice");
}

/// Bursts of a keyboard: two bytes each, what comes and how long after the one before.
///
/// Nothing that was typed is told twice, and what a scanner typed is bounded.
pub fn keyboards(bytes: &[u8]) {
    let mut wedge = Wedge::default();
    let mut now = tick();
    let (mut typed_in, mut typed_out) = (0, 0);
    let mut told = |typed: Typed| match typed {
        Typed::Scanned(text) => {
            assert!((3..=4096).contains(&text.chars().count()) && text.len() <= 4096);
            typed_out += text.len();
        }
        Typed::ByHand(text) => {
            assert!(!text.is_empty());
            typed_out += text.len();
        }
        Typed::TooLong | Typed::Delete | Typed::Paste => {}
    };
    for pair in bytes.chunks_exact(2) {
        now += Duration::from_millis(u64::from(pair[1]) * 2);
        wedge.pause(now).into_iter().for_each(&mut told);
        let key = |key| Input::Key {
            key,
            physical_key: None,
            pressed: pair[1].is_multiple_of(2),
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let event = match pair[0] {
            0 => key(Key::Enter),
            1 => key(Key::Tab),
            2 => key(Key::Space),
            3 => key(Key::Backspace),
            4 => key(Key::Escape),
            5 => Input::Text("\u{202e}\u{0}卡".repeat(usize::from(pair[1]))),
            byte => Input::Text(char::from(byte).to_string()),
        };
        if let Input::Text(text) = &event {
            typed_in += text.len();
        }
        // A space that comes without its text.
        typed_in += usize::from(pair[0] == 2 && pair[1].is_multiple_of(2));
        let (kept, typed) = wedge.sift(vec![event], now);
        assert!(kept.len() <= 1);
        typed.into_iter().for_each(&mut told);
    }
    now += Duration::from_secs(1);
    wedge.pause(now).into_iter().for_each(&mut told);
    assert!(!wedge.is_busy());
    assert!(typed_out <= typed_in, "{typed_out} of {typed_in}");
}

/// A picture of any size and content, looked at as a frame of a camera and as a still one.
///
/// What is read is a text of a kind that was looked for, and its corners are not far outside of the picture.
pub fn luma(bytes: &[u8]) {
    for found in scanner::scan_bytes(bytes) {
        assert!(!found.text.is_empty());
        // At most 1023 pixels wide; a net may reach over the edge by what it makes up.
        let is_near = |at: i32| (-2048..1 << 24).contains(&at);
        assert!(found.corners.iter().flatten().all(|&at| is_near(at)));
    }
}
