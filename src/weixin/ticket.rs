//! The two tickets that pages are signed with: kept beside the token, renewed before they end, one fetch of each in flight.
//!
//! Weixin hands them out under a tight quota, for two hours. Each kind is a type of its own: a `wx.config` signed with
//! the card's ticket is refused by the phone, and a `cardSign` signed with the other one gives an empty list, without a
//! word of why.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::redemption::reply::{NotSent, Reason, Refusal, Reply, Unknown};

use super::errcode::{Meaning, meaning};
use super::secret::Secret;
use super::token::{NoToken, quota_pause};
use super::transport::{Failure, Raw, Request, Target};
use super::wire::Answer;
use super::{Client, Shared, clock};

/// How long before its end a ticket is renewed; until its end the old one still signs, should the renewal fail.
const RENEW_EARLY: Duration = Duration::from_mins(5);
/// The longest life that is believed; announced are two hours.
const LONGEST_LIFE: u64 = 24 * 3600;
/// How long after a failure nobody asks again: a full page of customers would use up the quota within a minute.
const FAILURE_PAUSE: Duration = Duration::from_secs(5);

/// Signs `wx.config` and nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsapiTicket(Secret);

/// Signs `cardSign` and nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardTicket(Secret);

impl JsapiTicket {
    pub(super) fn new(ticket: &str) -> Self {
        Self(Secret::new(ticket))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl CardTicket {
    pub(super) fn new(ticket: &str) -> Self {
        Self(Secret::new(ticket))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Both kinds, each with a lock of its own that is held while it is fetched.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    jsapi: Mutex<Kept>,
    wx_card: Mutex<Kept>,
}

impl Client {
    /// The ticket for `wx.config`.
    pub async fn jsapi_ticket(&self, limit: Duration) -> Reply<JsapiTicket> {
        let kept = &self.0.page_tickets.jsapi;
        answered(self.0.ticket(kept, "jsapi", limit).await, |ticket| {
            JsapiTicket::new(ticket.expose())
        })
    }

    /// The ticket for `cardSign`.
    pub async fn card_ticket(&self, limit: Duration) -> Reply<CardTicket> {
        let kept = &self.0.page_tickets.wx_card;
        answered(self.0.ticket(kept, "wx_card", limit).await, |ticket| {
            CardTicket::new(ticket.expose())
        })
    }
}

fn answered<T>(ticket: Result<Secret, NoTicket>, typed: impl FnOnce(Secret) -> T) -> Reply<T> {
    match ticket {
        Ok(ticket) => Reply::Answered(typed(ticket)),
        Err(NoTicket::Refused(refusal)) => Reply::Refused(refusal),
        Err(NoTicket::NotSent(why)) => Reply::NotSent(why),
        Err(NoTicket::Unknown(why)) => Reply::Unknown(why),
    }
}

#[derive(Clone, Debug)]
enum NoTicket {
    NotSent(NotSent),
    Refused(Refusal),
    Unknown(Unknown),
}

#[derive(Debug, Default)]
struct Kept {
    ticket: Option<Ticket>,
    pause: Option<(Instant, NoTicket)>,
}

#[derive(Debug)]
struct Ticket {
    secret: Secret,
    renew_at: Instant,
    ends_at: Instant,
}

impl Kept {
    /// What is known without asking; `None` where Weixin has to be asked.
    fn known(&self, now: Instant) -> Option<Result<Secret, NoTicket>> {
        if let Some(ticket) = &self.ticket
            && now < ticket.renew_at
        {
            return Some(Ok(ticket.secret.clone()));
        }
        match &self.pause {
            Some((until, why)) if now < *until => Some(self.last_resort(why, now)),
            Some(_) | None => None,
        }
    }

    fn take(&mut self, secret: Secret, life: u64, now: Instant) {
        let life = Duration::from_secs(life.min(LONGEST_LIFE));
        self.pause = None;
        self.ticket = Some(Ticket {
            secret,
            renew_at: now + life.saturating_sub(RENEW_EARLY).max(life / 2),
            ends_at: now + life,
        });
    }

    /// A ticket that is due for renewal signs on until its end.
    fn fail(&mut self, why: NoTicket, now: Instant) -> Result<Secret, NoTicket> {
        let pause = match &why {
            NoTicket::Refused(refusal) => quota_pause(refusal.reason).unwrap_or(FAILURE_PAUSE),
            NoTicket::NotSent(_) | NoTicket::Unknown(_) => FAILURE_PAUSE,
        };
        let told = self.last_resort(&why, now);
        self.pause = Some((now + pause, why));
        told
    }

    fn last_resort(&self, why: &NoTicket, now: Instant) -> Result<Secret, NoTicket> {
        match &self.ticket {
            Some(ticket) if now < ticket.ends_at => Ok(ticket.secret.clone()),
            Some(_) | None => Err(why.clone()),
        }
    }
}

impl Shared {
    async fn ticket(
        &self,
        kept: &Mutex<Kept>,
        kind: &'static str,
        limit: Duration,
    ) -> Result<Secret, NoTicket> {
        let mut kept = kept.lock().await;
        let now = clock::ticks();
        if let Some(known) = kept.known(now) {
            return known;
        }
        let fetched = tokio::time::timeout(limit, self.fetch_ticket(kind)).await;
        match fetched.unwrap_or(Err(NoTicket::Unknown(Unknown::Timeout))) {
            Ok((secret, life)) => {
                (self.hide)(secret.expose());
                kept.take(secret.clone(), life, now);
                Ok(secret)
            }
            Err(why) => {
                tracing::warn!(kind, ?why, "no ticket for pages");
                kept.fail(why, clock::ticks())
            }
        }
    }

    async fn fetch_ticket(&self, kind: &'static str) -> Result<(Secret, u64), NoTicket> {
        let mut renewed = false;
        loop {
            let token = self
                .tokens
                .get(&self.transport)
                .await
                .map_err(|why| match why {
                    NoToken::NotSent(why) => NoTicket::NotSent(why),
                    NoToken::Refused(refusal) => NoTicket::Refused(refusal),
                })?;
            let request = Request {
                target: Target::Ticket(kind),
                body: None,
                token: Some(&token),
                headers: Vec::new(),
            };
            let refusal = match self.transport.send(&request).await {
                Ok(raw) => match read(&raw) {
                    Ok(ticket) => return Ok(ticket),
                    Err(NoTicket::Refused(refusal)) => refusal,
                    Err(why) => return Err(why),
                },
                Err(Failure::NotSent(why)) => return Err(NoTicket::NotSent(why)),
                Err(Failure::Lost(why)) => return Err(NoTicket::Unknown(why)),
            };
            if refusal.reason != Reason::Token || std::mem::replace(&mut renewed, true) {
                return Err(NoTicket::Refused(refusal));
            }
            self.tokens.reject(&token, refusal.errcode).await;
        }
    }
}

fn read(raw: &Raw) -> Result<(Secret, u64), NoTicket> {
    if raw.status != 200 {
        return Err(NoTicket::Unknown(Unknown::Status(raw.status)));
    }
    let Some(answer) = Answer::parse(&raw.body) else {
        return Err(NoTicket::Unknown(Unknown::Unreadable));
    };
    let reason = match meaning(answer.errcode) {
        Meaning::Done => {
            let (ticket, life) = answer
                .ticket()
                .ok_or(NoTicket::Unknown(Unknown::Unreadable))?;
            return Ok((Secret::new(&ticket), life));
        }
        Meaning::Busy => return Err(NoTicket::Unknown(Unknown::Busy(answer.errcode))),
        Meaning::Unlisted => Reason::Unlisted,
        Meaning::Refused(reason) => reason,
    };
    Err(NoTicket::Refused(Refusal {
        errcode: answer.errcode,
        reason,
        trace: answer.trace(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: u64 = 7200;

    fn secret(known: Option<Result<Secret, NoTicket>>) -> Option<Result<String, ()>> {
        known.map(|known| known.map(|secret| secret.expose().to_owned()).map_err(drop))
    }

    fn at(begun: Instant, secs: u64) -> Instant {
        begun + Duration::from_secs(secs)
    }

    #[test]
    fn a_ticket_is_renewed_five_minutes_before_its_end() {
        let begun = clock::ticks();
        let mut kept = Kept::default();
        assert_eq!(secret(kept.known(begun)), None);
        kept.take(Secret::new("one"), LIFE, begun);
        let told = secret(kept.known(at(begun, LIFE - 301)));
        assert_eq!(told, Some(Ok("one".to_owned())));
        assert_eq!(secret(kept.known(at(begun, LIFE - 300))), None);
    }

    #[test]
    fn a_ticket_that_cannot_be_renewed_signs_until_its_end() {
        let begun = clock::ticks();
        let mut kept = Kept::default();
        kept.take(Secret::new("one"), LIFE, begun);
        let renewing = at(begun, LIFE - 200);
        let why = NoTicket::Unknown(Unknown::Timeout);
        assert!(kept.fail(why, renewing).is_ok());
        // Nobody asks again at once.
        let soon = secret(kept.known(at(begun, LIFE - 198)));
        assert_eq!(soon, Some(Ok("one".to_owned())));
        assert_eq!(secret(kept.known(at(begun, LIFE - 190))), None);
        let over = at(begun, LIFE);
        assert!(
            kept.fail(NoTicket::NotSent(NotSent::Connect), over)
                .is_err()
        );
        assert_eq!(secret(kept.known(over)), Some(Err(())));
    }
}
