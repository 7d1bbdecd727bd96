//! Real crashes: the program is killed at any moment of its work, started again, and reconciled; then the platform's, the
//! journal's and the screen's book are compared. `./dev crash 1000` makes a long round of it.

mod books;
mod clock;
mod disk;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;
use std::time::Duration;

use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::kiosk::clock::tick;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::chance::Chance;
use crate::platform::{Fault, Moment, OPENID, Platform, TOKEN};
use crate::redeem::everything_written;
use crate::support::{APP_SECRET, Desk, Ended};
use books::{PlatformBook, differences, read_journal};

/// What may go wrong with a consume in a round, besides the killing; most rounds are well.
const FAULTS: [Option<Fault>; 16] = [
    None,
    None,
    None,
    None,
    None,
    None,
    Some(Fault::DropBefore),
    Some(Fault::DropAfter),
    Some(Fault::BusyBefore),
    Some(Fault::BusyAfter),
    Some(Fault::GatewayBefore),
    Some(Fault::GatewayAfter),
    Some(Fault::HalfAfter),
    Some(Fault::GarbageAfter),
    Some(Fault::TokenExpired),
    Some(Fault::Unlisted),
];

const MOMENTS: [Moment; 4] = [
    Moment::Asked,
    Moment::Sent,
    Moment::Decided,
    Moment::Answered,
];

/// After so many rounds what is in doubt is reconciled, so that not every start has hundreds to ask about.
const ROUNDS_OF_A_DAY: usize = 40;

/// How a round ends.
#[derive(Clone, Copy)]
enum Death {
    /// After a time that begins with the start.
    After(Duration),
    /// While the platform waits at this moment.
    At(Moment),
    /// Not at all.
    None,
}

/// What a desk's rounds came to.
#[derive(Default)]
struct Tally {
    rounds: usize,
    kills: usize,
    /// Where the redemption stood that was killed.
    stages: BTreeMap<&'static str, usize>,
    differences: Vec<String>,
}

/// A desk, its platform, and the screen's book.
struct Rounds {
    desk: Desk,
    platform: Platform,
    chance: Chance,
    /// Whom the platform is to kill, and when.
    marked: Arc<Mutex<Option<(Moment, Pid)>>>,
    /// What the platform saw that may never be.
    seen: Arc<Mutex<Vec<String>>>,
    said: Vec<Value>,
    codes: Vec<String>,
    /// How long a run takes that nobody kills.
    span: Duration,
    tally: Tally,
}

impl Rounds {
    fn new(chance: Chance) -> Self {
        let platform = Platform::with(&[]);
        let desk = Desk::of(&platform);
        platform.lag_behind(Duration::from_millis(700));
        let marked = Arc::new(Mutex::new(None));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (marked_too, seen_too) = (Arc::clone(&marked), Arc::clone(&seen));
        let journal = desk.path("state/journal.sqlite");
        platform.watch(move |moment, code| {
            if moment == Moment::Sent && !is_in_doubt(&journal, code) {
                let what = format!("{code}: a consume came before its intent was written");
                seen_too.lock().unwrap().push(what);
            }
            let mut marked = marked_too.lock().unwrap();
            if let Some((_, pid)) = marked.take_if(|(at, _)| *at == moment) {
                kill(pid, Signal::SIGKILL).unwrap();
            }
        });
        let mut rounds = Self {
            desk,
            platform,
            chance,
            marked,
            seen,
            said: Vec::new(),
            codes: Vec::new(),
            span: Duration::ZERO,
            tally: Tally::default(),
        };
        rounds.measure();
        rounds
    }

    fn journal(&self) -> PathBuf {
        self.desk.path("state/journal.sqlite")
    }

    /// The longest of some runs that nobody kills.
    fn measure(&mut self) {
        for _ in 0..3 {
            let code = self.new_code();
            let begun = tick();
            let args = ["redeem", "--json", "--yes", "--code", &code];
            self.run(&args, Death::None);
            self.span = self.span.max(begun.elapsed());
        }
    }

    fn new_code(&mut self) -> String {
        let code = format!("{:012}", self.chance.next() % 1_000_000_000_000);
        self.platform.know(&code, "NORMAL");
        self.codes.push(code.clone());
        code
    }

