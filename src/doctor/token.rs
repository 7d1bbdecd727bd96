//! The access token: where it comes from, how long it holds, and how many calls are left.

use std::time::Duration;

use super::Finding;
use super::network::Way;
use crate::redemption::reply::{NotSent, Reason};
use crate::weixin::Settings;
use crate::weixin::probe::{self, Barrier, Quota};
use crate::weixin::token::TokenSource;

const LIMIT: Duration = Duration::from_secs(12);
/// Weixin hands out tokens with 5 minutes at least.
const SHORT_LIFE: Duration = Duration::from_mins(5);

/// Fetches a token as the kiosk does. Where Weixin was not reached, nothing is asked.
pub async fn examine(settings: &Settings, way: Way) -> Vec<Finding> {
    let source = word(&settings.token);
    if way == Way::Barred {
        return vec![Finding::watch("token", "doctor-token-not-asked").with("source", source)];
    }
    match probe::token(settings, LIMIT).await {
        Err(barrier) => vec![barred("token", &barrier).with("source", source)],
        Ok(facts) => {
            // A token that is handed on may be refused by the call that it is for.
            if let Err(barrier @ Barrier::Refused { reason, .. }) = &facts.quota
                && matches!(
                    reason,
                    Reason::Token | Reason::IpList | Reason::Credentials | Reason::Account
                )
            {
                return vec![barred("token", barrier).with("source", source)];
            }
            let token = match facts.life {
                None => Finding::watch("token", "doctor-token-static"),
                Some(life) if life < SHORT_LIFE => {
                    Finding::watch("token", "doctor-token-short").with("minutes", minutes(life))
                }
                Some(life) => {
                    Finding::good("token", "doctor-token-good").with("minutes", minutes(life))
                }
            };
            vec![token.with("source", source), quota(&facts.quota)]
        }
    }
}

/// To the nearest one.
fn minutes(life: Duration) -> u64 {
    (life.as_secs() + 30) / 60
}

fn word(source: &TokenSource) -> &'static str {
    match source {
        TokenSource::StableToken { .. } => "stable_token",
        TokenSource::Url { .. } => "url",
        TokenSource::Static { .. } => "static",
        TokenSource::None => "-",
    }
}

fn quota(told: &Result<Quota, Barrier>) -> Finding {
    match told {
        Ok(Quota { limit, left }) => {
            let finding = if *left == 0 {
                Finding::bad("quota", "doctor-quota-spent")
            } else if left.saturating_mul(10) < *limit {
                Finding::watch("quota", "doctor-quota-low")
            } else {
                Finding::good("quota", "doctor-quota-good")
            };
            finding.with("left", *left).with("limit", *limit)
        }
        Err(_) => Finding::watch("quota", "doctor-quota-untold"),
    }
}

fn barred(check: &'static str, barrier: &Barrier) -> Finding {
    match barrier {
        Barrier::Refused {
            address: Some(address),
            reason: Reason::IpList,
            ..
        } => Finding::bad(check, "doctor-token-address").with("address", address.as_str()),
        Barrier::Refused {
            errcode, reason, ..
        } => Finding::bad(check, refused(*reason)).with("errcode", *errcode),
        Barrier::NotSent(NotSent::TokenSetUp) => Finding::bad(check, "doctor-token-file"),
        Barrier::NotSent(NotSent::Connect | NotSent::Tls | NotSent::NoToken | NotSent::Quota)
        | Barrier::Untold => Finding::out_of_reach(check, "doctor-token-no-answer"),
    }
}

fn refused(reason: Reason) -> &'static str {
    match reason {
        Reason::IpList => "doctor-token-address-unknown",
        Reason::Token => "doctor-token-refused",
        Reason::Credentials => "doctor-token-credentials",
        Reason::DailyQuota | Reason::MinuteQuota => "doctor-token-quota",
        Reason::Permission | Reason::Account => "doctor-token-permission",
        Reason::AlreadyRedeemed
        | Reason::UnknownCode
        | Reason::NotUsable
        | Reason::WrongTime
        | Reason::WrongKind
        | Reason::UseLimit
        | Reason::NotMarked
        | Reason::BadEncryptCode
        | Reason::CardId
        | Reason::Request
        | Reason::Unlisted => "doctor-token-other",
    }
}
