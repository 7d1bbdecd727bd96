//! The numbers for IT: over a real socket, in words that Prometheus' own tool accepts, and with rules that it accepts too.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use coupon_kiosk::event::{CameraState, Event};
use coupon_kiosk::frame::{Came, Delays};
use coupon_kiosk::health::{self, Numbers, Sources};
use coupon_kiosk::kiosk::observed::Noted;
use coupon_kiosk::redemption::attempt::{AttemptId, Outcome, Record, Settled, SettledBy};
use coupon_kiosk::redemption::reply::{NotSent, Reason, Refusal, Reply, Told};
use coupon_kiosk::weixin::token::TokenSource;
use coupon_kiosk::weixin::{Client, Settings};

use crate::platform::Platform;
use crate::support::Desk;

fn sources(journal: PathBuf) -> Sources {
    let settings = Settings {
        base_url: "http://127.0.0.1:1".parse().unwrap(),
        proxy: None,
        ca_file: None,
        token: TokenSource::None,
        record: None,
        hide: |_| {},
    };
    Sources {
        frames: std::sync::Arc::default(),
        delays: Delays::default(),
        journal,
        weixin: Client::new(&settings).unwrap(),
    }
}

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// The status and the body.
fn ask(address: SocketAddr, method: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: desk\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

fn live() -> CameraState {
    CameraState::Live {
        device: "A camera".to_owned(),
        mode: "MJPG".to_owned(),
    }
}

/// Whether Prometheus' own tool is at hand; it says no word where all is well.
fn promtool(folder: &Path, args: &[&str], input: Option<&str>) {
    let started = Command::new("promtool")
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut tool) = started else {
        println!("promtool is not installed here: {args:?} was not tried");
        return;
    };
    let mut stdin = tool.stdin.take().unwrap();
    stdin
        .write_all(input.unwrap_or_default().as_bytes())
        .unwrap_or_default();
    drop(stdin);
    let ended = tool.wait_with_output().unwrap();
    assert!(
        ended.status.success(),
        "{}{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
}

/// What promtool reads: there, a counter's family is called as its sample is, and `info` is not known.
fn in_the_older_format(text: &str) -> String {
    let counters: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let lines = text.lines().filter_map(|line| {
        let name = line.split(' ').nth(2).unwrap_or_default();
        if line == "# EOF" || line.starts_with("# UNIT") {
            None
        } else if line.starts_with("# TYPE ") && line.ends_with(" info") {
            Some(format!("# TYPE {name}_info gauge\n"))
        } else if line.starts_with("# HELP coupon_kiosk_build ") {
            Some(line.replace(name, &format!("{name}_info")) + "\n")
        } else if line.starts_with("# ") && counters.contains(&name) {
            Some(line.replacen(name, &format!("{name}_total"), 1) + "\n")
        } else {
            Some(format!("{line}\n"))
        }
    });
    lines.collect()
}

fn settled() -> Record {
    Record::Settled(Settled {
        attempt: AttemptId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap(),
        at: "2026-11-24T12:00:00Z".parse().unwrap(),
        outcome: Outcome::Redeemed,
        by: Some(SettledBy::Reply),
        errcode: Some(0),
        status: None,
        answer: None,
    })
}

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/prometheus")
}

