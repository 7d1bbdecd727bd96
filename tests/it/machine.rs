//! The redemption machine by hand: its invariants, with a clock that the test drives.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use coupon_kiosk::card::{Benefit, CardId, CardTitle, Code, CodeInfo, UserCardStatus, Validity};
use coupon_kiosk::cli::terminal::Page;
use coupon_kiosk::event::{Event, ExchangeId, LookUpId, Touch, WriteId};
use coupon_kiosk::payload::{Origin, Payload};
use coupon_kiosk::redemption::attempt::{
    AttemptId, AttemptIds, Intent, JournalTrouble, Outcome, Record, SettledBy,
};
use coupon_kiosk::redemption::done::Redeemed;
use coupon_kiosk::redemption::note::Says;
use coupon_kiosk::redemption::reply::{Ask, NotSent, Reason, Refusal, Reply, Told, Unknown};
use coupon_kiosk::redemption::ruling::{Goods, Ground, Override, Ruling};
use coupon_kiosk::redemption::witness::{Source, Witness, Witnessed};
use coupon_kiosk::redemption::{Command, Moment, Redemption, Rules};
use coupon_kiosk::screen::{Finished, Known, Notice, RedeemedHere, Stage, Why, Work};
use coupon_kiosk::wording::{Language, Wording};

struct Hand {
    machine: Redemption,
    now: Moment,
    asked: Vec<(ExchangeId, Ask)>,
    written: Vec<(WriteId, Record)>,
}

fn code() -> Code {
    Code::parse("409632457895").unwrap()
}

fn info(status: UserCardStatus) -> CodeInfo {
    CodeInfo {
        code: code(),
        card_id: None,
        validity: Validity::default(),
        openid: None,
        can_consume: Some(status == UserCardStatus::Normal),
        status: Some(status),
    }
}

impl Hand {
    fn new() -> Self {
        Self::with(Vec::new())
    }

    fn with(open: Vec<Intent>) -> Self {
        let rules = Rules {
            timeout: Duration::from_secs(10),
            doubt: Duration::from_secs(30),
            custom_code: Vec::new(),
            honoured: Vec::new(),
            desk: None,
        };
        let now = Moment {
            tick: tokio::time::Instant::now().into_std(),
            wall: "2026-05-06T02:00:00Z".parse().unwrap(),
        };
        let machine = Redemption::new(rules, AttemptIds::new([7; 16]), open, None, now);
        let mut hand = Self {
            machine,
            now,
            asked: Vec::new(),
            written: Vec::new(),
        };
        hand.drain();
        hand
    }

    fn drain(&mut self) {
        while let Some(command) = self.machine.poll_command() {
            match command {
                Command::Exchange { exchange, ask, .. } => self.asked.push((exchange, ask)),
                Command::Journal { write, record } => self.written.push((write, *record)),
            }
        }
    }

    fn event(&mut self, event: Event) -> &mut Self {
        self.machine.handle_event(event, self.now);
        self.drain();
        self
    }

    fn wait(&mut self, secs: u64) -> &mut Self {
        let until = self.now.tick + Duration::from_secs(secs);
        // Every deadline on the way is served at its own moment, as the loop does.
        while let Some(at) = self.machine.poll_timeout().filter(|at| *at <= until) {
            self.go_to(at.max(self.now.tick));
            self.machine.handle_timeout(self.now);
            self.drain();
        }
        self.go_to(until);
        self
    }

    fn go_to(&mut self, tick: Instant) {
        self.now.wall += tick - self.now.tick;
        self.now.tick = tick;
    }

    fn scan(&mut self) -> &mut Self {
        let payload = Payload::Code {
            code: code(),
            card_id: None,
        };
        self.event(Event::Payload(payload, Origin::Desk))
    }

    fn told(&mut self, exchange: ExchangeId, told: Told) -> &mut Self {
        self.event(Event::Replied {
            exchange,
            told,
            answer: None,
            sent_after: None,
        })
    }

    /// Answers the newest query.
    fn query_told(&mut self, reply: Reply<CodeInfo>) -> &mut Self {
        let place = self
            .asked
            .iter()
            .rposition(|(_, ask)| matches!(ask, Ask::Query { .. }))
            .unwrap();
        let (exchange, _) = self.asked.remove(place);
        self.told(exchange, Told::Query(reply))
    }

