//! A busy store's customers as fast as they go, through the real scanner, loop, client, journal and window, in a process of
//! their own: what it holds and draws after the last of them is what it held and drew after the first few. The window is
//! drawn up to its shapes, without a display; each coupon is confirmed by a touch on its key.
//!
//! `./dev soak 10000` prints the figures; a plain `cargo test` sends a few.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use coupon_kiosk::event::Event;
use coupon_kiosk::frame::{Frame, Luma, Outlines, Rgb, Slot};
use coupon_kiosk::journal::Journal;
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::kiosk::clock::{Clock, tick};
use coupon_kiosk::kiosk::{Inbox, Kiosk, Parts};
use coupon_kiosk::office::Office;
use coupon_kiosk::payload::{Origin, Payload, PaymentCodes};
use coupon_kiosk::redemption::Rules;
use coupon_kiosk::redemption::attempt::Outcome;
use coupon_kiosk::scanner::{self, Symbologies, tracker::Sighting};
use coupon_kiosk::screen::{Screen, Stage};
use coupon_kiosk::ui::{self, Said, Window};
use coupon_kiosk::weixin::token::TokenSource;
use coupon_kiosk::weixin::{Client, Settings};
use coupon_kiosk::wording::{Language, Wording};
use coupon_kiosk::worker::Worker;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::platform::Platform;
use crate::support::phone_with;
use crate::window::bare;

/// So many in a plain `cargo test`.
const FEW: usize = 60;
/// Longer than anything takes that has not failed.
const PATIENCE: Duration = Duration::from_mins(1);
const THIS: &str = "soak::a_busy_day_leaves_memory_handles_and_threads_as_they_were";
const ADDRESS: &str = "SOAK_ADDRESS";

