//! A stand-in for Weixin over real sockets: codes with their states, tokens, and faults on demand.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use coupon_kiosk::kiosk::clock::tick;

use serde_json::{Value, json};

/// The holder's openid: personal, so it may not be seen anywhere.
pub const OPENID: &str = "oFULLopenidOfTheCustomer1234";
/// Access tokens begin so.
pub const TOKEN: &str = "TOKENofTheAccount";

/// Page tickets begin so.
pub const TICKET: &str = "TICKETofTheAccount";

/// What goes wrong with a consume.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    DropBefore,
    DropAfter,
    BusyBefore,
    BusyAfter,
    GatewayBefore,
    GatewayAfter,
    HalfAfter,
    GarbageAfter,
    HangBefore,
    HangAfter,
    Redirect,
    TokenExpired,
    Unlisted,
    /// 40071: a member card.
    WrongKind,
    /// The consume is answered when the code is asked about again; that look-up is never answered.
    Late,
}

/// How a call is answered from now on, whatever it is. A consume is applied all the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Odd {
    /// A status of some machine on the way.
    Status(u16),
    /// 200 with this body.
    Body(Vec<u8>),
    /// The same, a byte at a time.
    ByteByByte(Vec<u8>),
    /// A good answer, a byte a second.
    Drips,
    /// Half an answer, and then silence.
    Stalls,
    /// The connection is reset.
    Resets,
    /// A chunked body without an end.
    EndlessBody,
    /// 4 GiB are announced, and sent as long as anybody reads.
    HugeBody,
    /// Headers without an end.
    EndlessHeaders,
    /// Answered as usual, but only after the title was.
    AfterTitle,
    /// These bytes, whether they are HTTP or not; then the end of the connection.
    Raw(Vec<u8>),
    /// These bytes, and the connection goes on.
    Kept(Vec<u8>),
    /// "100 Continue" without an end.
    EndlessContinues,
}

/// A moment of an exchange at which a test may step in, while the other side waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// A look-up has come.
    Asked,
    /// A consume has come and nothing was done about it.
    Sent,
    /// A consume was applied, or will not be; nothing was answered.
    Decided,
    /// A consume was answered.
    Answered,
}

/// Is told every [`Moment`] with the code that it is about, and may not ask the platform anything.
type Watcher = Arc<dyn Fn(Moment, &str) + Send + Sync>;

#[derive(Default)]
struct State {
    watcher: Option<Watcher>,
    /// For so long a look-up does not show a consume.
    lag: Duration,
    consumed_at: BTreeMap<String, Instant>,
    /// The code of every consume that came.
    sent: Vec<String>,
    /// The code of every consume that was applied.
    applied: Vec<String>,
    /// How many look-ups are yet to go wrong.
    stumbles: u32,
    codes: BTreeMap<String, &'static str>,
    /// The card of the codes that are not of the usual one.
    cards: BTreeMap<String, &'static str>,
    faults: Vec<Fault>,
    odd: Vec<(&'static str, Odd)>,
    title: Option<&'static str>,
    titles: u32,
    consumes: u32,
    queries: u32,
    tokens: u32,
    /// The kinds of the page tickets that were fetched.
    tickets: Vec<String>,
    /// How long a page ticket lives; 7200 s where nothing was said.
    ticket_life: Option<u64>,
    /// How many of the tokens are refused.
    forgotten: u32,
    /// What is inside which encrypt_code.
    sealed: BTreeMap<String, String>,
    /// Heads of the token requests.
    token_heads: Vec<String>,
    connections: u32,
    is_doubling: bool,
    calls: Vec<(u32, String)>,
    poured: u64,
    pouring: u32,
    held: Vec<TcpStream>,
    late: Option<(TcpStream, String)>,
}

#[derive(Clone)]
pub struct Platform {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Platform {
    /// A platform that knows these codes.
    pub fn with(codes: &[(&str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        state.lock().unwrap().codes = codes
            .iter()
            .map(|(code, status)| ((*code).to_owned(), *status))
            .collect();
        let platform = Self { address, state };
        let served = platform.clone();
        std::thread::Builder::new()
            .spawn(move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    let served = served.clone();
                    std::thread::Builder::new()
                        .spawn(move || served.serve(&stream))
                        .unwrap();
                }
            })
            .unwrap();
        platform
    }

