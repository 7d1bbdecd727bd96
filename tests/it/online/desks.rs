//! The way from a phone to the counter of a desk, as the server keeps it.

use std::cell::Cell;
use std::time::Duration;

use coupon_kiosk::event::{Event, OnDuty, Touch, View};
use coupon_kiosk::journal::Journal;
use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::Filter;
use coupon_kiosk::kiosk::clock::{self, Clock};
use coupon_kiosk::kiosk::{Inbox, Kiosk, Parts};
use coupon_kiosk::online::line::{self, Line};
use coupon_kiosk::payload::{Origin, Payload, PaymentCodes};
use coupon_kiosk::redemption::Rules;
use coupon_kiosk::redemption::attempt::Outcome;
use coupon_kiosk::screen::{Screen, Stage};
use coupon_kiosk::weixin;
use coupon_kiosk::weixin::token::TokenSource;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::site::{Answer, CODE, DESK_KEY, ForDesk, OTHER_KEY, SEALED, Site, normal, run};
use crate::platform::Platform;

/// A desk's kiosk.
struct Counter<'a> {
    site: &'a Site,
    key: &'static str,
    name: &'static str,
    taken: Option<u64>,
    shows: Option<String>,
}

impl<'a> Counter<'a> {
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
        let mut front = Counter::new(&site, DESK_KEY, "front-1");
        let mut back = Counter::new(&site, OTHER_KEY, "back-1");
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
        let mut second = Counter::new(&site, DESK_KEY, "front-2");
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
        let mut front = Counter::new(&site, DESK_KEY, "front-1");
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
        let mut front = Counter::new(&site, DESK_KEY, "front-1");
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
            let refused = Counter::new(&site, DESK_KEY, "x").asking();
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
        let mut front = Counter::new(&site, DESK_KEY, "front-1");
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

/// A whole kiosk without a window, its line held, for as long as `work` goes on.
async fn with_kiosk<T>(
    desk: ForDesk,
    work: impl AsyncFnOnce(watch::Receiver<Screen>, Inbox) -> T,
) -> T {
    with_kiosk_told(desk, |_event| true, work).await
}

/// The same where only what `passes` gets from the line to the kiosk.
async fn with_kiosk_told<T>(
    desk: ForDesk,
    passes: impl Fn(&Event) -> bool,
    work: impl AsyncFnOnce(watch::Receiver<Screen>, Inbox) -> T,
) -> T {
    let (inbox, events) = Inbox::new();
    let reports = inbox.clone();
    let report = move |write, result| reports.journaled(write, result);
    let opened = Journal::open(&desk.journal, report).unwrap();
    let settings = weixin::Settings {
        base_url: desk.weixin.parse().unwrap(),
        proxy: None,
        ca_file: None,
        token: TokenSource::StableToken {
            appid: "wx0123".to_owned(),
            secret_file: desk.secret_file,
        },
        record: None,
        hide: |_secret| {},
    };
    let (mut kiosk, screens) = Kiosk::new(Parts {
        rules: Rules {
            timeout: Duration::from_secs(5),
            doubt: Duration::from_secs(5),
            custom_code: Vec::new(),
            honoured: Vec::new(),
            desk: Some("front".to_owned()),
        },
        seed: [7; 16],
        weixin: weixin::Client::new(&settings).unwrap(),
        journal: opened.journal,
        open: opened.in_doubt,
        redeemed: opened.redeemed,
        noted: opened.noted,
        trouble: opened.trouble,
        clock: Clock::System,
        inbox: (inbox.clone(), events),
    });
    let settings = line::Settings {
        url: desk.url,
        key_file: desk.key_file,
        proxy: None,
        ca_file: None,
    };
    let mut line = Line::new(&settings, |_secret| {}).unwrap();
    let offers = inbox.clone();
    let tell = move |event: Event| !passes(&event) || offers.offer(event);
    let seen = screens.clone();
    tokio::select! {
        () = kiosk.run() => panic!("the kiosk ended"),
        () = line.hold(screens, tell) => panic!("the line ended"),
        told = work(seen, inbox) => told,
    }
}

fn pass_of(screen: &Screen) -> Option<String> {
    let invitation = screen.desk.invitation.as_ref()?;
    Some(invitation.split_once("?pass=")?.1.to_owned())
}

#[test]
fn a_coupon_chosen_on_a_phone_is_reviewed_and_redeemed_at_the_counter() {
    let (platform, site) = normal();
    run(with_kiosk(site.for_desk(), async |mut screens, inbox| {
        let screen = screens
            .wait_for(|screen| pass_of(screen).is_some())
            .await
            .unwrap();
        let pass = pass_of(&screen).unwrap();
        drop(screen);
        let mut phone = site.phone();
        phone.open(&pass).await;
        let handing = phone.choose(SEALED).await;
        let is_review = |screen: &Screen| matches!(screen.stage, Stage::Review(_));
        let screen = screens.wait_for(is_review).await.unwrap().clone();
        let Stage::Review(review) = screen.stage else {
            panic!("no review");
        };
        assert_eq!(review.info.code.as_str(), CODE);
        phone
            .until(handing, |answer| {
                answer.head() == "The desk has your coupon"
            })
            .await;
        assert_eq!(platform.consumes(), 0);
        inbox.offer(Event::Touch(Touch::Confirm(review.look_up)));
        let is_redeemed = |screen: &Screen| matches!(&screen.stage, Stage::Finished(finished) if finished.outcome == Outcome::Redeemed);
        screens.wait_for(is_redeemed).await.unwrap();
        // The desk invites the next customer, with another code.
        let is_next = |screen: &Screen| pass_of(screen).is_some_and(|next| next != pass);
        screens.wait_for(is_next).await.unwrap();
    }));
    assert_eq!(platform.consumes(), 1);
    let journal = site.desk.path("state/kiosk.sqlite");
    let history = History::open(&journal)
        .unwrap()
        .list(&Filter::default())
        .unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|line| (line.origin, line.outcome))
        .collect();
    assert_eq!(
        told,
        [
            (Origin::HandOff, Outcome::Queried),
            (Origin::HandOff, Outcome::Redeemed)
        ]
    );
    // The online half itself has redeemed nothing.
    assert_eq!(site.attempts(), Vec::<String>::new());
}