    fn query_says(&mut self, status: UserCardStatus) -> &mut Self {
        self.query_told(Reply::Answered(info(status)))
    }

    fn confirm(&mut self) -> &mut Self {
        let Stage::Review(review) = self.machine.screen().stage else {
            panic!("no review: {:?}", self.machine.screen());
        };
        self.event(Event::Touch(Touch::Confirm(review.look_up)))
    }

    /// Answers all writes.
    fn journaled(&mut self, result: Result<(), JournalTrouble>) -> &mut Self {
        let writes: Vec<WriteId> = self.waiting_writes();
        for write in writes {
            self.event(Event::Journaled { write, result });
        }
        self
    }

    fn waiting_writes(&self) -> Vec<WriteId> {
        self.written.iter().map(|(write, _)| *write).collect()
    }

    fn consumes(&self) -> Vec<ExchangeId> {
        let consumes = self
            .asked
            .iter()
            .filter(|(_, ask)| matches!(ask, Ask::Consume { .. }));
        consumes.map(|(exchange, _)| *exchange).collect()
    }

    fn queries(&self) -> usize {
        self.asked
            .iter()
            .filter(|(_, ask)| matches!(ask, Ask::Query { .. }))
            .count()
    }

    fn settled(&self) -> Vec<(Outcome, Option<SettledBy>)> {
        let settled = |record: &Record| match record {
            Record::Settled(settled) => Some((settled.outcome, settled.by)),
            Record::Query(_)
            | Record::Intent(_)
            | Record::Resend(_)
            | Record::Probe(_)
            | Record::Remark(_)
            | Record::Mistake(_)
            | Record::Override(_)
            | Record::Witness(_)
            | Record::Sealed(_) => None,
        };
        self.written
            .iter()
            .filter_map(|(_, record)| settled(record))
            .collect()
    }

    fn finished(&self) -> Finished {
        let Stage::Finished(finished) = self.machine.screen().stage else {
            panic!("not finished: {:?}", self.machine.screen());
        };
        finished
    }

    /// Up to a consume on its way.
    fn consuming() -> (Self, ExchangeId) {
        let mut hand = Self::new();
        hand.scan()
            .query_says(UserCardStatus::Normal)
            .confirm()
            .journaled(Ok(()));
        let consume = hand.consumes()[0];
        (hand, consume)
    }
}

#[test]
fn no_consume_leaves_before_its_intent_is_durable() {
    let mut hand = Hand::new();
    hand.scan().query_says(UserCardStatus::Normal).confirm();
    assert!(matches!(hand.written.last(), Some((_, Record::Intent(_)))));
    assert_eq!(hand.consumes(), []);
    hand.journaled(Ok(()));
    assert_eq!(hand.consumes().len(), 1);
}

#[test]
fn a_failed_write_of_the_intent_never_sends() {
    let mut hand = Hand::new();
    hand.scan()
        .query_says(UserCardStatus::Normal)
        .confirm()
        .journaled(Err(JournalTrouble::Full))
        .wait(100);
    assert_eq!(hand.consumes(), []);
}

#[test]
fn an_intent_whose_write_failed_is_ended_since_it_may_stand_there_all_the_same() {
    let mut hand = Hand::new();
    hand.scan().query_says(UserCardStatus::Normal).confirm();
    hand.written
        .retain(|(_, record)| matches!(record, Record::Intent(_)));
    hand.journaled(Err(JournalTrouble::Failing));
    assert_eq!(hand.settled(), [(Outcome::SetUp, None)]);
    hand.written.remove(0);
    hand.journaled(Err(JournalTrouble::Failing)).wait(3);
    assert_eq!(hand.settled().len(), 2, "offered to the disk again");
    assert!(!hand.machine.is_settled_on_disk());
    hand.journaled(Ok(()));
    assert!(hand.machine.is_settled_on_disk());
}

#[test]
fn at_most_one_consume_is_on_its_way_and_the_next_phone_waits() {
    let (mut hand, _) = Hand::consuming();
    hand.scan();
    assert_eq!(hand.machine.screen().notice, Some(Notice::Wait));
    hand.event(Event::Touch(Touch::Cancel));
    hand.event(Event::Touch(Touch::Confirm(LookUpId(1))));
    assert_eq!((hand.consumes().len(), hand.queries()), (1, 0));
}

