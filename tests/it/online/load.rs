//! A crowd at once: nothing lost, nothing doubled. `CUSTOMERS=1000 cargo test --test it online::load -- --nocapture` tells
//! the figures of a larger one.

use std::rc::Rc;
use std::time::Duration;

use tokio::task::{JoinSet, LocalSet};
use tokio::time::Instant;

use super::site::{CARD, Site, run};
use crate::platform::Platform;

#[test]
fn a_crowd_redeems_each_coupon_once() {
    let wanted = std::env::var("CUSTOMERS").ok();
    let customers: usize = wanted.map_or(60, |count| count.parse().unwrap());
    let codes: Vec<String> = (0..customers)
        .map(|number| format!("7{number:011}"))
        .collect();
    let unused: Vec<(&str, &'static str)> =
        codes.iter().map(|code| (code.as_str(), "NORMAL")).collect();
    let platform = Platform::with(&unused);
    for code in &codes {
        platform.seal(code, &format!("sealed.{code}"));
    }
    let more = format!("self_redeem = [\"{CARD}\"]\ntrusted_proxies = [\"127.0.0.1\"]");
    let site = Rc::new(Site::with(&platform, &more, |text| {
        text.replace("timeout_secs = 1\n", "timeout_secs = 60\n")
            .replace("doubt_secs = 1\n", "doubt_secs = 60\n")
    }));
    let mut waited: Vec<Duration> = Vec::new();
    let begun = Instant::now();
    run(LocalSet::new().run_until(async {
        let mut crowd = JoinSet::new();
        for code in codes.clone() {
            let site = Rc::clone(&site);
            crowd.spawn_local(async move { customer(&site, &code).await });
        }
        waited = crowd.join_all().await.concat();
    }));
    let took = begun.elapsed();
    waited.sort();
    let at =
        |percent: usize| waited[(waited.len() * percent / 100).min(waited.len() - 1)].as_millis();
    println!(
        "{customers} customers at once in {:.1} s; a step took {} ms (median), {} ms (99 of 100), {} ms at most; the server held {}",
        took.as_secs_f64(),
        at(50),
        at(99),
        at(100),
        site.memory()
    );
    assert_eq!(usize::try_from(platform.consumes()).unwrap(), customers);
    let attempts = site.attempts();
    assert_eq!(attempts.len(), customers);
    assert!(
        attempts.iter().all(|outcome| outcome == "redeemed"),
        "{attempts:?}"
    );
    assert!(codes.iter().all(|code| platform.status(code) == "CONSUMED"));
    assert_eq!(site.desk.run(&["journal", "verify"]).exit, 0);
}

/// From the page to the end; how long each of the three steps took.
async fn customer(site: &Site, code: &str) -> Vec<Duration> {
    let mut phone = site.phone();
    let mut waits = Vec::new();
    let begun = Instant::now();
    phone.begin().await;
    waits.push(begun.elapsed());
    let chosen = Instant::now();
    let review = phone.review(&format!("sealed.{code}")).await;
    waits.push(chosen.elapsed());
    let confirmed = Instant::now();
    let done = phone.redeem(&review).await;
    waits.push(confirmed.elapsed());
    assert_eq!(done.head(), "Used", "{done:?}");
    // The same again, as an impatient finger does: nothing comes of it.
    let again = phone.confirm(&review.json["view"]["look_up"]).await;
    assert_eq!(again.status, 200);
    waits
}