    /// One run of the program, until it ends or is killed. What it said is kept.
    fn run(&mut self, args: &[&str], death: Death) -> Ended {
        let mut command = program_of(&self.desk, args);
        let mut child = command.spawn().unwrap();
        if let Death::At(moment) = death {
            let pid = Pid::from_raw(child.id().cast_signed());
            *self.marked.lock().unwrap() = Some((moment, pid));
        }
        let after = match death {
            Death::After(after) => after,
            Death::At(_) | Death::None => Duration::from_mins(1),
        };
        let ended = end(&mut child, after);
        *self.marked.lock().unwrap() = None;
        let said = ended.stdout.lines();
        // A killed program may have written half a line.
        let objects = said.filter_map(|line| serde_json::from_str(line).ok());
        self.said.extend(objects.filter(|object: &Value| {
            object.get("settled_by").is_some() && object.get("id").is_none()
        }));
        ended
    }

    fn round(&mut self) {
        let fault = self.chance.one(&FAULTS);
        self.platform.fail(fault.as_slice());
        if self.chance.below(6) == 0 {
            self.platform
                .stumble(u32::try_from(self.chance.below(4)).unwrap());
        }
        let death = match self.chance.below(10) {
            0 => Death::None,
            1..=3 => Death::At(self.chance.one(&MOMENTS)),
            _ => {
                let micros = self.span.as_micros() * 5 / 4;
                let after = self.chance.below(usize::try_from(micros).unwrap());
                Death::After(Duration::from_micros(after as u64))
            }
        };
        let kind = self.chance.below(10);
        let code = if self.chance.below(10) < 7 {
            self.new_code()
        } else {
            let known = self.chance.below(self.codes.len());
            self.codes[known].clone()
        };
        let ended = match kind {
            0 => self.run(&["journal", "reconcile", "--json", "--for", "1"], death),
            1 => self.run(&["redeem", "--json", "--code", &code], death),
            _ => self.run(
                &["redeem", "--json", "--yes", "--code", &code, "--for", "0"],
                death,
            ),
        };
        self.tally.rounds += 1;
        self.check_secrets(&ended);
        if ended.exit == -1 {
            self.tally.kills += 1;
            let stage = if kind == 0 {
                "while it reconciled"
            } else {
                self.stage(&code)
            };
            *self.tally.stages.entry(stage).or_default() += 1;
        }
        if !ended.stderr.is_empty() {
            let what = format!("{code}: said on stderr: {}", ended.stderr);
            self.tally.differences.push(what);
        }
        self.check_chain();
    }

    /// How far the code's newest attempt had come.
    fn stage(&self, code: &str) -> &'static str {
        let journal = read_journal(&self.journal());
        let Some(attempt) = journal.values().rfind(|attempt| attempt.code == code) else {
            return "before the intent";
        };
        let (sent, applied) = self.platform.book();
        if !attempt.ends.is_empty() {
            "after the settled record"
        } else if applied.iter().any(|other| other == code) {
            "applied, not settled"
        } else if sent.iter().any(|other| other == code) {
            "sent, not applied"
        } else {
            "intent written, not sent"
        }
    }

    /// A killed program leaves none behind either.
    fn check_secrets(&mut self, ended: &Ended) {
        let mut texts = everything_written(&self.desk, &ended.stderr);
        texts.push(ended.stdout.clone());
        for secret in [APP_SECRET, TOKEN, OPENID] {
            if texts.iter().any(|text| text.contains(secret)) {
                self.tally.differences.push(format!("{secret} was written"));
            }
        }
    }

    fn check_chain(&mut self) {
        if self.journal().exists() {
            match verify(&self.journal()) {
                Ok(Verdict::Whole(_)) => {}
                other => self.tally.differences.push(format!("{other:?}")),
            }
        }
    }

    fn reconcile(&mut self) {
        self.platform.fail(&[]);
        self.platform.stumble(0);
        self.platform.let_go();
        let ended = self.run(
            &["journal", "reconcile", "--json", "--for", "60"],
            Death::None,
        );
        if ended.exit != 0 {
            let what = format!("reconcile ended {}: {}", ended.exit, ended.stdout);
            self.tally.differences.push(what);
        }
    }

    /// Rounds until so many kills, days of them, and the books at the end of it.
    fn until(mut self, kills: usize) -> Tally {
        while self.tally.kills < kills {
            self.round();
            if self.tally.rounds.is_multiple_of(ROUNDS_OF_A_DAY) {
                self.reconcile();
            }
        }
        self.reconcile();
        let (sent, applied) = self.platform.book();
        let platform = PlatformBook { sent, applied };
        let journal = read_journal(&self.journal());
        let found = differences(&platform, &journal, &self.said);
        self.tally.differences.extend(found);
        self.tally
            .differences
            .append(&mut self.seen.lock().unwrap());
        self.tally
    }
}

