//! From a code to the review on the screen: the kiosk's loop with its client beside a bare HTTP exchange, both with a
//! stand-in for Weixin on loopback and one kept connection.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on has failed, and it reads the clock for a living"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use coupon_kiosk::event::{Event, Touch};
use coupon_kiosk::journal::Journal;
use coupon_kiosk::kiosk::clock::Clock;
use coupon_kiosk::kiosk::{Inbox, Kiosk, Parts};
use coupon_kiosk::payload::{Origin, Payload, PaymentCodes};
use coupon_kiosk::redemption::Rules;
use coupon_kiosk::screen::{Screen, Stage};
use coupon_kiosk::weixin::token::TokenSource;
use coupon_kiosk::weixin::{Client, Settings};
use criterion::Criterion;
use tokio::sync::watch;

const CODE: &str = "409632457895";
const ANSWER: &str = r#"{"errcode":0,"errmsg":"ok","card":{"card_id":"pCARD","begin_time":0,"end_time":4102444800},"user_card_status":"NORMAL","can_consume":true}"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let address = stand_in();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut group = criterion.benchmark_group("code to queried, loopback");
    group.bench_function("coupon-kiosk", |bencher| {
        let (mut kiosk, inbox, mut screens) = kiosk(folder.path(), address);
        bencher.iter_custom(|rounds| {
            runtime.block_on(async {
                tokio::select! {
                    () = kiosk.run() => panic!("the kiosk serves until it is dropped"),
                    spent = look_up(rounds, &inbox, &mut screens) => spent,
                }
            })
        });
    });
    group.bench_function("bare reqwest exchange", |bencher| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{address}/card/code/get?access_token=TOKEN");
        bencher.iter(|| runtime.block_on(exchange(&client, &url)));
    });
    group.finish();
    criterion.final_summary();
}

async fn look_up(rounds: u64, inbox: &Inbox, screens: &mut watch::Receiver<Screen>) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..rounds {
        let payload = Payload::parse(CODE, PaymentCodes::Refused);
        let begun = Instant::now();
        assert!(inbox.offer(Event::Payload(payload, Origin::Desk)));
        let is_review = |screen: &Screen| matches!(screen.stage, Stage::Review(_));
        screens.wait_for(is_review).await.unwrap();
        spent += begun.elapsed();
        assert!(inbox.offer(Event::Touch(Touch::Cancel)));
        let is_idle = |screen: &Screen| matches!(screen.stage, Stage::Idle);
        screens.wait_for(is_idle).await.unwrap();
    }
    spent
}

async fn exchange(client: &reqwest::Client, url: &str) -> usize {
    let body = serde_json::json!({ "code": CODE, "check_consume": false });
    let answer = client.post(url).json(&body).send().await.unwrap();
    answer.bytes().await.unwrap().len()
}

fn kiosk(folder: &Path, address: SocketAddr) -> (Kiosk, Inbox, watch::Receiver<Screen>) {
    let token_file = folder.join("token");
    std::fs::write(&token_file, "TOKEN\n").unwrap();
    let settings = Settings {
        base_url: format!("http://{address}").parse().unwrap(),
        proxy: None,
        ca_file: None,
        token: TokenSource::Static { token_file },
        record: None,
        hide: |_secret| {},
    };
    let (inbox, events) = Inbox::new();
    let reports = inbox.clone();
    let report = move |write, result| reports.journaled(write, result);
    let opened = Journal::open(&folder.join("journal.sqlite"), report).unwrap();
    let (kiosk, screens) = Kiosk::new(Parts {
        rules: Rules {
            timeout: Duration::from_secs(10),
            doubt: Duration::from_secs(30),
            custom_code: Vec::new(),
            honoured: Vec::new(),
            desk: None,
        },
        seed: [7; 16],
        weixin: Client::new(&settings).unwrap(),
        journal: opened.journal,
        open: opened.in_doubt,
        redeemed: Vec::new(),
        noted: Vec::new(),
        trouble: opened.trouble,
        clock: Clock::System,
        inbox: (inbox.clone(), events),
    });
    (kiosk, inbox, screens)
}

/// Answers every request alike, on kept connections.
fn stand_in() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::Builder::new()
        .spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                std::thread::Builder::new()
                    .spawn(move || serve(stream))
                    .unwrap();
            }
        })
        .unwrap();
    address
}

fn serve(mut stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(length) = request(&mut reader) {
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{ANSWER}",
            ANSWER.len()
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The head of a request; its body's length.
fn request(reader: &mut impl BufRead) -> Option<usize> {
    let mut length = 0;
    for line in reader.lines() {
        let line = line.ok()?;
        if line.is_empty() {
            return Some(length);
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    None
}