    /// Lets a test step in.
    pub fn watch(&self, watcher: impl Fn(Moment, &str) + Send + Sync + 'static) {
        self.state.lock().unwrap().watcher = Some(Arc::new(watcher));
    }

    /// A consume shows in look-ups only after `lag`.
    pub fn lag_behind(&self, lag: Duration) {
        self.state.lock().unwrap().lag = lag;
    }

    /// Knows one more code.
    pub fn know(&self, code: &str, status: &'static str) {
        let mut state = self.state.lock().unwrap();
        state.codes.insert(code.to_owned(), status);
    }

    /// This code is a coupon of that card.
    pub fn file_under(&self, code: &str, card_id: &'static str) {
        let mut state = self.state.lock().unwrap();
        state.cards.insert(code.to_owned(), card_id);
    }

    /// The next look-ups go wrong.
    pub fn stumble(&self, look_ups: u32) {
        self.state.lock().unwrap().stumbles = look_ups;
    }

    /// Ends every connection that was left without an answer.
    pub fn let_go(&self) {
        let held = std::mem::take(&mut self.state.lock().unwrap().held);
        for stream in held {
            stream
                .shutdown(std::net::Shutdown::Both)
                .unwrap_or_default();
        }
    }

    /// The codes of the consumes that came, and of those that were applied.
    pub fn book(&self) -> (Vec<String>, Vec<String>) {
        let state = self.state.lock().unwrap();
        (state.sent.clone(), state.applied.clone())
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next consumes go wrong so, in this order.
    pub fn fail(&self, faults: &[Fault]) {
        self.state.lock().unwrap().faults = faults.iter().rev().copied().collect();
    }

    /// This call is answered so from now on.
    pub fn answer_oddly(&self, call: &'static str, odd: Odd) {
        let mut state = self.state.lock().unwrap();
        state.odd.retain(|(other, _)| *other != call);
        state.odd.push((call, odd));
    }

    /// The platform knows this title for its card; without it `/card/get` is 404.
    pub fn entitle(&self, title: &'static str) {
        self.state.lock().unwrap().title = Some(title);
    }

    /// Every call, and the number of the connection that it came over.
    pub fn calls(&self) -> Vec<(u32, String)> {
        self.state.lock().unwrap().calls.clone()
    }

    /// How many tokens were fetched.
    pub fn tokens(&self) -> u32 {
        self.state.lock().unwrap().tokens
    }

    /// The kinds of the page tickets that were fetched, in their order.
    pub fn tickets(&self) -> Vec<String> {
        self.state.lock().unwrap().tickets.clone()
    }

    /// Page tickets live so long from now on.
    pub fn let_tickets_live(&self, secs: u64) {
        self.state.lock().unwrap().ticket_life = Some(secs);
    }

    /// `encrypt_code` opens to `code` from now on.
    pub fn seal(&self, code: &str, encrypt_code: &str) {
        let mut state = self.state.lock().unwrap();
        state
            .sealed
            .insert(encrypt_code.to_owned(), code.to_owned());
    }

    /// Every access token that was handed out so far is worth nothing from now on.
    pub fn forget_tokens(&self) {
        let mut state = self.state.lock().unwrap();
        state.forgotten = state.tokens;
    }

    /// The heads of the requests for tokens.
    pub fn token_heads(&self) -> Vec<String> {
        self.state.lock().unwrap().token_heads.clone()
    }

    /// How many bytes the endless answers came to, once nobody reads them any more.
    pub fn poured(&self) -> u64 {
        loop {
            let state = self.state.lock().unwrap();
            if state.pouring == 0 {
                return state.poured;
            }
            drop(state);
            std::thread::yield_now();
        }
    }

    pub fn consumes(&self) -> u32 {
        self.state.lock().unwrap().consumes
    }

    /// From now on a machine on the way answers once more than it was asked, on every connection that was used.
    pub fn double_answers(&self) {
        self.state.lock().unwrap().is_doubling = true;
    }

    pub fn queries(&self) -> u32 {
        self.state.lock().unwrap().queries
    }

    pub fn status(&self, code: &str) -> &'static str {
        self.state.lock().unwrap().codes[code]
    }

    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let connection = {
            let mut state = self.state.lock().unwrap();
            state.connections += 1;
            state.connections
        };
        while let Some((head, path, body)) = request(&mut reader) {
            let call = path.split('?').next().unwrap().to_owned();
            let mut state = self.state.lock().unwrap();
            state.calls.push((connection, call.clone()));
            let was_looked_up =
                |made: &(u32, String)| made.0 == connection && made.1 == "/card/code/get";
            if state.is_doubling
                && call == "/card/code/consume"
                && state.calls.iter().any(was_looked_up)
            {
                reply(stream, 200, r#"{"errcode":0,"errmsg":"ok"}"#);
            }
            if TOKEN_CALLS.contains(&call.as_str()) {
                state.token_heads.push(head);
            }
            drop(state);
            let goes_on = match self.odd(&call) {
                Some(Odd::AfterTitle) => {
                    while self.state.lock().unwrap().titles == 0 {
                        std::thread::yield_now();
                    }
                    self.answer(&path, &body, stream)
                }
                Some(odd) => self.odd_answer(&call, &odd, &body, stream),
                None => self.answer(&path, &body, stream),
            };
            if !goes_on {
                return;
            }
        }
    }

