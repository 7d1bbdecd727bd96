//! A stand-in for Weixin over real sockets: codes with their states, tokens, and faults on demand.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The holder's openid: personal, so it may not be seen anywhere.
pub const OPENID: &str = "oFULLopenidOfTheCustomer1234";
/// Access tokens begin so.
pub const TOKEN: &str = "TOKENofTheAccount";

/// What goes wrong with a consume.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    DropBefore,
    DropAfter,
    BusyAfter,
    GatewayAfter,
    HalfAfter,
    GarbageAfter,
    HangBefore,
    HangAfter,
    Redirect,
    TokenExpired,
    Unlisted,
}

#[derive(Default)]
struct State {
    codes: BTreeMap<String, &'static str>,
    faults: Vec<Fault>,
    consumes: u32,
    queries: u32,
    tokens: u32,
    held: Vec<TcpStream>,
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

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next consumes go wrong so, in this order.
    pub fn fail(&self, faults: &[Fault]) {
        self.state.lock().unwrap().faults = faults.iter().rev().copied().collect();
    }

    pub fn consumes(&self) -> u32 {
        self.state.lock().unwrap().consumes
    }

    pub fn queries(&self) -> u32 {
        self.state.lock().unwrap().queries
    }

    pub fn status(&self, code: &str) -> &'static str {
        self.state.lock().unwrap().codes[code]
    }

    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some((path, body)) = request(&mut reader) {
            if !self.answer(&path, &body, stream) {
                return;
            }
        }
    }

    /// Whether the connection goes on.
    fn answer(&self, path: &str, body: &Value, stream: &TcpStream) -> bool {
        let mut state = self.state.lock().unwrap();
        let call = path.split('?').next().unwrap();
        let code = body["code"].as_str().unwrap_or_default().to_owned();
        if call == "/cgi-bin/stable_token" {
            state.tokens += 1;
            let token = format!("{TOKEN}{}", state.tokens);
            return reply(
                stream,
                200,
                &json!({ "access_token": token, "expires_in": 7200 }).to_string(),
            );
        }
        if !path.contains(&format!("access_token={TOKEN}")) {
            return reply(
                stream,
                200,
                r#"{"errcode":40014,"errmsg":"invalid access_token"}"#,
            );
        }
        match call {
            "/card/code/get" => {
                state.queries += 1;
                let text = match state.codes.get(&code) {
                    Some(status) => {
                        json!({"errcode": 0, "errmsg": "ok", "openid": OPENID, "can_consume": *status == "NORMAL",
                        "user_card_status": status, "card": {"card_id": "pCARD", "begin_time": 0, "end_time": 4_102_444_800_i64}})
                    }
                    None => json!({"errcode": 40056, "errmsg": "invalid serial code rid: 1-2-3"}),
                };
                reply(stream, 200, &text.to_string())
            }
            "/card/code/consume" => consume(&mut state, code, path, stream),
            _ => reply(stream, 404, "{}"),
        }
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Value)> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

fn reply(mut stream: &TcpStream, status: u16, body: &str) -> bool {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).is_ok()
}

/// Applies a consume, or does not, and answers as the next fault wants it. Whether the connection goes on.
fn consume(state: &mut State, code: String, path: &str, stream: &TcpStream) -> bool {
    let fault = state.faults.pop();
    state.consumes += 1;
    let is_applied = !matches!(
        fault,
        Some(
            Fault::DropBefore
                | Fault::HangBefore
                | Fault::Redirect
                | Fault::TokenExpired
                | Fault::Unlisted
        )
    );
    let was_normal = state.codes.get(&code) == Some(&"NORMAL");
    if is_applied && was_normal {
        state.codes.insert(code, "CONSUMED");
    }
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
            stream.shutdown(std::net::Shutdown::Both).unwrap();
            false
        }
        Fault::BusyAfter => reply(stream, 200, r#"{"errcode":-1,"errmsg":"system error"}"#),
        Fault::GatewayAfter => reply(stream, 502, "<html>bad gateway</html>"),
        Fault::HalfAfter => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
                good.len(),
                &good[..10]
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Both).unwrap();
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
    }
}
