//! What a customer does on the page, to the letter of the four online steps: pull the list, decrypt, query, redeem.

use std::fmt::Write;

use serde_json::json;

use super::site::{CARD, CODE, ORIGIN, SEALED, Site, normal, redirect_signature, run};
use crate::platform::{Fault, Platform, TICKET};

#[test]
fn the_page_is_signed_for_the_list_of_coupons() {
    let (platform, site) = normal();
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let url = format!("{ORIGIN}/?lang=en#top");
        let signed = phone
            .post("/api/sign", &json!({ "lang": "en", "url": url }))
            .await;
        let told = &signed.json;
        assert_eq!(told["config"]["appId"], "wx0123", "{signed:?}");
        assert_eq!(told["card"]["signType"], "SHA1");
        // Anew, by the recipe's own words, with the tickets that the platform gave.
        let kinds = platform.tickets();
        let ticket = |kind: &str| {
            let place = kinds.iter().position(|one| one == kind).unwrap();
            format!("{TICKET}-{kind}-{}", place + 1)
        };
        let (nonce, at) = (
            told["config"]["nonceStr"].as_str().unwrap(),
            &told["config"]["timestamp"],
        );
        let text = format!(
            "jsapi_ticket={}&noncestr={nonce}&timestamp={at}&url={ORIGIN}/?lang=en",
            ticket("jsapi")
        );
        assert_eq!(told["config"]["signature"], sha1(&text));
        let at = at.to_string();
        let api_ticket = ticket("wx_card");
        let mut values = [api_ticket.as_str(), "wx0123", &at, nonce];
        values.sort_unstable();
        assert_eq!(told["card"]["cardSign"], sha1(&values.concat()));
    });
}

fn sha1(text: &str) -> String {
    use sha1::{Digest, Sha1};
    let digest = Sha1::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

#[test]
fn a_chosen_coupon_is_decrypted_looked_up_confirmed_and_redeemed_once() {
    let (platform, site) = normal();
    platform.entitle("One coffee");
    run(async {
        let mut phone = site.phone();
        let begun = phone.begin().await;
        assert_eq!(begun.stage(), "choose");
        let review = phone.review(SEALED).await;
        assert_eq!(review.json["view"]["coupon"]["code"], "4096 3245 7895");
        assert_eq!(review.json["view"]["can_confirm"], true);
        assert_eq!(platform.consumes(), 0);
        let done = phone.redeem(&review).await;
        assert_eq!(done.head(), "Used", "{done:?}");
    });
    let calls: Vec<String> = platform.calls().into_iter().map(|(_, call)| call).collect();
    let of = |wanted: &str| calls.iter().filter(|call| *call == wanted).count();
    assert_eq!(
        (
            of("/card/code/decrypt"),
            of("/card/code/get"),
            of("/card/code/consume")
        ),
        (1, 1, 1)
    );
    assert_eq!(
        (platform.status(CODE), site.attempts()),
        ("CONSUMED", vec!["redeemed".to_owned()])
    );
    for line in site.desk.lines() {
        assert_eq!(
            (&line["origin"], &line["code"]),
            (&"online".into(), &CODE.into())
        );
    }
    assert_eq!(site.desk.run(&["journal", "verify"]).exit, 0);
}

#[test]
fn a_list_is_taken_as_a_text_and_as_a_list() {
    let (_platform, site) = normal();
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let list = json!([{ "card_id": CARD, "encrypt_code": SEALED, "app_id": "later field" }]);
        let body = json!({ "lang": "en", "nonce": phone.nonce, "card_list": list });
        let chosen = phone.post("/api/choose", &body).await;
        phone
            .until(chosen, |answer| answer.stage() == "review")
            .await;
        for (list, word) in [
            (json!("[]"), "empty"),
            (json!([]), "empty"),
            (
                json!([{ "encrypt_code": "a" }, { "encrypt_code": "b" }]),
                "one_only",
            ),
        ] {
            let body = json!({ "lang": "en", "nonce": phone.nonce, "card_list": list });
            let refused = phone.post("/api/choose", &body).await;
            assert_eq!(
                (refused.status, &refused.json["error"]),
                (422, &word.into())
            );
        }
    });
}