#[test]
fn what_happens_is_counted_and_told_in_words_that_prometheus_takes() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.sqlite");
    std::fs::write(&journal, [0; 4096]).unwrap();
    let numbers = Numbers::default();
    let looked_at = sources(journal);
    let delays = looked_at.delays.clone();
    let serving = health::serve(loopback(), numbers.clone(), looked_at).unwrap();
    delays.record(Came::Read, Duration::from_millis(40));
    numbers.note(&Noted::Event(&Event::Camera(live())));
    numbers.note(&Noted::Event(&Event::Camera(CameraState::Lost)));
    numbers.note(&Noted::Event(&Event::Camera(live())));
    let took = Duration::from_millis(300);
    for told in [
        Told::Consume(Reply::Answered(())),
        Told::Consume(Reply::Refused(Refusal {
            errcode: 40164,
            reason: Reason::IpList,
            trace: None,
        })),
        Told::Query(Reply::NotSent(NotSent::Connect)),
    ] {
        numbers.note(&Noted::Exchanged { took, told: &told });
    }
    numbers.note(&Noted::Written {
        took,
        result: &Ok(()),
    });
    numbers.redrawn(0.03);
    numbers.note(&Noted::Record(&settled()));

    let (status, text) = ask(serving.address, "GET", "/metrics");
    assert_eq!(status, 200);
    for line in [
        "coupon_kiosk_exchanges_total{call=\"consume\",outcome=\"answered\",class=\"\"} 1",
        "coupon_kiosk_exchanges_total{call=\"consume\",outcome=\"refused\",class=\"ip_list\"} 1",
        "coupon_kiosk_exchanges_total{call=\"query\",outcome=\"not_sent\",class=\"connect\"} 1",
        "coupon_kiosk_exchange_seconds_bucket{le=\"0.5\",call=\"consume\"} 2",
        "coupon_kiosk_camera_state{state=\"live\"} 1",
        "coupon_kiosk_camera_state{state=\"lost\"} 0",
        "coupon_kiosk_attempts_total{outcome=\"redeemed\"} 1",
        "coupon_kiosk_camera_heals_total 1",
        "coupon_kiosk_journal_write_seconds_count 1",
        "coupon_kiosk_redraw_seconds_count 1",
        "coupon_kiosk_lens_delay_seconds{to=\"text\",share=\"0.99\"} 0.04",
        "coupon_kiosk_journal_size_bytes 4096",
        "coupon_kiosk_in_doubt 0",
    ] {
        assert!(
            text.lines().any(|told| told == line),
            "{line} is not in\n{text}"
        );
    }
    let memory = text
        .lines()
        .find_map(|line| line.strip_prefix("coupon_kiosk_memory_bytes "));
    assert!(memory.unwrap().parse::<u64>().unwrap() > 1_000_000);
    promtool(
        folder.path(),
        &["check", "metrics"],
        Some(&in_the_older_format(&text)),
    );
}

#[test]
fn a_silent_kiosk_is_not_healthy_and_one_that_begins_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = Numbers::default();
    let serving = health::serve(
        loopback(),
        numbers.clone(),
        sources(folder.path().join("j")),
    )
    .unwrap();
    assert_eq!(
        ask(serving.address, "GET", "/healthz"),
        (200, "alive\n".to_owned())
    );
    assert_eq!(
        ask(serving.address, "GET", "/readyz"),
        (503, "starting\n".to_owned())
    );
    numbers.answered(false);
    assert_eq!(ask(serving.address, "GET", "/healthz").0, 503);
    numbers.answered(true);
    assert_eq!(ask(serving.address, "GET", "/healthz").0, 200);
    assert_eq!(ask(serving.address, "POST", "/metrics").0, 405);
    assert_eq!(ask(serving.address, "GET", "/").0, 404);
}

#[test]
fn the_numbers_are_never_served_to_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let everywhere = "0.0.0.0:0".parse().unwrap();
    assert!(
        health::serve(
            everywhere,
            Numbers::default(),
            sources(folder.path().join("j"))
        )
        .is_err()
    );

    let desk = Desk::of(&Platform::with(&[]));
    let config = std::fs::read_to_string(desk.path("kiosk.toml")).unwrap();
    desk.configure(&format!("{config}[health]\nlisten = \"0.0.0.0:9464\"\n"));
    let checked = desk.run(&["check"]);
    assert_eq!(checked.exit, 2);
    assert!(
        checked.stdout.contains("health.listen"),
        "{}",
        checked.stdout
    );
    desk.configure(&format!("{config}[health]\nlisten = \"127.0.0.1:9464\"\n"));
    assert_eq!(desk.run(&["check"]).exit, 0);
}

#[test]
fn the_alert_rules_hold_and_fire_when_they_should() {
    promtool(&rules(), &["check", "rules", "alerts.yml"], None);
    promtool(
        &rules(),
        &["check", "config", "--syntax-only", "prometheus.yml"],
        None,
    );
    promtool(&rules(), &["test", "rules", "alerts_test.yml"], None);
}

/// A Prometheus of the test's own.
struct Prometheus {
    process: Child,
    address: SocketAddr,
    /// Tells that it is gone, by its end; until then a wait for it is a pause between two questions.
    ended: Receiver<()>,
}

impl Prometheus {
    /// `None` where it is not installed.
    fn watching(kiosk: SocketAddr, folder: &Path) -> Option<Self> {
        let listener = TcpListener::bind(loopback()).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let config = folder.join("prometheus.yml");
        let text = format!(
            "global: {{scrape_interval: 300ms, scrape_timeout: 300ms}}\nrule_files: [\"{}\"]\nscrape_configs:\n  \
             - job_name: coupon-kiosk\n    static_configs: [{{targets: [\"{kiosk}\"]}}]\n",
            rules().join("alerts.yml").display()
        );
        std::fs::write(&config, text).unwrap();
        let mut process = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("tsdb").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut words = process.stderr.take().unwrap();
        let (end, ended) = sync_channel(0);
        std::thread::Builder::new()
            .spawn(move || {
                let mut all = Vec::new();
                words.read_to_end(&mut all).unwrap_or_default();
                drop(end);
            })
            .unwrap();
        Some(Self {
            process,
            address,
            ended,
        })
    }

