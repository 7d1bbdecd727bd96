//! The page tickets over real sockets: how often they are fetched, and that the two kinds stay apart.

use std::time::Duration;

use coupon_kiosk::redemption::reply::{Reason, Reply};
use coupon_kiosk::weixin::signature::{self, Filter};
use coupon_kiosk::weixin::token::TokenSource;
use coupon_kiosk::weixin::{Client, Settings};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::platform::{Odd, Platform};
use crate::support::APP_SECRET;

const LIMIT: Duration = Duration::from_secs(5);
const CALL: &str = "/cgi-bin/ticket/getticket";

fn client(platform: &Platform) -> (Client, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    std::fs::write(&secret_file, APP_SECRET).unwrap();
    let settings = Settings {
        base_url: format!("http://{}", platform.address()).parse().unwrap(),
        proxy: None,
        ca_file: None,
        token: TokenSource::StableToken {
            appid: "wx0123".to_owned(),
            secret_file,
        },
        record: None,
        hide: |_secret| {},
    };
    (Client::new(&settings).unwrap(), folder)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}

#[test]
fn a_crowd_shares_one_fetch_of_each_kind() {
    let platform = Platform::with(&[]);
    let (client, _folder) = client(&platform);
    run(async {
        let mut crowd = JoinSet::new();
        for number in 0..100 {
            let client = client.clone();
            crowd.spawn(async move {
                if number % 2 == 0 {
                    matches!(client.jsapi_ticket(LIMIT).await, Reply::Answered(_))
                } else {
                    matches!(client.card_ticket(LIMIT).await, Reply::Answered(_))
                }
            });
        }
        assert!(crowd.join_all().await.into_iter().all(|had_one| had_one));
    });
    let mut kinds = platform.tickets();
    kinds.sort();
    assert_eq!(kinds, ["jsapi", "wx_card"]);
    assert_eq!(platform.tokens(), 1);
}

#[test]
fn each_signature_is_made_with_the_ticket_of_its_own_kind() {
    let platform = Platform::with(&[]);
    let (client, _folder) = client(&platform);
    run(async {
        let Reply::Answered(jsapi) = client.jsapi_ticket(LIMIT).await else {
            panic!("no ticket");
        };
        let Reply::Answered(card) = client.card_ticket(LIMIT).await else {
            panic!("no ticket");
        };
        // By `printf %s ... | sha1sum`, the values in the order of their bytes.
        assert_eq!(
            signature::of_config(&jsapi, "n", 1, "https://coupons.example/"),
            "c164c749bc8611f1dff8a562f77b1cd7bffec398"
        );
        assert_eq!(
            signature::of_card(&card, "wx0123", &Filter::default(), 1, "n"),
            "360ac5864cf7575732aca47217273646949a20f4"
        );
    });
}

#[test]
fn a_ticket_that_is_over_is_fetched_anew() {
    let platform = Platform::with(&[]);
    platform.let_tickets_live(0);
    let (client, _folder) = client(&platform);
    run(async {
        for _ in 0..2 {
            assert!(matches!(
                client.card_ticket(LIMIT).await,
                Reply::Answered(_)
            ));
        }
    });
    assert_eq!(platform.tickets(), ["wx_card", "wx_card"]);
}

#[test]
fn a_refused_token_is_renewed_once_for_a_ticket() {
    let platform = Platform::with(&[]);
    platform.let_tickets_live(0);
    let (client, _folder) = client(&platform);
    run(async {
        assert!(matches!(
            client.card_ticket(LIMIT).await,
            Reply::Answered(_)
        ));
        platform.forget_tokens();
        assert!(matches!(
            client.card_ticket(LIMIT).await,
            Reply::Answered(_)
        ));
    });
    assert_eq!(platform.tokens(), 2);
}

#[test]
fn a_used_up_quota_is_not_asked_again() {
    let platform = Platform::with(&[]);
    let body = br#"{"errcode":45009,"errmsg":"reach max api daily quota limit"}"#;
    platform.answer_oddly(CALL, Odd::Body(body.to_vec()));
    let (client, _folder) = client(&platform);
    run(async {
        for _ in 0..3 {
            let Reply::Refused(refusal) = client.jsapi_ticket(LIMIT).await else {
                panic!("no refusal");
            };
            assert_eq!(refusal.reason, Reason::DailyQuota);
        }
    });
    let asked = platform.calls();
    assert_eq!(asked.iter().filter(|(_, call)| call == CALL).count(), 1);
}