#[test]
fn a_second_touch_on_the_same_confirm_is_nothing() {
    let mut hand = Hand::new();
    hand.scan().query_says(UserCardStatus::Normal);
    let Stage::Review(review) = hand.machine.screen().stage else {
        panic!();
    };
    hand.event(Event::Touch(Touch::Confirm(review.look_up)));
    hand.event(Event::Touch(Touch::Confirm(review.look_up)));
    hand.journaled(Ok(()));
    assert_eq!(hand.consumes().len(), 1);
}

#[test]
fn a_timed_out_consume_is_in_doubt_not_refused_and_is_never_sent_again() {
    let (mut hand, consume) = Hand::consuming();
    hand.wait(10);
    assert_eq!(hand.finished().outcome, Outcome::InDoubt);
    hand.told(consume, Told::Consume(Reply::Unknown(Unknown::Timeout)));
    let probes = hand.queries();
    hand.scan();
    assert_eq!(
        (hand.finished().outcome, hand.consumes().len()),
        (Outcome::InDoubt, 1)
    );
    assert!(hand.queries() <= probes + 1);
}

#[test]
fn a_late_answer_settles_its_attempt_once() {
    let (mut hand, consume) = Hand::consuming();
    hand.wait(12)
        .told(consume, Told::Consume(Reply::Answered(())));
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Reply))]
    );
    assert_eq!(hand.finished().outcome, Outcome::Redeemed);
    hand.told(consume, Told::Consume(Reply::Answered(())))
        .wait(100);
    assert_eq!(hand.settled().len(), 1);
}

#[test]
fn an_answer_after_the_query_settled_it_adds_no_second_end() {
    let (mut hand, consume) = Hand::consuming();
    hand.wait(10).query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Query))]
    );
    hand.told(consume, Told::Consume(Reply::Answered(())));
    assert_eq!(hand.settled().len(), 1);
}

#[test]
fn normal_is_believed_only_when_told_twice_and_late_enough() {
    let (mut hand, consume) = Hand::consuming();
    hand.told(consume, Told::Consume(Reply::Unknown(Unknown::Broken)));
    hand.query_says(UserCardStatus::Normal)
        .wait(4)
        .query_says(UserCardStatus::Normal);
    assert_eq!(hand.settled(), [], "4 s after the sending proves nothing");
    hand.wait(28).query_says(UserCardStatus::Normal);
    assert_eq!(
        hand.settled(),
        [(Outcome::NotRedeemed, Some(SettledBy::Query))]
    );
}

#[test]
fn normal_proves_nothing_while_the_answer_may_still_come() {
    let (mut hand, _) = Hand::consuming();
    hand.wait(10)
        .query_says(UserCardStatus::Normal)
        .wait(60)
        .query_says(UserCardStatus::Normal);
    assert_eq!(hand.settled(), []);
}

#[test]
fn an_unlisted_errcode_on_consume_is_unknown_and_a_known_refusal_is_final() {
    let (mut hand, consume) = Hand::consuming();
    hand.told(
        consume,
        Told::Consume(Reply::Unknown(Unknown::Errcode(12_345))),
    );
    assert_eq!(hand.finished().outcome, Outcome::InDoubt);
    let (mut hand, consume) = Hand::consuming();
    let refusal = Refusal {
        errcode: 40071,
        reason: Reason::WrongKind,
        trace: None,
    };
    hand.told(consume, Told::Consume(Reply::Refused(refusal)));
    assert_eq!(hand.settled(), [(Outcome::Refused, Some(SettledBy::Reply))]);
}

#[test]
fn a_refused_token_lets_the_same_attempt_send_once_more_and_not_twice() {
    let (mut hand, mut consume) = Hand::consuming();
    for sent in [2, 2] {
        let refusal = Refusal {
            errcode: 42001,
            reason: Reason::Token,
            trace: None,
        };
        hand.told(consume, Told::Consume(Reply::Refused(refusal)))
            .journaled(Ok(()));
        assert_eq!(hand.consumes().len(), sent);
        consume = hand.consumes()[1];
    }
    assert_eq!(hand.settled(), [(Outcome::SetUp, Some(SettledBy::Reply))]);
}

