//! A served page, and phones that ask it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::{Value, json};

use crate::platform::Platform;
use crate::support::{APP_SECRET, Desk};

/// Where customers would reach the page.
pub const ORIGIN: &str = "http://localhost:1";
pub const CODE: &str = "409632457895";
pub const SEALED: &str = "XXIzTtMqCxwOaawoE91+VJdsFmv7b8g0VZIZkqf4GWA60Fzpc8ksZ/5ZZ0DVkXdE";
/// The card that a customer may redeem by himself.
pub const CARD: &str = "pCARD";
pub const DESK_KEY: &str = "key-of-the-front-desk-0123456789";
pub const OTHER_KEY: &str = "key-of-the-other-desk-0123456789";

/// The program that serves, and its folder.
pub struct Site {
    pub desk: Desk,
    pub address: SocketAddr,
    pub client: reqwest::Client,
    served: Child,
    weixin: SocketAddr,
}

impl Site {
    /// A site whose Weixin is `platform`, and of whose configuration `[online]` also says `more`.
    pub fn of(platform: &Platform, more: &str) -> Self {
        Self::with(platform, more, |text| text)
    }

    /// The same with a configuration that is edited first.
    pub fn with(platform: &Platform, more: &str, edit: impl FnOnce(String) -> String) -> Self {
        let desk = Desk::of(platform);
        let desks = format!("front: {DESK_KEY}\n# a remark\nback: {OTHER_KEY}\n");
        std::fs::write(desk.path("desks"), desks).unwrap();
        desk.configure(&edit(format!(
            "[weixin]\nbase_url = \"http://{}\"\ntimeout_secs = 1\ndoubt_secs = 1\n\
             [weixin.token]\nsource = \"stable_token\"\nappid = \"wx0123\"\nsecret_file = \"{}\"\n\
             [store]\ndesk = \"front\"\n[journal]\npath = \"{}\"\n\
             [online]\npublic_url = \"{ORIGIN}\"\nlisten = \"127.0.0.1:0\"\njournal_path = \"{}\"\n\
             desks_file = \"{}\"\nrequests_per_minute = 1000000\n{more}\n",
            platform.address(),
            desk.path("secret").display(),
            // What `journal list` reads.
            desk.path("state/online.sqlite").display(),
            desk.path("state/online.sqlite").display(),
            desk.path("desks").display(),
        )));
        Self::serve(desk, platform.address())
    }

    pub fn serve(desk: Desk, weixin: SocketAddr) -> Self {
        let (served, address) = start(desk.command(&["serve", "--json"]));
        Self {
            desk,
            address,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            served,
            weixin,
        }
    }

    /// What a kiosk needs to be this site's desk.
    pub fn for_desk(&self) -> ForDesk {
        let key_file = self.desk.path("front-key");
        std::fs::write(&key_file, DESK_KEY).unwrap();
        ForDesk {
            weixin: format!("http://{}", self.weixin),
            secret_file: self.desk.path("secret"),
            journal: self.desk.path("state/kiosk.sqlite"),
            key_file,
            url: self.url(""),
        }
    }

