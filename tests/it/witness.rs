//! Weixin's events over a real socket and a real file, up to the loop's door.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use coupon_kiosk::redemption::witness::Witnessed;
use coupon_kiosk::witness::{Hearing, Sources, hear};

const KEY: &str = "a-key-of-the-merchants-server";
const SOON: Duration = Duration::from_mins(1);

fn event(code: &str) -> String {
    format!(
        "{{\"Event\":\"user_consume_card\",\"UserCardCode\":\"{code}\",\"CreateTime\":1795406628,\
         \"FromUserName\":\"oCUSTOMERcustomer\",\"ConsumeSource\":\"FROM_API\",\"CardId\":\"pCARD\"}}"
    )
}

fn hearing(places: usize) -> (Hearing, SocketAddr, Receiver<Witnessed>) {
    let (sender, heard) = sync_channel(places);
    let sources = Sources {
        file: None,
        listen: Some(([127, 0, 0, 1], 0).into()).map(|address| (address, KEY.to_owned())),
    };
    let hearing = hear(sources, Box::new(move |seen| sender.try_send(seen).is_ok())).unwrap();
    let address = hearing.address.unwrap();
    (hearing, address, heard)
}

fn ask(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    // Who is refused early may not read to the end.
    stream.write_all(request).unwrap_or_default();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap_or_default();
    answer.lines().next().unwrap_or_default().to_owned()
}

fn post(address: SocketAddr, key: &str, body: &str) -> String {
    let length = body.len();
    let head = format!(
        "POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    ask(address, (head + body).as_bytes())
}

#[test]
fn a_posted_event_is_heard_by_whoever_knows_the_key_and_by_nobody_else() {
    let (_hearing, address, heard) = hearing(8);
    assert!(post(address, "another", &event("1")).contains(" 401 "));
    assert!(post(address, KEY, &event("2")).contains(" 204 "));
    let two = event("3") + "\n" + &event("4");
    assert!(post(address, KEY, &two).contains(" 204 "));
    let codes: Vec<String> = heard
        .try_iter()
        .map(|seen| seen.code.as_str().to_owned())
        .collect();
    assert_eq!(codes, ["2", "3", "4"]);
}

#[test]
fn what_is_hostile_is_refused_and_the_next_one_is_heard() {
    let (_hearing, address, heard) = hearing(8);
    assert!(post(address, KEY, "no JSON").contains(" 400 "));
    assert!(post(address, KEY, "{\"Event\":\"user_get_card\"}").contains(" 204 "));
    assert!(post(address, KEY, &"x".repeat(100_000)).contains(" 413 "));
    assert!(
        ask(
            address,
            b"GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .contains(" 405 ")
    );
    assert!(
        ask(
            address,
            b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .contains(" 404 ")
    );
    assert!(heard.try_recv().is_err());
    assert!(post(address, KEY, &event("1")).contains(" 204 "));
    assert_eq!(heard.recv_timeout(SOON).unwrap().code.as_str(), "1");
}

#[test]
fn where_there_is_no_place_whoever_posts_is_told_to_come_again() {
    let (_hearing, address, heard) = hearing(1);
    assert!(post(address, KEY, &event("1")).contains(" 204 "));
    assert!(post(address, KEY, &event("2")).contains(" 503 "));
    assert_eq!(heard.recv().unwrap().code.as_str(), "1");
    assert!(post(address, KEY, &event("2")).contains(" 204 "));
}

#[test]
fn lines_of_a_file_are_heard_those_that_were_there_before_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    std::fs::write(&path, event("1") + "\n").unwrap();
    let (sender, heard) = sync_channel(8);
    let sources = Sources {
        file: Some(path.clone()),
        listen: None,
    };
    let _hearing = hear(sources, Box::new(move |seen| sender.try_send(seen).is_ok())).unwrap();
    assert_eq!(heard.recv_timeout(SOON).unwrap().code.as_str(), "1");
    let mut file = std::fs::File::options().append(true).open(&path).unwrap();
    file.write_all((event("2") + "\n").as_bytes()).unwrap();
    assert_eq!(heard.recv_timeout(SOON).unwrap().code.as_str(), "2");
}

#[test]
fn no_other_machine_may_post() {
    let sources = Sources {
        file: None,
        listen: Some(([0, 0, 0, 0], 0).into()).map(|address| (address, KEY.to_owned())),
    };
    assert!(hear(sources, Box::new(|_| true)).is_err());
}
