//! What was recorded from a live server replays to the same screens.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use coupon_kiosk::card::Code;
use coupon_kiosk::cli::terminal::Page;
use coupon_kiosk::event::{Event, LookUpId, Touch};
use coupon_kiosk::payload::{Origin, Payload};
use coupon_kiosk::redemption::attempt::{AttemptIds, Outcome};
use coupon_kiosk::redemption::{Command, Moment, Redemption, Rules};
use coupon_kiosk::screen::Stage;
use coupon_kiosk::weixin::recording::Player;
use coupon_kiosk::weixin::token::TokenSource;
use coupon_kiosk::weixin::{Client, Settings};
use coupon_kiosk::wording::{Language, Wording};
use jiff::tz::TimeZone;

use crate::platform::{Fault, OPENID, Odd, Platform, TOKEN};
use crate::support::{APP_SECRET, Desk};

const CODE: &str = "409632457895";

/// One redemption by hand: every exchange is awaited where it is asked for and the clock is moved, never waited for, so
/// that the order of the screens hangs on nothing but the answers.
struct Hand {
    machine: Redemption,
    client: Client,
    now: Moment,
    wording: Wording,
    pages: Vec<String>,
    commands: VecDeque<Command>,
    confirmed: Vec<LookUpId>,
}

impl Hand {
    fn with(client: Client) -> Self {
        let rules = Rules {
            timeout: Duration::from_secs(1),
            doubt: Duration::from_secs(1),
            custom_code: Vec::new(),
            honoured: Vec::new(),
            desk: None,
        };
        let now = Moment {
            tick: tokio::time::Instant::now().into_std(),
            wall: "2026-05-06T02:00:00Z".parse().unwrap(),
        };
        let ids = AttemptIds::new([7; 16]);
        Self {
            machine: Redemption::new(rules, ids, Vec::new(), None, now),
            client,
            now,
            wording: Wording::new(Language::En),
            pages: Vec::new(),
            commands: VecDeque::new(),
            confirmed: Vec::new(),
        }
    }

    fn event(&mut self, event: Event) {
        self.machine.handle_event(event, self.now);
        self.look();
    }

    /// Draws what is to be seen, and takes up what is to be done.
    fn look(&mut self) {
        let page = Page {
            wording: &self.wording,
            time_zone: &TimeZone::UTC,
            now: self.now.wall,
        };
        self.pages.push(page.draw(&self.machine.screen()));
        self.pages.dedup();
        while let Some(command) = self.machine.poll_command() {
            self.commands.push_back(command);
        }
    }

    async fn carry_out(&mut self, command: Command) {
        match command {
            Command::Journal { write, .. } => self.event(Event::Journaled {
                write,
                result: Ok(()),
            }),
            Command::Exchange {
                exchange,
                ask,
                limit,
            } => {
                let exchanged = self.client.exchange(ask, limit).await;
                self.event(Event::Replied {
                    exchange,
                    told: exchanged.told,
                    answer: exchanged.answer,
                    sent_after: None,
                });
            }
        }
    }

    /// From the code to an outcome that nobody doubts, the review confirmed on the way.
    async fn redeem(&mut self) -> Outcome {
        let code = Code::parse(CODE).unwrap();
        let payload = Payload::Code {
            code,
            card_id: None,
        };
        self.event(Event::Payload(payload, Origin::Desk));
        for _ in 0..100 {
            if let Some(command) = self.commands.pop_front() {
                self.carry_out(command).await;
                continue;
            }
            match self.machine.screen().stage {
                Stage::Review(review) if !self.confirmed.contains(&review.look_up) => {
                    self.confirmed.push(review.look_up);
                    self.event(Event::Touch(Touch::Confirm(review.look_up)));
                }
                Stage::Finished(finished) if finished.outcome != Outcome::InDoubt => {
                    return finished.outcome;
                }
                Stage::Idle | Stage::Working(_) | Stage::Review(_) | Stage::Finished(_) => {
                    let at = self.machine.poll_timeout().unwrap().max(self.now.tick);
                    self.now.wall += at - self.now.tick;
                    self.now.tick = at;
                    self.machine.handle_timeout(self.now);
                    self.look();
                }
            }
        }
        panic!("it comes to no end: {:?}", self.pages);
    }
}

fn played(client: Client) -> (Outcome, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut hand = Hand::with(client);
        let outcome = hand.redeem().await;
        (outcome, hand.pages)
    })
}

fn replayed(recording: &Path) -> (Outcome, Vec<String>) {
    played(Client::recorded(Player::open(recording).unwrap()))
}

fn recording_client(platform: &Platform, desk: &Desk, recording: &Path) -> Client {
    let settings = Settings {
        base_url: format!("http://{}", platform.address()).parse().unwrap(),
        proxy: None,
        ca_file: None,
        token: TokenSource::StableToken {
            appid: "wx0123".to_owned(),
            secret_file: desk.path("secret"),
        },
        record: Some(recording.to_owned()),
        hide: |_secret| {},
    };
    Client::new(&settings).unwrap()
}

/// Nothing in a recording may be used or traced to a person.
fn check_bare(recording: &Path) {
    let mut files = 0;
    for entry in std::fs::read_dir(recording).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for secret in [TOKEN, APP_SECRET, OPENID, "\"access_token\"", "wx0123"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        files += 1;
    }
    assert!(files > 0, "nothing was recorded");
}

