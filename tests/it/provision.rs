//! A new desk's configuration and secrets, from head office's screen to the desk: both ends as programs, TLS between them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread;

use coupon_kiosk::config::WayOut;
use coupon_kiosk::fleet::Enrolment;
use coupon_kiosk::office::first_start::NotProvided;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::relays::{Authority, Manners, Proxy, TlsFront};
use crate::support::{APP_SECRET, Ended, fixture, program};

/// Passes on to a server that is known later.
fn relay() -> (SocketAddr, Arc<OnceLock<SocketAddr>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = Arc::new(OnceLock::new());
    let known = Arc::clone(&server);
    let serve = move || {
        for outer in listener.incoming() {
            let outer = outer.unwrap();
            let Ok(inner) = TcpStream::connect(known.wait()) else {
                continue;
            };
            for (mut from, mut to) in [
                (outer.try_clone().unwrap(), inner.try_clone().unwrap()),
                (inner, outer),
            ] {
                // Either side may end it at any time.
                let pass = move || {
                    std::io::copy(&mut from, &mut to).ok();
                    to.shutdown(std::net::Shutdown::Write).ok();
                };
                thread::Builder::new().spawn(pass).unwrap();
            }
        }
    };
    thread::Builder::new().spawn(serve).unwrap();
    (address, server)
}

/// `fleet provision` as head office runs it.
pub struct HeadOffice {
    folder: TempDir,
    program: Child,
    told: BufReader<ChildStdout>,
    /// Everything that was told.
    pub heard: String,
}