#[test]
fn a_coupon_of_another_card_is_shown_and_cannot_be_confirmed_by_the_customer() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    platform.seal(CODE, SEALED);
    let site = Site::of(&platform, "self_redeem = [\"pOTHER\"]");
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let review = phone.review(SEALED).await;
        assert_eq!(review.json["view"]["can_confirm"], false);
        assert_eq!(review.head(), "This coupon can be used");
        let refused = phone.confirm(&review.json["view"]["look_up"]).await;
        assert_eq!(
            (refused.status, &refused.json["error"]),
            (403, &"not_yours".into())
        );
    });
    assert_eq!(
        (platform.consumes(), site.attempts()),
        (0, Vec::<String>::new())
    );
}

#[test]
fn a_second_touch_and_a_replay_do_nothing_and_are_told_where_things_stand() {
    let (platform, site) = normal();
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let review = phone.review(SEALED).await;
        let look_up = &review.json["view"]["look_up"];
        let body = json!({ "lang": "en", "nonce": phone.nonce, "look_up": look_up });
        let first = phone.post("/api/confirm", &body).await;
        assert_eq!(first.status, 200);
        for _ in 0..5 {
            let again = phone.post("/api/confirm", &body).await;
            assert_eq!((again.status, &again.json["error"]), (409, &"stale".into()));
            assert_ne!(again.stage(), "review");
        }
        // With a nonce of its own, for a review that is over.
        let late = phone.confirm(look_up).await;
        assert_eq!(late.status, 200);
        phone.until(late, |answer| answer.head() == "Used").await;
    });
    assert_eq!((platform.consumes(), site.attempts().len()), (1, 1));
}

#[test]
fn two_phones_with_one_coupon_make_one_attempt() {
    let (platform, site) = normal();
    platform.fail(&[Fault::HangAfter]);
    run(async {
        let (mut one, mut two) = (site.phone(), site.phone());
        one.begin().await;
        two.begin().await;
        let first = one.review(SEALED).await;
        let second = two.review(SEALED).await;
        // Its answer hangs: for a second the attempt is open.
        one.confirm(&first.json["view"]["look_up"]).await;
        while platform.consumes() == 0 {
            tokio::task::yield_now().await;
        }
        let refused = two.confirm(&second.json["view"]["look_up"]).await;
        let refused = two
            .until(refused, |answer| answer.head().contains("another page"))
            .await;
        assert_eq!(refused.json["view"]["can_confirm"], false);
        assert_eq!(platform.consumes(), 1);
        // The answer never comes; the look-ups that follow find the coupon redeemed.
        let end = one.state("").await;
        one.until(end, |answer| answer.head() == "Used").await;
    });
    assert_eq!(
        (platform.consumes(), site.attempts()),
        (1, vec!["redeemed".to_owned()])
    );
}

#[test]
fn a_lost_answer_is_told_as_not_known_and_found_out() {
    let (platform, site) = normal();
    platform.fail(&[Fault::HangBefore]);
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let review = phone.review(SEALED).await;
        let doubt = phone.redeem(&review).await;
        assert_eq!(
            (doubt.head(), &doubt.json["view"]["follow"]),
            ("Not known yet", &true.into())
        );
        // It was not applied: told twice, some seconds apart.
        let end = phone
            .until(doubt, |answer| answer.head() == "Not used")
            .await;
        assert!(
            end.json["view"]["words"]
                .as_str()
                .unwrap()
                .contains("unused")
        );
    });
    assert_eq!(
        (platform.consumes(), site.attempts()),
        (1, vec!["not_redeemed".to_owned()])
    );
}

#[test]
fn what_a_power_cut_left_open_is_settled_by_the_next_start_and_never_sent_again() {
    let (platform, mut site) = normal();
    platform.fail(&[Fault::HangAfter]);
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let review = phone.review(SEALED).await;
        phone.confirm(&review.json["view"]["look_up"]).await;
        while platform.consumes() == 0 {
            tokio::task::yield_now().await;
        }
    });
    site.stop();
    site.start_again();
    assert_eq!(
        (site.attempts(), platform.consumes()),
        (vec!["redeemed".to_owned()], 1)
    );
}