#[test]
fn a_stale_look_up_is_asked_again_before_a_confirm_and_a_change_is_shown() {
    let mut hand = Hand::new();
    hand.scan()
        .query_says(UserCardStatus::Normal)
        .wait(61)
        .confirm();
    assert_eq!((hand.consumes().len(), hand.queries()), (0, 1));
    let mut changed = info(UserCardStatus::Normal);
    changed.validity.end = Some(hand.now.wall);
    hand.query_told(Reply::Answered(changed));
    let Stage::Review(review) = hand.machine.screen().stage else {
        panic!();
    };
    assert!(review.changed);
    assert!(
        !hand
            .written
            .iter()
            .any(|(_, record)| matches!(record, Record::Intent(_)))
    );
}

#[test]
fn a_stale_look_up_that_has_not_changed_is_confirmed_at_once() {
    let mut hand = Hand::new();
    hand.scan()
        .query_says(UserCardStatus::Normal)
        .wait(61)
        .confirm()
        .query_says(UserCardStatus::Normal);
    assert!(matches!(hand.written.last(), Some((_, Record::Intent(_)))));
}

fn left_open() -> Hand {
    let now = Hand::new().now;
    let intent = Intent {
        attempt: AttemptIds::new([1; 16]).next(now.wall),
        // By a wall clock that has been set since.
        at: now.wall - SignedDuration::from_hours(5),
        code: code(),
        card_id: None,
        info: info(UserCardStatus::Normal),
        looked_up_at: now.wall,
        clerk: None,
        desk: None,
        title: None,
        origin: coupon_kiosk::payload::Origin::Desk,
    };
    Hand::with(vec![intent])
}

#[test]
fn what_an_earlier_run_left_open_is_asked_about_and_settled() {
    let mut hand = left_open();
    assert_eq!((hand.queries(), hand.machine.screen().doubts.len()), (1, 1));
    hand.query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Query))]
    );
    assert_eq!(hand.machine.screen().doubts, []);
}

#[test]
fn how_long_ago_an_earlier_run_ended_is_not_believed() {
    let mut hand = left_open();
    hand.query_says(UserCardStatus::Normal)
        .wait(4)
        .query_says(UserCardStatus::Normal);
    assert_eq!(hand.settled(), []);
    hand.wait(28).query_says(UserCardStatus::Normal);
    assert_eq!(
        hand.settled(),
        [(Outcome::NotRedeemed, Some(SettledBy::Query))]
    );
}

#[test]
fn another_status_is_believed_no_sooner_than_normal() {
    for status in [UserCardStatus::Expire, UserCardStatus::Gifting] {
        let (mut hand, consume) = Hand::consuming();
        hand.told(consume, Told::Consume(Reply::Unknown(Unknown::Broken)));
        hand.query_says(status.clone())
            .wait(4)
            .query_says(status.clone());
        assert_eq!(hand.settled(), [], "it may be shown as consumed yet");
        hand.wait(28).query_says(status);
        assert_eq!(hand.settled(), [(Outcome::Refused, Some(SettledBy::Query))]);
    }
}

#[test]
fn a_settled_record_that_could_not_be_written_is_written_later() {
    let (mut hand, consume) = Hand::consuming();
    hand.written.clear();
    hand.told(consume, Told::Consume(Reply::Answered(())))
        .journaled(Err(JournalTrouble::Full))
        .wait(3);
    assert_eq!(
        hand.settled().len(),
        2,
        "the same end, offered to the disk again"
    );
    hand.journaled(Ok(()));
    assert!(hand.machine.is_settled_on_disk());
}

#[test]
fn a_title_that_comes_after_a_refusal_is_still_told_beside_it() {
    for status in [UserCardStatus::Expire, UserCardStatus::Consumed] {
        let mut hand = Hand::new();
        let mut refused = info(status);
        refused.card_id = Some(CardId::parse("pCARD").unwrap());
        hand.scan().query_told(Reply::Answered(refused));
        assert_eq!(hand.finished().title, None);
        let (exchange, _) = hand
            .asked
            .iter()
            .find(|(_, ask)| matches!(ask, Ask::Title(_)))
            .cloned()
            .unwrap();
        let title = CardTitle {
            title: "Free coffee".to_owned(),
            brand: None,
            benefit: Benefit::None,
        };
        hand.told(exchange, Told::Title(Reply::Answered(title.clone())));
        assert_eq!(hand.finished().title, Some(title));
    }
}