    /// The most memory that the server has held, as Linux tells it.
    pub fn memory(&self) -> String {
        let path = format!("/proc/{}/status", self.served.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.unwrap_or("an unknown amount").trim().to_owned()
    }

    /// Stops serving, as a power cut would.
    pub fn stop(&mut self) {
        self.served.kill().unwrap();
        self.served.wait().unwrap();
    }

    /// Serves again, at the same address.
    pub fn start_again(&mut self) {
        let path = self.desk.path("kiosk.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let listen = format!("listen = \"{}\"", self.address);
        self.desk
            .configure(&text.replace("listen = \"127.0.0.1:0\"", &listen));
        let (served, address) = start(self.desk.command(&["serve", "--json"]));
        assert_eq!(address, self.address);
        self.served = served;
    }

    /// The outcomes of all attempts, once none is open: a page may be told of an end a moment before it is on the disk.
    pub fn attempts(&self) -> Vec<String> {
        loop {
            let attempts = self.desk.attempts();
            if !attempts.iter().any(|outcome| outcome == "in_doubt") {
                return attempts;
            }
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn phone(&self) -> Phone<'_> {
        Phone {
            site: self,
            cookie: String::new(),
            nonce: String::new(),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.served.kill().unwrap_or_default();
        self.served.wait().map(drop).unwrap_or_default();
    }
}

/// Starts a program that says where it listens.
fn start(mut command: Command) -> (Child, SocketAddr) {
    let mut child = command
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let address = told["address"].as_str().unwrap().parse().unwrap();
    (child, address)
}

/// What a kiosk needs to be a site's desk.
pub struct ForDesk {
    pub weixin: String,
    pub secret_file: PathBuf,
    pub journal: PathBuf,
    pub key_file: PathBuf,
    pub url: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self {
            status,
            headers,
            text,
            json,
        }
    }

    pub fn stage(&self) -> &str {
        self.json["view"]["stage"].as_str().unwrap_or_default()
    }

    pub fn head(&self) -> &str {
        self.json["view"]["head"].as_str().unwrap_or_default()
    }
}

/// One customer's browser.
pub struct Phone<'a> {
    site: &'a Site,
    pub cookie: String,
    pub nonce: String,
}

impl Phone<'_> {
    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        let request = self
            .site
            .client
            .post(self.site.url(path))
            .header("cookie", &self.cookie)
            .json(body);
        let answer = Answer::of(request.send().await.unwrap()).await;
        if let Some(cookie) = answer.headers.get(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next();
            cookie.unwrap().clone_into(&mut self.cookie);
        }
        if let Some(nonce) = answer.json["nonce"].as_str() {
            nonce.clone_into(&mut self.nonce);
        }
        answer
    }

    pub async fn begin(&mut self) -> Answer {
        self.post("/api/begin", &json!({ "lang": "en" })).await
    }

    pub async fn open(&mut self, pass: &str) -> Answer {
        self.post("/api/begin", &json!({ "lang": "en", "pass": pass }))
            .await
    }

    /// Hands over what Weixin's list gave, a text that holds JSON.
    pub async fn choose(&mut self, encrypt_code: &str) -> Answer {
        let list = json!([{ "card_id": CARD, "encrypt_code": encrypt_code }]).to_string();
        let body = json!({ "lang": "en", "nonce": self.nonce, "card_list": list });
        self.post("/api/choose", &body).await
    }

    pub async fn confirm(&mut self, look_up: &Value) -> Answer {
        let body = json!({ "lang": "en", "nonce": self.nonce, "look_up": look_up });
        self.post("/api/confirm", &body).await
    }

    pub async fn state(&self, tag: &str) -> Answer {
        let request = self
            .site
            .client
            .get(self.site.url(&format!("/api/state?lang=en&tag={tag}")))
            .header("cookie", &self.cookie);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Follows the page until it shows something that is wanted.
    pub async fn until(&self, answer: Answer, is_wanted: impl Fn(&Answer) -> bool) -> Answer {
        let mut answer = answer;
        for _ in 0..100 {
            if is_wanted(&answer) {
                return answer;
            }
            let tag = answer.json["view"]["tag"].as_str().unwrap_or_default();
            answer = self.state(tag).await;
        }
        panic!("it never came: {answer:?}");
    }

    /// From the choice to the review.
    pub async fn review(&mut self, encrypt_code: &str) -> Answer {
        let chosen = self.choose(encrypt_code).await;
        self.until(chosen, |answer| answer.stage() == "review")
            .await
    }

    /// From the review to the end.
    pub async fn redeem(&mut self, review: &Answer) -> Answer {
        let confirmed = self.confirm(&review.json["view"]["look_up"]).await;
        self.until(confirmed, |answer| answer.stage() == "done")
            .await
    }
}

pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}

/// A platform with one coupon, and a site where its customer may redeem it himself.
pub fn normal() -> (Platform, Site) {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    platform.seal(CODE, SEALED);
    let site = Site::of(&platform, &format!("self_redeem = [\"{CARD}\"]"));
    (platform, site)
}

/// The old signature of a redirect.
pub fn redirect_signature(encrypt_code: &str, card_id: &str) -> String {
    use coupon_kiosk::weixin::secret::Secret;
    use coupon_kiosk::weixin::signature;
    signature::of_redirect(&Secret::new(APP_SECRET), encrypt_code, card_id)
}