    fn odd(&self, call: &str) -> Option<Odd> {
        let state = self.state.lock().unwrap();
        let odd = state.odd.iter().find(|(odd_call, _)| *odd_call == call);
        odd.map(|(_, odd)| odd.clone())
    }

    /// Whether the connection goes on.
    fn odd_answer(&self, call: &str, odd: &Odd, body: &Value, mut stream: &TcpStream) -> bool {
        let mut state = self.state.lock().unwrap();
        match call {
            "/card/code/get" => state.queries += 1,
            "/card/get" => state.titles += 1,
            "/card/code/consume" => {
                state.consumes += 1;
                let code = body["code"].as_str().unwrap_or_default().to_owned();
                state.codes.insert(code, "CONSUMED");
            }
            _ => {}
        }
        state.pouring += 1;
        drop(state);
        let json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        let goes_on = match odd {
            Odd::AfterTitle => true,
            Odd::Raw(bytes) => {
                stream.write_all(bytes).unwrap_or_default();
                stream
                    .shutdown(std::net::Shutdown::Both)
                    .unwrap_or_default();
                false
            }
            Odd::Kept(bytes) => stream.write_all(bytes).is_ok(),
            Odd::EndlessContinues => self.pour("", "HTTP/1.1 100 Continue\r\n\r\n", stream),
            Odd::Status(status) => reply(stream, *status, "<html>trouble</html>"),
            Odd::Body(body) => {
                let head = format!("{json}Content-Length: {}\r\n\r\n", body.len());
                stream.write_all(&[head.as_bytes(), body].concat()).is_ok()
            }
            Odd::ByteByByte(body) => {
                stream.set_nodelay(true).unwrap();
                let head = format!("{json}Content-Length: {}\r\n\r\n", body.len());
                let bytes = [head.as_bytes(), body].concat();
                bytes.chunks(1).all(|byte| stream.write_all(byte).is_ok())
            }
            Odd::Drips => {
                let text = format!("{json}Content-Length: 13\r\n\r\n{{\"errcode\":0}}");
                drip(text.as_bytes(), stream)
            }
            Odd::Stalls => {
                let head = format!("{json}Content-Length: 100\r\n\r\n{{\"errcode\":0,");
                stream.write_all(head.as_bytes()).is_ok()
            }
            // What was not read is answered with RST at the close.
            Odd::Resets => false,
            Odd::EndlessBody => {
                let head = format!("{json}Transfer-Encoding: chunked\r\n\r\n");
                let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
                self.pour(&head, &chunk, stream)
            }
            Odd::HugeBody => {
                let head = format!("{json}Content-Length: 4294967296\r\n\r\n");
                self.pour(&head, &" ".repeat(0x10000), stream)
            }
            Odd::EndlessHeaders => {
                let line = format!("X-Filler: {}\r\n", "x".repeat(1000));
                self.pour(json, &line, stream)
            }
        };
        self.state.lock().unwrap().pouring -= 1;
        goes_on
    }

    /// Sends as long as anybody reads.
    fn pour(&self, head: &str, piece: &str, mut stream: &TcpStream) -> bool {
        let mut went = stream.write_all(head.as_bytes());
        while went.is_ok() {
            went = stream.write_all(piece.as_bytes());
            self.state.lock().unwrap().poured += piece.len() as u64;
        }
        false
    }