#[test]
fn a_title_that_cannot_be_had_leaves_the_refusal_as_it_is() {
    let mut hand = Hand::new();
    let mut refused = info(UserCardStatus::Expire);
    refused.card_id = Some(CardId::parse("pCARD").unwrap());
    hand.scan().query_told(Reply::Answered(refused));
    let before = hand.finished();
    let (exchange, _) = hand.asked[0].clone();
    hand.told(exchange, Told::Title(Reply::Unknown(Unknown::Broken)));
    assert_eq!(hand.finished(), before);
}

/// Every event in every state, in an order drawn from a seed: a consume only ever follows a durable intent of its own, and
/// no attempt gets a second end.
#[test]
fn whatever_comes_in_whatever_order_the_promises_hold() {
    for seed in 0..300_u64 {
        let mut hand = Hand::new();
        let mut chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut answered_writes = 0;
        let mut durable_intents = 0;
        for _ in 0..200 {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            match chance % 9 {
                0 => {
                    hand.scan();
                }
                1 => {
                    hand.event(Event::Touch(Touch::Confirm(LookUpId(chance >> 8 & 63))));
                }
                2 => {
                    if let Stage::Review(review) = hand.machine.screen().stage {
                        hand.event(Event::Touch(Touch::Confirm(review.look_up)));
                    }
                }
                3 => {
                    hand.event(Event::Touch(Touch::Cancel))
                        .event(Event::Touch(Touch::Dismiss));
                }
                4 => {
                    hand.wait(chance >> 8 & 31);
                }
                5 | 6 if answered_writes < hand.written.len() => {
                    let (write, record) = hand.written[answered_writes].clone();
                    answered_writes += 1;
                    let is_good = chance >> 9 & 3 != 0;
                    durable_intents += usize::from(is_good && matches!(record, Record::Intent(_)));
                    let result = if is_good {
                        Ok(())
                    } else {
                        Err(JournalTrouble::Failing)
                    };
                    hand.event(Event::Journaled { write, result });
                }
                _ => {
                    if let Some((exchange, ask)) = hand
                        .asked
                        .get((chance >> 10) as usize % hand.asked.len().max(1))
                        .cloned()
                    {
                        let told = answer(&ask, chance >> 20 & 3);
                        hand.told(exchange, told);
                    }
                }
            }
            assert!(hand.consumes().len() <= durable_intents, "seed {seed}");
        }
        assert_ends(&hand, seed);
    }
}

fn answer(ask: &Ask, dice: u64) -> Told {
    match (ask, dice) {
        (Ask::Query { .. }, 0) => Told::Query(Reply::Answered(info(UserCardStatus::Consumed))),
        (Ask::Query { .. }, 1) => Told::Query(Reply::Unknown(Unknown::Broken)),
        (Ask::Query { .. }, _) => Told::Query(Reply::Answered(info(UserCardStatus::Normal))),
        (Ask::Consume { .. }, 0) => Told::Consume(Reply::Answered(())),
        (Ask::Consume { .. }, _) => Told::Consume(Reply::Unknown(Unknown::Broken)),
        (Ask::Decrypt(_), _) => Told::Decrypt(Reply::Unknown(Unknown::Broken)),
        (Ask::Title(_), _) => Told::Title(Reply::Unknown(Unknown::Broken)),
    }
}

/// A failed write is offered again; the ends themselves are one an attempt.
fn assert_ends(hand: &Hand, seed: u64) {
    let mut ends: Vec<&Record> = hand
        .written
        .iter()
        .map(|(_, record)| record)
        .filter(|record| matches!(record, Record::Settled(_)))
        .collect();
    ends.dedup();
    for end in &ends {
        let of_the_attempt = ends.iter().filter(|other| other.attempt() == end.attempt());
        assert!(
            of_the_attempt.clone().all(|other| other == end),
            "seed {seed}"
        );
    }
}

/// A consume whose answer was lost.
fn doubting() -> Hand {
    let (mut hand, consume) = Hand::consuming();
    hand.told(consume, Told::Consume(Reply::Unknown(Unknown::Broken)));
    hand.written.clear();
    hand
}

impl Hand {
    fn attempt(&self) -> AttemptId {
        self.machine.screen().doubts[0].attempt
    }