fn is_in_doubt(journal: &std::path::Path, code: &str) -> bool {
    let open = History::open(journal).and_then(|history| history.in_doubt());
    open.is_ok_and(|open| open.iter().any(|open| open.code.as_str() == code))
}

/// The program to be killed: this build's, or the one that `CRASH_PROGRAM` names.
fn program_of(desk: &Desk, args: &[&str]) -> Command {
    let mut command = desk.command(args);
    if let Some(program) = std::env::var_os("CRASH_PROGRAM") {
        let mut other = Command::new(program);
        other
            .args(args)
            .arg("--config")
            .arg(desk.path("kiosk.toml"));
        other.env_clear().env("LANG", "C.UTF-8");
        command = other;
    }
    command
        // Errors are told; what a warning would say is made on purpose here.
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits for a child, and kills it when its time is up.
fn end(child: &mut Child, after: Duration) -> Ended {
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let (sender, read) = sync_channel(1);
    let reading = Builder::new().spawn(move || {
        let (mut said, mut told) = (Vec::new(), Vec::new());
        stdout.read_to_end(&mut said).unwrap();
        stderr.read_to_end(&mut told).unwrap();
        sender.send((said, told)).unwrap();
    });
    let texts = read.recv_timeout(after).unwrap_or_else(|late| {
        assert_eq!(late, RecvTimeoutError::Timeout);
        child.kill().unwrap();
        read.recv().unwrap()
    });
    reading.unwrap().join().unwrap();
    let status = child.wait().unwrap();
    Ended {
        exit: status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&texts.0).into_owned(),
        stderr: String::from_utf8_lossy(&texts.1).into_owned(),
    }
}

#[test]
fn killed_at_any_moment_and_reconciled_the_three_books_agree() {
    let kills: usize = match std::env::var("CRASH_KILLS") {
        Ok(kills) => kills.parse().unwrap(),
        Err(_) => 48,
    };
    let mut chance = Chance::new();
    let desks = 4;
    let begun = tick();
    let threads: Vec<_> = (0..desks)
        .map(|_| {
            let rounds = Rounds::new(chance.branch());
            Builder::new()
                .spawn(move || rounds.until(kills.div_ceil(desks)))
                .unwrap()
        })
        .collect();
    let mut all = Tally::default();
    for thread in threads {
        let tally = thread.join().unwrap();
        all.rounds += tally.rounds;
        all.kills += tally.kills;
        all.differences.extend(tally.differences);
        for (stage, count) in tally.stages {
            *all.stages.entry(stage).or_default() += count;
        }
    }
    println!(
        "{} kills in {} runs at {desks} desks, {} s; differences: {}",
        all.kills,
        all.rounds,
        begun.elapsed().as_secs(),
        all.differences.len()
    );
    for (stage, count) in &all.stages {
        println!("  {count:5}  {stage}");
    }
    assert_eq!(all.differences, Vec::<String>::new());
}

#[test]
fn of_many_that_start_at_once_one_writes_and_the_others_say_so() {
    let code = "409632457895";
    let platform = Platform::with(&[(code, "NORMAL")]);
    let desk = Desk::of(&platform);
    platform.fail(&[Fault::HangAfter]);
    let args = ["redeem", "--json", "--yes", "--code", code, "--for", "0"];
    let mut children: Vec<Child> = (0..8)
        .map(|_| program_of(&desk, &args).spawn().unwrap())
        .collect();
    let mut exits: Vec<i32> = children
        .iter_mut()
        .map(|child| end(child, Duration::from_mins(1)).exit)
        .collect();
    exits.sort_unstable();
    // The first one may have time to ask once; whoever comes after its end finds what it left.
    assert!(exits.contains(&5), "{exits:?}");
    assert!(
        !exits.iter().any(|exit| [-1, 2, 4].contains(exit)),
        "{exits:?}"
    );
    assert_eq!((platform.consumes(), desk.attempts().len()), (1, 1));
    platform.let_go();
    assert_eq!(desk.run(&["journal", "reconcile"]).exit, 0);
    assert_eq!(desk.attempts(), ["redeemed"]);
}