#[test]
fn a_redirect_from_a_coupon_is_opened_with_its_code_percent_decoded_once() {
    let (platform, site) = normal();
    run(async {
        let encoded = SEALED.replace('+', "%2B").replace('/', "%2F");
        let signature = redirect_signature(SEALED, CARD);
        let spaced = SEALED.replace('+', "%20");
        for query in [
            format!("?encrypt_code={encoded}&card_id={CARD}"),
            format!(
                "?card_id={CARD}&encrypt_code={SEALED}&openid=oX&outer_str=1&signature={signature}"
            ),
            format!("?encrypt_code={spaced}&card_id={CARD}&signature={signature}"),
        ] {
            let mut phone = site.phone();
            phone.begin().await;
            let body = json!({ "lang": "en", "nonce": phone.nonce, "query": query });
            let opened = phone.post("/api/coupon", &body).await;
            phone
                .until(opened, |answer| answer.stage() == "review")
                .await;
        }
        let asked = platform.queries();
        for query in [
            format!(
                "?encrypt_code={encoded}&card_id={CARD}&signature={}",
                "0".repeat(40)
            ),
            format!("?card_id={CARD}"),
            "?code=409632457895".to_owned(),
            String::new(),
        ] {
            let mut phone = site.phone();
            phone.begin().await;
            let body = json!({ "lang": "en", "nonce": phone.nonce, "query": query });
            let refused = phone.post("/api/coupon", &body).await;
            assert_eq!(
                (refused.status, &refused.json["error"]),
                (422, &"link".into()),
                "{query}"
            );
        }
        assert_eq!(platform.queries(), asked);
    });
}

#[test]
fn a_sealed_code_of_another_account_is_refused_in_words() {
    let (platform, site) = normal();
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let chosen = phone.choose("c29tZXRoaW5nIGVsc2U=").await;
        let done = phone.until(chosen, |answer| answer.stage() == "done").await;
        assert_eq!(done.head(), "It cannot be used");
        assert_eq!(
            done.json["view"]["words"],
            "This link is damaged or belongs to another merchant."
        );
    });
    assert_eq!(platform.queries(), 0);
}

#[test]
fn the_page_is_served_under_its_own_certificate() {
    let platform = Platform::with(&[]);
    let names = vec!["localhost".to_owned()];
    let certified = rcgen::generate_simple_self_signed(names).unwrap();
    let desk = crate::support::Desk::of(&platform);
    std::fs::write(desk.path("own.pem"), certified.cert.pem()).unwrap();
    std::fs::write(desk.path("own.key"), certified.signing_key.serialize_pem()).unwrap();
    let text = std::fs::read_to_string(desk.path("kiosk.toml")).unwrap();
    desk.configure(&format!(
        "{text}[online]\npublic_url = \"https://localhost\"\nlisten = \"127.0.0.1:0\"\n\
         certificate_file = \"own.pem\"\ncertificate_key_file = \"own.key\"\njournal_path = \"online.sqlite\"\n"
    ));
    let site = Site::serve(desk, platform.address());
    run(async {
        let own = reqwest::Certificate::from_pem(certified.cert.pem().as_bytes()).unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([own]);
        let client = client.build().unwrap();
        let url = format!("https://localhost:{}", site.address.port());
        let page = client.get(format!("{url}/")).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.headers().contains_key("strict-transport-security"));
        let begin = client
            .post(format!("{url}/api/begin"))
            .json(&json!({ "lang": "zh" }));
        let begun = begin.send().await.unwrap();
        let cookie = begun.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-session="), "{cookie}");
        for word in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(word), "{cookie}");
        }
        // Plain http is not answered there.
        let plain = format!("http://localhost:{}/", site.address.port());
        assert!(client.get(plain).send().await.is_err());
    });
}