#[test]
fn a_choice_that_is_lost_inside_the_desk_is_offered_again_before_it_counts_as_taken() {
    let (_platform, site) = normal();
    let lost = Cell::new(0);
    // The way from the line to the loop was full, and nobody said so.
    let passes = |event: &Event| {
        let is_choice = matches!(event, Event::HandedOver { .. });
        let is_lost = is_choice && lost.get() < 2;
        lost.set(lost.get() + u32::from(is_lost));
        !is_lost
    };
    run(with_kiosk_told(
        site.for_desk(),
        passes,
        async |mut screens, _inbox| {
            let screen = screens.wait_for(|screen| pass_of(screen).is_some());
            let pass = pass_of(&screen.await.unwrap()).unwrap();
            let mut phone = site.phone();
            phone.open(&pass).await;
            let handing = phone.choose(SEALED).await;
            let handed = phone
                .until(handing, |answer| answer.stage() == "done")
                .await;
            assert_eq!(handed.head(), "The desk has your coupon");
            // And so it has.
            let seen = screens.borrow().stage.clone();
            assert!(!matches!(seen, Stage::Idle), "{seen:?}");
            let is_review = |screen: &Screen| matches!(screen.stage, Stage::Review(_));
            screens.wait_for(is_review).await.unwrap();
        },
    ));
    assert_eq!(lost.get(), 2);
}

#[test]
fn a_choice_counts_once_and_only_while_somebody_may_serve_it() {
    let (_platform, site) = normal();
    run(with_kiosk(site.for_desk(), async |mut screens, inbox| {
        let choice = |number, secs: u64| Event::HandedOver {
            number,
            payload: Payload::parse("409632457895", PaymentCodes::Refused),
            until: clock::tick() + Duration::from_secs(secs),
        };
        let idle = |screen: &Screen| matches!(screen.stage, Stage::Idle);
        // Nobody is signed in; then it comes too late.
        inbox.offer(Event::Duty(OnDuty::Locked));
        inbox.offer(choice(1, 60));
        inbox.offer(Event::Duty(OnDuty::Unstaffed));
        inbox.offer(choice(2, 0));
        inbox.offer(choice(3, 60));
        let taken = |screen: &Screen| screen.desk.taken.is_some();
        let first = screens.wait_for(taken).await.unwrap().desk.taken;
        assert_eq!(first, Some(3));
        let is_review = |screen: &Screen| matches!(screen.stage, Stage::Review(_));
        screens.wait_for(is_review).await.unwrap();
        inbox.offer(Event::Touch(Touch::Cancel));
        screens.wait_for(idle).await.unwrap();
        // The same once more begins nothing; the one after it does.
        inbox.offer(choice(3, 60));
        inbox.offer(Event::View(View::Held));
        let viewed = |screen: &Screen| screen.desk.view == View::Held;
        assert!(idle(&screens.wait_for(viewed).await.unwrap()));
        inbox.offer(choice(4, 60));
        let next = |screen: &Screen| screen.desk.taken == Some(4) && is_review(screen);
        screens.wait_for(next).await.unwrap();
    }));
}

#[test]
fn a_desk_shows_no_code_while_its_line_is_lost_and_comes_back_by_itself() {
    let (_platform, mut site) = normal();
    run(with_kiosk(site.for_desk(), async |mut screens, _inbox| {
        let shows = |screen: &Screen| screen.desk.invitation.is_some();
        screens.wait_for(shows).await.unwrap();
        site.stop();
        screens.wait_for(|screen| !shows(screen)).await.unwrap();
        site.start_again();
        screens.wait_for(shows).await.unwrap();
    }));
}