    fn ask(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&ask(self.address, "GET", path).1).unwrap()
    }

    /// What a question comes to.
    fn query(&self, expr: &str) -> Vec<serde_json::Value> {
        let encoded: String = url::form_urlencoded::byte_serialize(expr.as_bytes()).collect();
        let answer = self.ask(&format!("/api/v1/query?query={encoded}"));
        assert_eq!(answer["status"], "success", "{expr}: {answer}");
        answer["data"]["result"].as_array().unwrap().clone()
    }

    /// Waits until it has looked at the kiosk three times.
    fn looked(&self) {
        for _round in 0..600 {
            let pause = self.ended.recv_timeout(Duration::from_millis(100));
            assert_eq!(pause, Err(RecvTimeoutError::Timeout), "Prometheus ended");
            if TcpStream::connect(self.address).is_err() {
                continue;
            }
            let (status, _) = ask(self.address, "GET", "/-/ready");
            if status == 200 && !self.query("count_over_time(up[1m]) >= 3").is_empty() {
                return;
            }
        }
        panic!("Prometheus has not looked at the kiosk");
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn a_real_prometheus_takes_the_rules_and_answers_every_question_of_the_dashboard() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = Numbers::default();
    numbers.note(&Noted::Event(&Event::Camera(live())));
    numbers.note(&Noted::Record(&settled()));
    let told = Told::Consume(Reply::Answered(()));
    let took = Duration::from_millis(300);
    numbers.note(&Noted::Exchanged { took, told: &told });
    let sources = sources(folder.path().join("j"));
    let serving = health::serve(loopback(), numbers, sources).unwrap();
    let Some(prometheus) = Prometheus::watching(serving.address, folder.path()) else {
        println!("prometheus is not installed here: the dashboard's questions were not asked");
        return;
    };
    prometheus.looked();
    let dashboard = std::fs::read_to_string(rules().join("dashboard.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    let mut asked = 0;
    for target in targets {
        // What the board asks when every desk is chosen.
        let expr = target["expr"].as_str().unwrap().replace("$desk", ".*");
        assert!(!prometheus.query(&expr).is_empty(), "no answer to {expr}");
        asked += 1;
    }
    assert!(asked >= 10, "{asked}");
    let desks = "/api/v1/label/instance/values?match[]=coupon_kiosk_build_info";
    let desks = prometheus.ask(desks)["data"].clone();
    assert_eq!(desks, serde_json::json!([serving.address.to_string()]));
    let loaded = prometheus.ask("/api/v1/rules");
    let groups = loaded["data"]["groups"].as_array().unwrap().iter();
    let loaded: Vec<_> = groups
        .flat_map(|group| group["rules"].as_array().unwrap())
        .collect();
    let written = std::fs::read_to_string(rules().join("alerts.yml")).unwrap();
    assert_eq!(loaded.len(), written.matches("- alert: ").count());
    for rule in loaded {
        assert_ne!(rule["health"], "err", "{rule}");
    }
}

#[test]
fn rules_and_dashboard_ask_only_for_numbers_that_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = Numbers::default();
    numbers.note(&Noted::Event(&Event::Camera(live())));
    numbers.note(&Noted::Record(&settled()));
    let told = Told::Consume(Reply::Answered(()));
    numbers.note(&Noted::Exchanged {
        took: Duration::ZERO,
        told: &told,
    });
    let serving = health::serve(loopback(), numbers, sources(folder.path().join("j"))).unwrap();
    let (_, text) = ask(serving.address, "GET", "/metrics");
    for file in ["alerts.yml", "dashboard.json"] {
        let words = std::fs::read_to_string(rules().join(file)).unwrap();
        for rest in words.split("coupon_kiosk_").skip(1) {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            let base = name
                .trim_end_matches("_bucket")
                .trim_end_matches("_total")
                .trim_end_matches("_info");
            assert!(
                text.contains(&format!("# TYPE coupon_kiosk_{base} ")),
                "{file}: {name}\n{text}"
            );
        }
    }
    let dashboard = std::fs::read_to_string(rules().join("dashboard.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() >= 10);
}