    /// A manager's word, durable at once.
    fn rules(&mut self, goods: Goods) -> &mut Self {
        let attempt = self.attempt();
        let ruling = Ruling {
            goods,
            ground: Ground::CustomerLeft,
            text: " in a hurry ".to_owned(),
            manager: Some("Li".to_owned()),
        };
        let says = Says::Override(ruling);
        self.event(Event::Note { attempt, says }).journaled(Ok(()))
    }

    /// Sees to it that a look-up is on its way.
    fn asks(&mut self) -> &mut Self {
        self.event(Event::Touch(Touch::AskNow(self.attempt())))
    }

    fn overrides(&self) -> Vec<Override> {
        let said = |(_, record): &(WriteId, Record)| match record {
            Record::Override(said) => Some(said.clone()),
            Record::Query(_)
            | Record::Intent(_)
            | Record::Resend(_)
            | Record::Probe(_)
            | Record::Settled(_)
            | Record::Remark(_)
            | Record::Mistake(_)
            | Record::Witness(_)
            | Record::Sealed(_) => None,
        };
        self.written.iter().filter_map(said).collect()
    }

    fn witnesses(&self) -> usize {
        let is_one = |(_, record): &&(WriteId, Record)| matches!(record, Record::Witness(_));
        self.written.iter().filter(is_one).count()
    }

    /// Weixin's event, so many seconds from now.
    fn witnessed(&mut self, source: Source, seconds: i64) -> &mut Self {
        let seen = Witnessed {
            code: code(),
            card_id: None,
            source,
            at: self.now.wall + SignedDuration::from_secs(seconds),
            staff: None,
        };
        self.event(Event::Witnessed(seen))
    }
}

#[test]
fn a_managers_word_is_a_record_of_its_own_and_proves_nothing() {
    let mut hand = doubting();
    hand.rules(Goods::HandedOver);
    let [said] = &hand.overrides()[..] else {
        panic!("{:?}", hand.written);
    };
    assert_eq!(
        (said.goods, said.text.as_str()),
        (Goods::HandedOver, "in a hurry")
    );
    assert_eq!(said.clerk.as_deref(), Some("Li"));
    assert_eq!(hand.settled(), [], "the resolver goes on");
    let screen = hand.machine.screen();
    assert_eq!(screen.doubts[0].ruled, Some(Goods::HandedOver));
    assert_eq!(hand.finished().why, Why::Overruled(Goods::HandedOver));
    assert_eq!(
        hand.finished().outcome,
        Outcome::InDoubt,
        "and never redeemed"
    );
    hand.query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Query))]
    );
}

#[test]
fn a_word_counts_once_it_is_durable_and_a_second_touch_is_nothing() {
    let mut hand = doubting();
    let attempt = hand.attempt();
    let says = Says::Override(Ruling {
        goods: Goods::NotHandedOver,
        ground: Ground::Goodwill,
        text: String::new(),
        manager: None,
    });
    let note = Event::Note { attempt, says };
    hand.event(note.clone()).event(note);
    assert_eq!(hand.overrides().len(), 1);
    assert_eq!(hand.machine.screen().doubts[0].ruled, None);
    hand.journaled(Err(JournalTrouble::Full));
    assert_eq!(hand.machine.screen().doubts[0].ruled, None);
    hand.rules(Goods::NotHandedOver);
    let ruled = hand.machine.screen().doubts[0].ruled;
    assert_eq!(ruled, Some(Goods::NotHandedOver));
}

#[test]
fn a_word_ends_an_attempt_only_where_weixin_answers_for_minutes_and_proves_nothing() {
    let mut hand = doubting();
    let refusal = || Refusal {
        errcode: 40073,
        reason: Reason::CardId,
        trace: None,
    };
    // Silence is no answer, however long it lasts.
    hand.rules(Goods::NotHandedOver).wait(1200);
    assert_eq!(hand.settled(), []);
    hand.query_told(Reply::Refused(refusal()));
    assert_eq!(
        hand.settled(),
        [(Outcome::InDoubt, Some(SettledBy::Override))]
    );
    assert_eq!(hand.machine.screen().doubts, []);
    // The code is free: a look-up, a confirm, a new attempt.
    hand.scan().query_says(UserCardStatus::Normal);
    assert!(matches!(hand.machine.screen().stage, Stage::Review(_)));
    // Without a word nothing ends.
    let mut hand = doubting();
    hand.query_told(Reply::Refused(refusal())).wait(1200);
    hand.query_told(Reply::Refused(refusal()));
    assert_eq!(hand.settled(), []);
}