fn check(status: &'static str, faults: &[Fault], end: Outcome) {
    let platform = Platform::with(&[(CODE, status)]);
    platform.fail(faults);
    check_replay(&platform, end, &format!("{status} {faults:?}"));
}

fn check_odd(call: &'static str, odd: &Odd, end: Outcome) {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    platform.answer_oddly(call, odd.clone());
    check_replay(&platform, end, &format!("{call} {odd:?}"));
}

fn check_replay(platform: &Platform, end: Outcome, what: &str) {
    platform.entitle("Free coffee");
    let desk = Desk::of(platform);
    let recording = desk.path("recording");
    let live = played(recording_client(platform, &desk, &recording));
    assert_eq!(live.0, end, "{what}");
    assert!(live.1.len() > 1, "{what}: {:?}", live.1);
    check_bare(&recording);
    assert_eq!(replayed(&recording), live, "{what}");
}

#[test]
fn redeemed_refused_and_renewed_tokens_replay_to_the_same_screens() {
    check("NORMAL", &[], Outcome::Redeemed);
    check("CONSUMED", &[], Outcome::AlreadyRedeemed);
    check("EXPIRE", &[], Outcome::Refused);
    check("NORMAL", &[Fault::WrongKind], Outcome::Refused);
    check("NORMAL", &[Fault::TokenExpired], Outcome::Redeemed);
}

#[test]
fn answers_that_were_lost_replay_to_the_same_screens() {
    for fault in [
        Fault::DropAfter,
        Fault::BusyAfter,
        Fault::GatewayAfter,
        Fault::GarbageAfter,
        Fault::HangAfter,
    ] {
        check("NORMAL", &[fault], Outcome::Redeemed);
    }
    check("NORMAL", &[Fault::DropBefore], Outcome::NotRedeemed);
    let (consume, endless) = ("/card/code/consume", Odd::EndlessBody);
    check_odd(consume, &endless, Outcome::Redeemed);
}

#[test]
fn a_weixin_that_could_not_be_asked_replays_to_the_same_screens() {
    for (call, odd) in [
        ("/cgi-bin/stable_token", Odd::Resets),
        ("/cgi-bin/stable_token", Odd::Stalls),
        ("/card/code/get", Odd::Stalls),
        ("/card/code/get", Odd::Status(502)),
    ] {
        check_odd(call, &odd, Outcome::Unreachable);
    }
    let refused = br#"{"errcode":40164,"errmsg":"invalid ip rid: 1-2-3"}"#.to_vec();
    let refused = Odd::Body(refused);
    check_odd("/cgi-bin/stable_token", &refused, Outcome::SetUp);
}

/// The pages that a person reads: the review and the outcomes, without the count of an attempt in doubt's look-ups.
fn read<'a>(pages: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut read: Vec<String> = pages
        .filter(|page| page.starts_with("=="))
        .map(|page| {
            let lines = page.lines().filter(|line| !line.starts_with("? "));
            // How many days are left hangs on the day on which it is read.
            let lines = lines.map(|line| line.split(" (").next().unwrap());
            lines.collect::<Vec<_>>().join("\n")
        })
        .collect();
    read.dedup();
    read
}

fn run_recorded(desk: &Desk, recording: &Path) -> (i32, Vec<String>) {
    let recording = recording.to_str().unwrap();
    let args = [
        "redeem", "--yes", "--code", CODE, "--lang", "en", "--record", recording,
    ];
    let output = desk.command(&args).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    (
        output.status.code().unwrap(),
        read(stdout.split("\n\n").map(str::trim)),
    )
}

#[test]
fn what_the_program_recorded_replays_to_the_pages_that_it_printed() {
    for (status, faults, exit) in [
        ("NORMAL", &[][..], 0),
        ("CONSUMED", &[][..], 1),
        ("NORMAL", &[Fault::WrongKind][..], 1),
        ("NORMAL", &[Fault::TokenExpired][..], 0),
        ("NORMAL", &[Fault::DropAfter][..], 0),
    ] {
        let platform = Platform::with(&[(CODE, status)]);
        platform.fail(faults);
        let desk = Desk::of(&platform);
        let (ended, printed) = run_recorded(&desk, &desk.path("recording"));
        assert_eq!(ended, exit, "{status} {faults:?}");
        check_bare(&desk.path("recording"));
        let (_, pages) = replayed(&desk.path("recording"));
        let again = read(pages.iter().map(String::as_str));
        assert_eq!(again, printed, "{status} {faults:?}");
    }
}

#[test]
fn a_second_run_into_the_same_folder_goes_on_with_the_story() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    let (first, _) = run_recorded(&desk, &desk.path("recording"));
    // Another desk: the same one would know the coupon as its own.
    let other = Desk::of(&platform);
    let (second, printed) = run_recorded(&other, &desk.path("recording"));
    assert_eq!((first, second), (0, 1));
    let client = Client::recorded(Player::open(&desk.path("recording")).unwrap());
    let (outcome, _) = played(client.clone());
    assert_eq!(outcome, Outcome::Redeemed);
    let (outcome, pages) = played(client);
    assert_eq!(outcome, Outcome::AlreadyRedeemed);
    assert_eq!(read(pages.iter().map(String::as_str)), printed);
}