    /// Whether the connection goes on.
    fn answer(&self, path: &str, body: &Value, stream: &TcpStream) -> bool {
        let mut state = self.state.lock().unwrap();
        let call = path.split('?').next().unwrap();
        let code = body["code"].as_str().unwrap_or_default().to_owned();
        if TOKEN_CALLS.contains(&call) {
            state.tokens += 1;
            let token = format!("{TOKEN}{}", state.tokens);
            return reply(
                stream,
                200,
                &json!({ "access_token": token, "expires_in": 7200 }).to_string(),
            );
        }
        let token = path.split(&format!("access_token={TOKEN}")).nth(1);
        let number = token.and_then(|rest| rest.split('&').next()?.parse::<u32>().ok());
        if token.is_none() || number.is_some_and(|number| number <= state.forgotten) {
            return reply(
                stream,
                200,
                r#"{"errcode":40014,"errmsg":"invalid access_token"}"#,
            );
        }
        match call {
            "/card/code/get" => {
                state.queries += 1;
                if let Some((mut late, answer)) = state.late.take() {
                    late.write_all(answer.as_bytes()).unwrap();
                    state.held.push(stream.try_clone().unwrap());
                    return true;
                }
                state.tell(Moment::Asked, &code);
                if state.stumbles > 0 {
                    state.stumbles -= 1;
                    return match state.stumbles % 3 {
                        0 => reply(stream, 200, r#"{"errcode":-1,"errmsg":"system error"}"#),
                        1 => reply(stream, 502, "<html>bad gateway</html>"),
                        _ => false,
                    };
                }
                let text = match state.shown(&code) {
                    Some(status) => {
                        let card_id = state.cards.get(&code).copied().unwrap_or("pCARD");
                        json!({"errcode": 0, "errmsg": "ok", "openid": OPENID, "can_consume": status == "NORMAL",
                        "user_card_status": status, "card": {"card_id": card_id, "begin_time": 0, "end_time": 4_102_444_800_i64}})
                    }
                    None => json!({"errcode": 40056, "errmsg": "invalid serial code rid: 1-2-3"}),
                };
                reply(stream, 200, &text.to_string())
            }
            "/card/code/consume" => {
                state.sent.push(code.clone());
                state.tell(Moment::Sent, &code);
                let goes_on = consume(&mut state, &code, path, stream);
                state.tell(Moment::Answered, &code);
                goes_on
            }
            "/card/code/decrypt" => reply(stream, 200, &decrypted(&state, body)),
            "/cgi-bin/ticket/getticket" => reply(stream, 200, &ticket(&mut state, path)),
            "/card/get" => {
                state.titles += 1;
                let Some(title) = state.title else {
                    return reply(stream, 404, "{}");
                };
                let text = json!({"errcode": 0, "errmsg": "ok", "card": {"card_type": "GIFT",
                    "gift": {"base_info": {"title": title}, "gift": "One coffee"}}});
                reply(stream, 200, &text.to_string())
            }
            _ => reply(stream, 404, "{}"),
        }
    }
}

/// A byte a second, for as long as somebody is there; whether it came to its end.
fn drip(bytes: &[u8], mut stream: &TcpStream) -> bool {
    let second = Some(Duration::from_secs(1));
    stream.set_read_timeout(second).unwrap();
    let came_to_its_end = bytes.chunks(1).all(|byte| {
        // Who has given up has closed the connection, and is heard at once.
        let is_there = !matches!(stream.peek(&mut [0]), Ok(0));
        is_there && stream.write_all(byte).is_ok()
    });
    stream.set_read_timeout(None).unwrap();
    came_to_its_end
}

fn decrypted(state: &State, body: &Value) -> String {
    let encrypt_code = body["encrypt_code"].as_str().unwrap_or_default();
    let answer = match state.sealed.get(encrypt_code) {
        Some(code) => json!({"errcode": 0, "errmsg": "ok", "code": code}),
        None => json!({"errcode": 40075, "errmsg": "invalid encrypt code"}),
    };
    answer.to_string()
}

fn ticket(state: &mut State, path: &str) -> String {
    let kind = path.split("type=").nth(1).unwrap_or_default();
    let kind = kind.split('&').next().unwrap_or_default();
    state.tickets.push(kind.to_owned());
    // Who asks again within its life is given the same one.
    let first = state.tickets.iter().position(|told| told == kind);
    let ticket = format!("{TICKET}-{kind}-{}", first.unwrap_or(0) + 1);
    let life = state.ticket_life.unwrap_or(7200);
    json!({"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": life}).to_string()
}

impl State {
    fn tell(&self, moment: Moment, code: &str) {
        if let Some(watcher) = &self.watcher {
            watcher(moment, code);
        }
    }