#[test]
fn a_word_and_an_event_survive_a_restart() {
    let mut hand = left_open();
    let attempt = hand.attempt();
    let at = hand.now.wall;
    let said = Override {
        attempt,
        at,
        goods: Goods::HandedOver,
        reason: Ground::Goodwill,
        text: String::new(),
        clerk: None,
    };
    let witness = Witness {
        attempt,
        at,
        source: Source::Api,
        card_id: None,
        staff: None,
        agrees: true,
    };
    let noted = vec![Record::Override(said), Record::Witness(witness)];
    hand.machine.recall(noted, hand.now);
    assert_eq!(
        hand.machine.screen().doubts[0].ruled,
        Some(Goods::HandedOver)
    );
    hand.query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Witness))]
    );
}

#[test]
fn an_event_alone_settles_nothing_and_with_a_look_up_it_is_a_double_proof() {
    let mut hand = doubting();
    let asked = hand.queries();
    hand.witnessed(Source::Api, 2);
    assert_eq!((hand.settled(), hand.witnesses()), (vec![], 1));
    assert!(hand.queries() >= asked, "and Weixin is asked");
    hand.query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Witness))]
    );
    assert_eq!(hand.finished().settled_by, Some(SettledBy::Witness));
}

#[test]
fn an_event_of_another_time_adds_no_proof() {
    let mut hand = doubting();
    hand.witnessed(Source::Api, -7200)
        .query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Query))]
    );
}

#[test]
fn an_event_of_another_way_leaves_the_attempt_to_a_person() {
    let mut hand = doubting();
    hand.witnessed(Source::Phone, 2)
        .query_says(UserCardStatus::Consumed);
    assert_eq!(hand.settled(), [], "neither redeemed by us nor lost");
    let screen = hand.machine.screen();
    assert_eq!(screen.doubts[0].known, Known::Elsewhere);
    assert_eq!(hand.finished().why, Why::RedeemedElsewhere);
    hand.rules(Goods::NotHandedOver).wait(301);
    hand.asks().query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::InDoubt, Some(SettledBy::Override))]
    );
}

#[test]
fn unused_is_not_believed_while_an_event_tells_of_a_redemption() {
    let mut hand = doubting();
    hand.witnessed(Source::Api, 2)
        .query_says(UserCardStatus::Normal);
    hand.wait(40).asks().query_says(UserCardStatus::Normal);
    hand.wait(40).asks().query_says(UserCardStatus::Normal);
    assert_eq!(hand.settled(), []);
    hand.wait(40).asks().query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Witness))]
    );
}

#[test]
fn an_event_may_come_first_twice_late_or_for_nobody() {
    // Before the answer; it is told of the attempt all the same.
    let (mut hand, consume) = Hand::consuming();
    hand.written.clear();
    hand.witnessed(Source::Api, 0).witnessed(Source::Api, 0);
    assert_eq!(hand.witnesses(), 1);
    hand.told(consume, Told::Consume(Reply::Unknown(Unknown::Broken)));
    hand.query_says(UserCardStatus::Consumed);
    assert_eq!(
        hand.settled(),
        [(Outcome::Redeemed, Some(SettledBy::Witness))]
    );
    // After it has ended: a second proof of it.
    let (mut hand, consume) = Hand::consuming();
    hand.told(consume, Told::Consume(Reply::Answered(())));
    hand.written.clear();
    hand.wait(30).witnessed(Source::Api, -30);
    assert_eq!((hand.witnesses(), hand.settled().len()), (1, 0));
    // However many are made up, they fill no disk.
    for seconds in 0..500 {
        hand.witnessed(Source::Other, seconds);
    }
    assert!(hand.witnesses() <= 4);
    // Nothing was sent from here.
    let mut hand = Hand::new();
    hand.scan().query_says(UserCardStatus::Normal);
    hand.written.clear();
    hand.witnessed(Source::Api, 0);
    assert_eq!(hand.witnesses(), 0);
}