#[test]
fn a_busy_day_leaves_memory_handles_and_threads_as_they_were() {
    let told = std::env::var("SOAK").ok();
    let customers = told.map_or(FEW, |told| told.parse().unwrap());
    if let Ok(address) = std::env::var(ADDRESS) {
        serve(&address, customers);
        return;
    }
    let codes: Vec<String> = (0..customers).map(code).collect();
    let known: Vec<(&str, &'static str)> =
        codes.iter().map(|code| (code.as_str(), "NORMAL")).collect();
    let platform = Platform::with(&known);
    let ended = Command::new(std::env::current_exe().unwrap())
        .args([THIS, "--exact", "--nocapture"])
        .env(ADDRESS, platform.address().to_string())
        .env("SOAK", customers.to_string())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    let wrong = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{told}\n{wrong}");
    for line in told.lines().filter(|line| line.starts_with("soak")) {
        println!("{line}");
    }
    assert_eq!(platform.consumes() as usize, customers);
    assert!(codes.iter().all(|code| platform.status(code) == "CONSUMED"));
}

fn code(customer: usize) -> String {
    format!("4096{customer:08}")
}

/// The process that is watched.
fn serve(address: &str, customers: usize) {
    // On a disk: the system's folder for temporary files may be memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut desk = Desk::new(address, folder.path());
    let begun = tick();
    let mut held = vec![Held::now(&mut desk)];
    let part = (customers / 5).max(1);
    for customer in 0..customers {
        desk.redeem(&code(customer));
        if (customer + 1) % part == 0 {
            held.push(Held::now(&mut desk));
            println!(
                "soak {:>6} customers: {:?}",
                customer + 1,
                held.last().unwrap()
            );
        }
    }
    let millis = begun.elapsed().as_millis() / customers as u128;
    let early = &held[1];
    let late = held.last().unwrap();
    let grown = (late.journal - held[0].journal) / customers as u64;
    println!("soak {millis} ms and {grown} bytes of journal a customer");
    let drawn = (early.drawn_micros, late.drawn_micros);
    println!("soak the idle picture takes {drawn:?} microseconds, early and late");
    assert_eq!(late.threads, early.threads);
    assert_eq!(late.handles, early.handles);
    assert_eq!(
        late.shapes, early.shapes,
        "the idle picture is the same one"
    );
    assert!(late.kib < early.kib + 8 * 1024, "{early:?} {late:?}");
    let journal = desk.journal.clone();
    drop(desk);
    // A look-up, an intent and an end each.
    let Verdict::Whole(tail) = verify(&journal).unwrap() else {
        panic!("the journal is broken");
    };
    assert_eq!(tail.seq, 3 * customers as u64);
}

/// What the process holds.
#[derive(Debug)]
struct Held {
    kib: u64,
    threads: u64,
    handles: usize,
    journal: u64,
    /// Of the idle picture, and how long the newest ones took in the mean.
    shapes: usize,
    drawn_micros: u128,
}

impl Held {
    fn now(desk: &mut Desk) -> Self {
        const PICTURES: usize = 20;
        desk.wait_idle();
        let begun = tick();
        desk.window.run_steps(PICTURES);
        let drawn_micros = begun.elapsed().as_micros() / PICTURES as u128;
        let shapes = desk.window.output().shapes.len();
        let journal = &desk.journal;
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        Self {
            kib: field("VmRSS:"),
            threads: field("Threads:"),
            handles: fs::read_dir("/proc/self/fd").unwrap().count(),
            journal: fs::metadata(journal).map_or(0, |file| file.len()),
            shapes,
            drawn_micros,
        }
    }
}

/// The kiosk: frames in, touches in, screens out.
struct Desk {
    frames: Arc<Slot<Frame>>,
    outlines: Arc<Outlines>,
    screens: watch::Receiver<Screen>,
    waits: Runtime,
    journal: PathBuf,
    /// The camera's clock: it goes as fast as the customers come.
    at: Instant,
    window: Harness<'static, Window>,
    /// By so many milliseconds the window's clock is ahead: nobody waits for a key to be armed.
    ahead: Arc<AtomicU64>,
    wording: Wording,
    _office: watch::Sender<Office>,
    _scanner: Worker,
    // Dropped first, so that the thread after it ends.
    _stop: tokio::sync::oneshot::Sender<()>,
    _kiosk: Worker,
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

impl Desk {
    fn new(address: &str, folder: &Path) -> Self {
        let journal = folder.join("journal.sqlite");
        let secret_file = folder.join("secret");
        fs::write(&secret_file, "s3cr3t").unwrap();
        let weixin = Client::new(&Settings {
            base_url: format!("http://{address}").parse().unwrap(),
            proxy: None,
            ca_file: None,
            token: TokenSource::StableToken {
                appid: "wx0123".to_owned(),
                secret_file,
            },
            record: None,
            hide: |_secret| {},
        });
        let (inbox, events) = Inbox::new();
        let reports = inbox.clone();
        let report = move |write, result| reports.journaled(write, result);
        let opened = Journal::open(&journal, report).unwrap();
        let (mut kiosk, screens) = Kiosk::new(Parts {
            rules: Rules {
                timeout: Duration::from_secs(10),
                doubt: Duration::from_secs(30),
                custom_code: Vec::new(),
                honoured: Vec::new(),
                desk: None,
            },
            seed: [1; 16],
            weixin: weixin.unwrap(),
            journal: opened.journal,
            open: opened.in_doubt,
            redeemed: opened.redeemed,
            noted: opened.noted,
            trouble: opened.trouble,
            clock: Clock::System,
            inbox: (inbox.clone(), events),
        });
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = Worker::start("kiosk", move |_stop| {
            runtime().block_on(async {
                tokio::select! {
                    () = kiosk.run() => {}
                    _ = stopped => {}
                }
            });
        });
        let (frames, outlines): (_, Arc<Outlines>) = (Arc::default(), Arc::default());
        let (office, looked) = watch::channel(Office::default());
        let ahead: Arc<AtomicU64> = Arc::default();
        let parts = parts(&screens, looked, (&frames, &outlines), &inbox, &ahead);
        let window = Harness::builder()
            .with_size([1920.0, 1080.0])
            .build_eframe(|created| Window::new(&created.egui_ctx, parts).0);
        let offers = inbox.clone();
        let taken = move |sighting, _at| {
            let event = match sighting {
                Sighting::Taken(found) => Event::Payload(
                    Payload::parse(&found.text, PaymentCodes::Refused),
                    Origin::Desk,
                ),
                Sighting::View(view) => Event::View(view),
            };
            assert!(offers.offer(event));
        };
        let scanner = scanner::watch(
            Arc::clone(&frames),
            Symbologies::default(),
            Arc::clone(&outlines),
            taken,
        );
        Self {
            frames,
            outlines,
            screens,
            waits: runtime(),
            journal,
            at: tick(),
            window,
            ahead,
            wording: Wording::new(Language::En),
            _office: office,
            _scanner: scanner.unwrap(),
            _stop: stop,
            _kiosk: serving.unwrap(),
        }
    }

    fn redeem(&mut self, code: &str) {
        let picture = phone_with(code);
        // Two frames agree, and the phone goes.
        self.show(picture.clone(), 33);
        self.show(picture, 33);
        self.wait(|screen| match &screen.stage {
            Stage::Review(review) if review.info.code.as_str() == code => Some(()),
            Stage::Review(_) | Stage::Idle | Stage::Working(_) | Stage::Finished(_) => None,
        });
        self.touch("review-confirm");
        let outcome = self.wait(|screen| match &screen.stage {
            Stage::Finished(finished) if finished.code.as_ref()?.as_str() == code => {
                Some(finished.outcome)
            }
            Stage::Review(_) | Stage::Idle | Stage::Working(_) | Stage::Finished(_) => None,
        });
        assert_eq!(outcome, Outcome::Redeemed);
        self.touch("back");
        self.show(Luma::new(64, 64, vec![u8::MAX; 64 * 64]).unwrap(), 3000);
    }

    /// Touches a key of what is on the screen, once it takes touches.
    fn touch(&mut self, key: &str) {
        self.window.run_steps(2);
        self.ahead.fetch_add(500, Ordering::Relaxed);
        self.window.run_steps(2);
        let label = self.wording.say(key);
        self.window.get_by_label(&label).click();
        self.window.run_steps(3);
    }

    fn wait_idle(&mut self) {
        self.wait(|screen| matches!(screen.stage, Stage::Idle).then_some(()));
        self.window.run_steps(3);
    }

    /// Shows one frame and waits until the scanner has seen it.
    fn show(&mut self, luma: Luma, later: u64) {
        self.at += Duration::from_millis(later);
        let (seen, _) = self.outlines.sights.newest();
        self.frames.put(Frame {
            luma,
            preview: Arc::new(Rgb::new(1, 1, vec![0; 3]).unwrap()),
            at: self.at,
        });
        let (now, _) = self.outlines.sights.wait_newer(seen, PATIENCE);
        assert!(now > seen, "the scanner saw nothing");
    }

    fn wait<T>(&mut self, wanted: impl Fn(&Screen) -> Option<T>) -> T {
        let screens = &mut self.screens;
        self.waits.block_on(async {
            let seen = screens.wait_for(|screen| wanted(screen).is_some());
            let screen = tokio::time::timeout(PATIENCE, seen).await;
            let screen = screen.expect("it takes too long").unwrap();
            wanted(&screen).unwrap()
        })
    }
}

/// What the window is put together from.
fn parts(
    screens: &watch::Receiver<Screen>,
    office: watch::Receiver<Office>,
    (frames, outlines): (&Arc<Slot<Frame>>, &Arc<Outlines>),
    inbox: &Inbox,
    ahead: &Arc<AtomicU64>,
) -> ui::Parts {
    let (offers, ahead) = (inbox.clone(), Arc::clone(ahead));
    let tell = move |said| {
        if let Said::Event(event) = said {
            assert!(offers.offer(event));
        }
    };
    ui::Parts {
        frames: Arc::clone(frames),
        outlines: Arc::clone(outlines),
        tell: Box::new(tell),
        tick: Box::new(move || tick() + Duration::from_millis(ahead.load(Ordering::Relaxed))),
        ..bare::parts(screens.clone(), office, Language::En)
    }
}