    /// What a look-up tells of a code.
    fn shown(&self, code: &str) -> Option<&'static str> {
        let lags = self
            .consumed_at
            .get(code)
            .is_some_and(|at| tick().duration_since(*at) < self.lag);
        let status = *self.codes.get(code)?;
        Some(if lags { "NORMAL" } else { status })
    }
}

/// Weixin's own, and a merchant's central server.
const TOKEN_CALLS: [&str; 2] = ["/cgi-bin/stable_token", "/token"];

/// The head, the path with its query, and the body.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String, Value)> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let target = line.split(' ').nth(1)?;
    // A proxy is told the whole address.
    let path = match target.strip_prefix("http://") {
        Some(rest) => rest[rest.find('/')?..].to_owned(),
        None => target.to_owned(),
    };
    let mut head = line.clone();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        head.push_str(&header);
        let (name, value) = header.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some((head, path, body))
}

fn reply(mut stream: &TcpStream, status: u16, body: &str) -> bool {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).is_ok()
}

/// Applies a consume, or does not, and answers as the next fault wants it. Whether the connection goes on.
fn consume(state: &mut State, code: &str, path: &str, stream: &TcpStream) -> bool {
    let fault = state.faults.pop();
    state.consumes += 1;
    let is_applied = !matches!(
        fault,
        Some(
            Fault::DropBefore
                | Fault::BusyBefore
                | Fault::GatewayBefore
                | Fault::HangBefore
                | Fault::Redirect
                | Fault::TokenExpired
                | Fault::Unlisted
                | Fault::WrongKind
        )
    );
    let was_normal = state.codes.get(code) == Some(&"NORMAL");
    if is_applied && was_normal {
        state.codes.insert(code.to_owned(), "CONSUMED");
        state.consumed_at.insert(code.to_owned(), tick());
        state.applied.push(code.to_owned());
    }
    state.tell(Moment::Decided, code);
    let good =
        json!({"errcode": 0, "errmsg": "ok", "card": {"card_id": "pCARD"}, "openid": OPENID})
            .to_string();
    if let Some(fault) = fault {
        return fail(state, fault, path, stream, &good);
    }
    if was_normal {
        reply(stream, 200, &good)
    } else {
        reply(stream, 200, r#"{"errcode":40099,"errmsg":"consumed"}"#)
    }
}

fn fail(state: &mut State, fault: Fault, path: &str, mut stream: &TcpStream, good: &str) -> bool {
    match fault {
        Fault::DropBefore | Fault::DropAfter => {
            stream
                .shutdown(std::net::Shutdown::Both)
                .unwrap_or_default();
            false
        }
        Fault::BusyBefore | Fault::BusyAfter => {
            reply(stream, 200, r#"{"errcode":-1,"errmsg":"system error"}"#)
        }
        Fault::GatewayBefore | Fault::GatewayAfter => {
            reply(stream, 502, "<html>bad gateway</html>")
        }
        Fault::HalfAfter => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
                good.len(),
                &good[..10]
            );
            stream.write_all(head.as_bytes()).unwrap_or_default();
            stream
                .shutdown(std::net::Shutdown::Both)
                .unwrap_or_default();
            false
        }
        Fault::GarbageAfter => reply(stream, 200, "not json"),
        Fault::HangBefore | Fault::HangAfter => {
            state.held.push(stream.try_clone().unwrap());
            true
        }
        Fault::Redirect => {
            let head = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: {path}\r\nContent-Length: 0\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).is_ok()
        }
        Fault::TokenExpired => reply(
            stream,
            200,
            r#"{"errcode":42001,"errmsg":"access_token expired"}"#,
        ),
        Fault::Unlisted => reply(stream, 200, r#"{"errcode":987654,"errmsg":"new"}"#),
        Fault::WrongKind => reply(
            stream,
            200,
            r#"{"errcode":40071,"errmsg":"wrong card type rid: 66"}"#,
        ),
        Fault::Late => {
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{good}",
                good.len()
            );
            state.late = Some((stream.try_clone().unwrap(), answer));
            true
        }
    }
}
