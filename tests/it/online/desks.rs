//! The way from a phone to the counter of a desk, as the server keeps it.

use serde_json::{Value, json};

use super::site::{Answer, CODE, DESK_KEY, OTHER_KEY, SEALED, Site, normal, run};
use crate::platform::Platform;

/// A desk's kiosk.
struct Kiosk<'a> {
    site: &'a Site,
    key: &'static str,
    name: &'static str,
    taken: Option<u64>,
    shows: Option<String>,
}

impl<'a> Kiosk<'a> {
    fn new(site: &'a Site, key: &'static str, name: &'static str) -> Self {
        Self {
            site,
            key,
            name,
            taken: None,
            shows: None,
        }
    }

    fn asking(&self) -> reqwest::RequestBuilder {
        let waiting = json!({ "kiosk": self.name, "taken": self.taken, "shows": self.shows });
        let request = self.site.client.post(self.site.url("/desk/wait"));
        request.bearer_auth(self.key).json(&waiting)
    }

    async fn wait(&mut self) -> Answer {
        let answer = Answer::of(self.asking().send().await.unwrap()).await;
        if let Some(invitation) = answer.json["invitation"].as_str() {
            self.shows = Some(invitation.to_owned());
        }
        answer
    }

    /// What its own code carries.
    fn pass(&self) -> String {
        let (_, pass) = self.shows.as_ref().unwrap().split_once("?pass=").unwrap();
        pass.to_owned()
    }
}

#[test]
fn a_choice_goes_to_the_desk_that_invited_and_to_no_other() {
    let (platform, site) = normal();
    run(async {
        let mut front = Kiosk::new(&site, DESK_KEY, "front-1");
        let mut back = Kiosk::new(&site, OTHER_KEY, "back-1");
        assert_eq!(front.wait().await.json["choice"], Value::Null);
        back.wait().await;
        let mut phone = site.phone();
        let begun = phone.open(&front.pass()).await;
        assert!(
            begun.json["view"]["words"]
                .as_str()
                .unwrap()
                .contains("\"front\""),
            "{begun:?}"
        );
        // The code on the screen is another one at once.
        let pass = front.pass();
        front.wait().await;
        assert_ne!(front.pass(), pass);

        let handing = phone.choose(SEALED).await;
        assert_eq!(handing.head(), "Your coupon goes to the desk …");
        let told = front.wait().await;
        let choice = &told.json["choice"];
        assert_eq!(
            (&choice["encrypt_code"], &choice["card_id"]),
            (&SEALED.into(), &"pCARD".into())
        );
        // Its answer may be lost: the same kiosk is told again, another one of the same desk never.
        assert_eq!(front.wait().await.json["choice"], *choice);
        let mut second = Kiosk::new(&site, DESK_KEY, "front-2");
        assert_eq!(second.wait().await.json["choice"], Value::Null);
        back.shows = None;
        assert_eq!(back.wait().await.json["choice"], Value::Null);

        front.taken = choice["number"].as_u64();
        front.shows = None;
        assert_eq!(front.wait().await.json["choice"], Value::Null);
        let handed = phone
            .until(handing, |answer| {
                answer.head() == "The desk has your coupon"
            })
            .await;
        assert_eq!(handed.stage(), "done");
        // The invitation is used up: another choice stays on the phone.
        let review = phone.review(SEALED).await;
        assert_eq!(review.stage(), "review");
    });
    assert_eq!(platform.consumes(), 0);
}

#[test]
fn a_choice_reaches_a_request_that_was_open_before_it() {
    let (_platform, site) = normal();
    run(async {
        let mut front = Kiosk::new(&site, DESK_KEY, "front-1");
        front.wait().await;
        let mut phone = site.phone();
        phone.open(&front.pass()).await;
        front.wait().await;
        let request = front.asking();
        let (told, handing) = tokio::join!(
            async { Answer::of(request.send().await.unwrap()).await },
            phone.choose(SEALED)
        );
        assert_eq!(
            told.json["choice"]["encrypt_code"], SEALED,
            "{told:?} {handing:?}"
        );
    });
}

#[test]
fn a_pass_opens_once_and_a_forged_one_never() {
    let (_platform, site) = normal();
    run(async {
        let mut front = Kiosk::new(&site, DESK_KEY, "front-1");
        front.wait().await;
        let pass = front.pass();
        let mut phone = site.phone();
        assert_eq!(phone.open(&pass).await.stage(), "choose");
        // The same page, loaded again.
        let again = phone.open(&pass).await;
        assert!(
            again.json["view"]["words"]
                .as_str()
                .unwrap()
                .contains("\"front\"")
        );
        for forged in [
            pass.clone(),
            format!("{pass}0"),
            pass.replacen('0', "1", 1),
            String::new(),
            "x".repeat(5000),
        ] {
            let refused = site.phone().open(&forged).await;
            assert_eq!(refused.head(), "This code is over", "{forged}");
        }
    });
}

#[test]
fn a_desk_without_its_key_hears_nothing() {
    let (_platform, site) = normal();
    run(async {
        for key in ["", "key", "key-of-the-front-desk-0123456788", "front"] {
            let refused = Kiosk::new(&site, DESK_KEY, "x").asking();
            let mut request = refused.build().unwrap();
            let value = format!("Bearer {key}").parse().unwrap();
            request.headers_mut().insert("authorization", value);
            let answer = site.client.execute(request).await.unwrap();
            assert_eq!(answer.status(), 401, "{key}");
        }
    });
}

#[test]
fn a_desk_that_is_away_or_busy_is_told_to_the_customer() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let site = Site::of(&platform, "");
    run(async {
        let mut front = Kiosk::new(&site, DESK_KEY, "front-1");
        front.wait().await;
        let mut one = site.phone();
        one.open(&front.pass()).await;
        front.wait().await;
        let mut two = site.phone();
        two.open(&front.pass()).await;
        assert_eq!(
            one.choose(SEALED).await.head(),
            "Your coupon goes to the desk …"
        );
        let busy = two.choose(SEALED).await;
        assert_eq!(
            (busy.head(), busy.stage()),
            ("The desk is serving somebody else", "choose")
        );
        // It takes the first: then the second gets through, with the same invitation.
        front.shows = None;
        front.taken = front.wait().await.json["choice"]["number"].as_u64();
        front.shows = None;
        front.wait().await;
        assert_eq!(
            two.choose(SEALED).await.head(),
            "Your coupon goes to the desk …"
        );
    });
}