impl HeadOffice {
    /// For these desks, which reach it as `reached` makes of the address of a plain server.
    fn open(desks: &[&str], reached: impl FnOnce(SocketAddr, &Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("appsecret");
        fs::write(&secret, format!("{APP_SECRET}\n")).unwrap();
        let (relayed, server) = relay();
        let address = reached(relayed, folder.path());
        let mut command = program();
        command.args(["fleet", "provision", "--json", "--listen", "127.0.0.1:0"]);
        command.args(["--public-key", key().trim(), "--address", &address]);
        command
            .arg("--bundle")
            .arg(fixture("fleet/provision-4.toml"));
        command.arg("--secret");
        command.arg(format!("weixin.token.secret_file={}", secret.display()));
        for desk in desks {
            command.args(["--desk", desk]);
        }
        command.args(["--source", "https://office.example/bundle.toml"]);
        command.arg("--pictures").arg(folder.path());
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let told = BufReader::new(program.stdout.take().unwrap());
        let mut office = Self {
            folder,
            program,
            told,
            heard: String::new(),
        };
        let listening = office.next();
        assert_eq!(listening["event"], "listening");
        let address = listening["address"].as_str().unwrap();
        server.set(address.parse().unwrap()).unwrap();
        office
    }

    /// The desks reach it without TLS, on this machine.
    pub fn near(desks: &[&str]) -> Self {
        Self::open(desks, |server, _| format!("http://{server}/desks"))
    }

    /// The desks reach it by TLS, with an authority that they are told of.
    fn far(desks: &[&str]) -> (Self, TlsFront) {
        let mut front = None;
        let office = Self::open(desks, |server, folder| {
            let authority = Authority::new();
            fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
            let front = front.insert(TlsFront::before(server, &authority, "localhost"));
            format!("https://localhost:{}/desks", front.port)
        });
        (office, front.unwrap())
    }

    /// What it tells next.
    pub fn next(&mut self) -> Value {
        let mut line = String::new();
        self.told.read_line(&mut line).unwrap();
        self.heard.push_str(&line);
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The code that it shows next.
    pub fn code(&mut self) -> String {
        let shown = self.next();
        assert_eq!(shown["event"], "code", "{shown}");
        shown["code"].as_str().unwrap().to_owned()
    }

    /// It ends by itself.
    pub fn end(mut self) -> i32 {
        self.program.wait().unwrap().code().unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Authorities that have signed nothing here.
    fn others(&self) -> std::path::PathBuf {
        let others = self.path("other.pem");
        fs::write(&others, Authority::new().pem()).unwrap();
        others
    }
}

impl Drop for HeadOffice {
    fn drop(&mut self) {
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

fn key() -> String {
    fs::read_to_string(fixture("fleet/provision-key.txt")).unwrap()
}

/// A machine that nobody has configured.
struct New(TempDir);

impl New {
    fn machine() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn run(&self, args: &[&str], authorities: &Path) -> Ended {
        let mut command = program();
        command
            .env("XDG_STATE_HOME", self.0.path())
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .env("SSL_CERT_FILE", authorities)
            .args(args);
        Ended::of(&command.output().unwrap())
    }

    fn enrol(&self, code: &str, authorities: &Path) -> Ended {
        self.run(&["fleet", "enrol", "--json", code], authorities)
    }

    fn state(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join("coupon-kiosk").join(name)
    }

    fn check_empty(&self) {
        assert!(!self.state("").exists(), "something was kept");
    }
}

#[test]
fn each_desk_gets_its_configuration_and_secret_by_a_code_of_its_own_and_nobody_gets_them_twice() {
    let (mut office, _front) = HeadOffice::far(&["front", "back"]);
    let authorities = office.path("ca.pem");
    let code = office.code();
    assert!(
        code.starts_with("coupon-kiosk-desk:1?at=https%3A%2F%2Flocalhost"),
        "{code}"
    );
    // What lies in the folder for another screen is the same code.
    let scanned = program()
        .arg("scan")
        .arg(office.path("front.png"))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&scanned.stdout).contains(&code));

    let front = New::machine();
    let ended = front.enrol(&code, &authorities);
    let told = json!({ "ok": true, "desk": "front", "version": 4 });
    assert_eq!((ended.exit, ended.object()), (0, told), "{}", ended.stderr);
    assert_eq!(
        office.next(),
        json!({ "event": "claimed", "desk": "front" })
    );
    let code_of_back = office.code();
    assert_eq!(office.next(), json!({ "event": "kept", "desk": "front" }));

    // It stands as if somebody had typed it: the secret in a file of its own, the configuration whole.
    let secret = fs::read_to_string(front.state("secret")).unwrap();
    assert_eq!(secret.trim(), APP_SECRET);
    for (file, mode) in [("secret", 0o600), ("settings.toml", 0o600)] {
        let found = fs::metadata(front.state(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(found & 0o777, mode, "{file}");
    }
    let checked = front.run(&["check", "--json"], &authorities);
    assert_eq!(checked.exit, 0, "{}", checked.stdout);
    let value = |key: &str| {
        let report = checked.object();
        let values = report["values"].as_array().unwrap();
        let line = values.iter().find(|line| line["key"] == key).unwrap();
        line["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(value("store.desk"), "front");
    assert_eq!(value("store.name"), "Nanjing Road");
    assert_eq!(value("camera.rotate"), "180");
    assert_eq!(value("fleet.source"), "https://office.example/bundle.toml");
    let shown = front.run(&["fleet", "show", "--json"], &authorities);
    assert_eq!((shown.exit, &shown.object()["version"]), (0, &json!(4)));
    let again = front.enrol(&code_of_back, &authorities);
    assert_eq!(again.exit, 2);
    assert!(
        again.stderr.contains("configured already"),
        "{}",
        again.stderr
    );

    let thief = New::machine();
    let ended = thief.enrol(&code, &authorities);
    assert_eq!((ended.exit, &ended.object()["error"]), (1, &json!("spent")));
    thief.check_empty();

    let back = New::machine();
    assert_eq!(back.enrol(&code_of_back, &authorities).exit, 0);
    assert_eq!(office.next(), json!({ "event": "claimed", "desk": "back" }));
    assert_eq!(office.next(), json!({ "event": "kept", "desk": "back" }));
    assert!(!office.heard.contains(APP_SECRET));
    assert_eq!(office.end(), 0);
}

#[test]
fn a_desk_that_does_not_trust_the_way_or_finds_nobody_keeps_nothing_and_may_try_again() {
    let (mut office, _front) = HeadOffice::far(&["front"]);
    let code = office.code();
    let desk = New::machine();
    let others = office.others();
    let ended = desk.enrol(&code, &others);
    assert_eq!(
        (ended.exit, &ended.object()["error"]),
        (4, &json!("unreachable"))
    );
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let at = code.find("at=").unwrap() + 3;
    let until = at + code[at..].find('&').unwrap();
    let elsewhere = format!("{}http%3A%2F%2F{nobody}{}", &code[..at], &code[until..]);
    let ended = desk.enrol(&elsewhere, &others);
    assert_eq!(ended.exit, 4, "{}", ended.stdout);
    desk.check_empty();
    assert_eq!(desk.enrol(&code, &office.path("ca.pem")).exit, 0);
}

#[test]
fn the_way_out_that_the_machine_knows_of_leads_to_head_office_before_it_is_a_desk() {
    let (mut office, front) = HeadOffice::far(&["front"]);
    let code = office.code();
    let desk = New::machine();
    let others = office.others();
    assert_eq!(desk.enrol(&code, &others).exit, 4);

    let proxy = Proxy::new(Manners::Obliging);
    let folder = desk.0.path().join("config/coupon-kiosk");
    fs::create_dir_all(&folder).unwrap();
    let known = format!(
        "[weixin]\nproxy = \"http://{}\"\nca_file = \"{}\"\n",
        proxy.address,
        office.path("ca.pem").display()
    );
    fs::write(folder.join("kiosk.toml"), &known).unwrap();
    let ended = desk.enrol(&code, &others);
    assert_eq!(ended.exit, 0, "{}", ended.stderr);
    assert_eq!(office.next()["event"], "claimed");
    assert_eq!(office.next()["event"], "kept");
    // Asked and told, both through the proxy, which sees where to and nothing else.
    let to = format!("CONNECT localhost:{} HTTP/1.1", front.port);
    assert_eq!(proxy.lines(), [to.clone(), to]);
    let checked = desk.run(&["check", "--json"], &others);
    assert_eq!(checked.exit, 0, "{}", checked.stdout);
    assert!(checked.stdout.contains(&proxy.address.to_string()));
}

/// Answers one request with this.
fn answering(body: &Value) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let body = body.to_string();
    let serve = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .unwrap();
    };
    thread::Builder::new().spawn(serve).unwrap();
    address
}

#[test]
fn what_the_holder_of_the_key_has_not_signed_or_this_desk_cannot_use_is_not_kept() {
    let read = |name: &str| fs::read_to_string(fixture(&format!("fleet/{name}"))).unwrap();
    let handed = |bundle: &str, signature: &str, secret: &str| {
        json!({
            "desk": "front",
            "bundle": bundle,
            "signature": signature,
            "secrets": { secret: APP_SECRET },
        })
    };
    let good = read("provision-4.toml");
    let signature = read("provision-4.toml.minisig");
    let secret = "weixin.token.secret_file";
    let changed = handed(&good.replace("180", "90"), &signature, secret);
    let another = handed(
        &read("bundle-1.toml"),
        &read("bundle-1.toml.minisig"),
        secret,
    );
    let greedy = handed(&good, &signature, "journal.path");
    let own = handed(&good, &signature, secret);
    let useless = handed(
        &read("bundle-1.toml"),
        &read("bundle-1.toml.minisig"),
        secret,
    );
    let (theirs, others) = (key(), read("key.txt"));
    for (handed, version, key, error) in [
        (changed, 4, &theirs, "unsigned"),
        (another, 1, &theirs, "unsigned"),
        (greedy, 4, &theirs, "unsigned"),
        // A bundle of theirs, but not the one that the screen has promised.
        (own, 5, &theirs, "unsigned"),
        (useless, 1, &others, "weixin.token.appid"),
        (json!({ "desk": 7 }), 4, &theirs, "unreachable"),
    ] {
        let key = key
            .trim()
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        let server = answering(&handed);
        let code =
            format!("coupon-kiosk-desk:1?at=http://{server}/&token=t&version={version}&key={key}");
        let desk = New::machine();
        let ended = desk.enrol(&code, Path::new("/dev/null"));
        let told = ended.object();
        assert!(
            told["error"].as_str().unwrap().contains(error),
            "{error}: {told} {}",
            ended.stderr
        );
        assert_ne!(ended.exit, 0);
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains(APP_SECRET));
        desk.check_empty();
    }
    let desk = New::machine();
    for code in ["409632457895", "https://office.example/?token=7"] {
        let ended = desk.enrol(code, Path::new("/dev/null"));
        assert_eq!(ended.exit, 2);
        assert!(
            ended.stderr.contains("no code of head office's"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn head_office_hands_out_nothing_that_a_desk_would_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("appsecret");
    fs::write(&secret, APP_SECRET).unwrap();
    let good = format!("weixin.token.secret_file={}", secret.display());
    let bundle = fixture("fleet/provision-4.toml");
    let bundle = bundle.to_str().unwrap();
    let (theirs, others) = (key(), fs::read_to_string(fixture("fleet/key.txt")).unwrap());
    let address = "https://office.example/desks";
    for (key, address, secret, exit, says) in [
        (others.trim(), address, good.as_str(), 1, "not signed"),
        ("RWno", address, &good, 2, "minisign.pub"),
        (
            theirs.trim(),
            "http://office.example/desks",
            &good,
            2,
            "https://",
        ),
        (
            theirs.trim(),
            address,
            "journal.path=x",
            2,
            "names a secret's file",
        ),
        (
            theirs.trim(),
            address,
            "weixin.token.secret_file",
            2,
            "KEY=FILE",
        ),
        (
            theirs.trim(),
            address,
            "weixin.token.secret_file=/nonexistent",
            2,
            "cannot be read",
        ),
    ] {
        let told = program()
            .args([
                "fleet",
                "provision",
                "--listen",
                "127.0.0.1:0",
                "--desk",
                "front",
            ])
            .args([
                "--bundle",
                bundle,
                "--public-key",
                key,
                "--address",
                address,
            ])
            .args(["--secret", secret])
            .output()
            .unwrap();
        let told = Ended::of(&told);
        let words = format!("{}{}", told.stdout, told.stderr);
        assert_eq!(told.exit, exit, "{words}");
        assert!(words.contains(says), "{says}: {words}");
    }
    let twice = program()
        .args(["fleet", "provision", "--desk", "front", "--desk", "front"])
        .args(["--bundle", bundle, "--public-key", theirs.trim()])
        .args(["--address", address])
        .output()
        .unwrap();
    let twice = Ended::of(&twice);
    assert_eq!(twice.exit, 2);
    assert!(twice.stderr.contains("twice"), "{}", twice.stderr);
}

#[test]
fn a_desk_whose_answer_was_lost_gets_it_again_and_another_one_does_not() {
    let mut office = HeadOffice::near(&["front"]);
    let enrolment: Enrolment = office.code().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let claim = |by: &str| runtime.block_on(enrolment.claim(by, &WayOut::default()));
    let first = claim("one desk").unwrap();
    assert_eq!(claim("one desk"), Ok(first));
    assert_eq!(claim("another"), Err(NotProvided::Spent));
    assert_eq!(office.next()["event"], "claimed");
    runtime.block_on(enrolment.tell_kept("one desk", &WayOut::default()));
    assert_eq!(office.next()["event"], "kept");
    assert_eq!(office.end(), 0);
}