#[test]
fn an_intent_that_takes_a_slow_disk_minutes_is_not_sent_on_its_old_look_up() {
    let mut hand = Hand::new();
    hand.scan()
        .query_says(UserCardStatus::Normal)
        .wait(50)
        .confirm()
        .wait(15)
        .journaled(Ok(()));
    assert_eq!(hand.consumes(), [], "its look-up is 65 s old");
    assert_eq!(
        hand.settled(),
        [(Outcome::SetUp, None)],
        "and the attempt is ended"
    );
    assert_eq!(hand.machine.screen().notice, Some(Notice::SlowDisk));
    assert_eq!(hand.queries(), 1, "asked again");
    hand.written.clear();
    hand.query_says(UserCardStatus::Normal)
        .confirm()
        .journaled(Ok(()));
    assert_eq!(hand.consumes().len(), 1);
}

#[test]
fn the_resolver_tells_which_of_how_many_look_ups_comes_next() {
    let mut hand = doubting();
    let of = |hand: &Hand| {
        let line = hand.machine.screen().doubts[0].clone();
        (line.asked, line.of)
    };
    // At 0, 3, 9, 21 and 30 s.
    assert_eq!(of(&hand), (0, 5));
    for (asked, wait) in [(1, 3), (2, 6), (3, 12), (4, 10)] {
        hand.query_says(UserCardStatus::Normal);
        assert_eq!(of(&hand), (asked, 5));
        hand.wait(wait);
    }
    hand.query_says(UserCardStatus::Normal);
    assert_eq!(
        hand.settled(),
        [(Outcome::NotRedeemed, Some(SettledBy::Query))]
    );
}

/// What is told of a coupon that is redeemed already, and how old that is.
fn repeat(hand: &Hand) -> Option<(RedeemedHere, String)> {
    match hand.machine.screen().notice? {
        Notice::RedeemedHere { here, aged } => {
            let told = Wording::new(Language::En).repeat(&here, aged, hand.now.tick);
            Some((here, told.why))
        }
        Notice::Wait | Notice::SlowDisk => None,
    }
}

#[test]
fn a_repeat_is_told_before_weixin_answers_and_when_it_does_not() {
    let (mut hand, consume) = Hand::consuming();
    hand.told(consume, Told::Consume(Reply::Answered(())))
        .journaled(Ok(()))
        .wait(12)
        .scan();
    let screen = hand.machine.screen();
    assert_eq!(screen.stage, Stage::Working(Work::Querying));
    let (here, told) = repeat(&hand).unwrap();
    assert_eq!(here.desk, None);
    assert_eq!(told, "This desk redeemed it 12 seconds ago.");
    let page = Page {
        wording: &Wording::new(Language::En),
        time_zone: &TimeZone::UTC,
        now: hand.now.wall,
    };
    let page = page.draw(&screen);
    assert!(page.ends_with(&told), "{page}");
    // The phone is held on.
    hand.wait(3).scan();
    assert_eq!(
        repeat(&hand).unwrap().1,
        "This desk redeemed it 15 seconds ago."
    );
    hand.query_told(Reply::NotSent(NotSent::Connect));
    let unasked = hand.finished();
    assert_eq!(unasked.outcome, Outcome::Unreachable);
    assert_eq!(unasked.why, Why::RedeemedHere(here.clone()));
    let words = Wording::new(Language::En).outcome(&unasked);
    assert_eq!(words.head, "Already redeemed", "and not: try again");
    hand.scan().query_says(UserCardStatus::Consumed);
    assert_eq!(hand.finished().why, Why::RedeemedHere(here));
    assert_eq!(hand.machine.screen().notice, None);
}

#[test]
fn a_repeat_of_another_desks_coupon_names_that_desk() {
    let mut hand = Hand::new();
    let at = hand.now.wall;
    hand.machine.remember(vec![Redeemed {
        code: code(),
        at,
        attempt: AttemptIds::new([1; 16]).next(at),
        desk: Some("K1".to_owned()),
    }]);
    hand.wait(180).scan();
    let (_, told) = repeat(&hand).unwrap();
    assert_eq!(told, "K1 redeemed it 3 minutes ago.");
    // A clock that was set back makes nothing of it.
    hand.event(Event::Touch(Touch::Cancel));
    assert_eq!(repeat(&hand), None);
    hand.now.wall = at - SignedDuration::from_hours(1);
    hand.scan();
    assert_eq!(repeat(&hand).unwrap().1, "K1 redeemed it just now.");
}
