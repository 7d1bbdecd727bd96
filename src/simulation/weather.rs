//! What a seed's world is like: which faults there are in it, and how often.
//!
//! Each fault is absent in about half of the worlds and frequent in some: a world in which everything fails all the time
//! never comes far enough for the rare things ("swarm testing", Groce and others 2012).

use std::time::Duration;

use super::chance::Chance;

/// How often each fault strikes, in percent, and how large it is.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    pub(super) connect_fails: u64,
    pub(super) lost_before: u64,
    pub(super) lost_after: u64,
    pub(super) half_answer: u64,
    pub(super) bad_gateway: u64,
    pub(super) busy: u64,
    pub(super) odd_errcode: u64,
    pub(super) minute_quota: u64,
    pub(super) duplicate: u64,
    pub(super) slow_request: u64,
    pub(super) slow_answer: u64,
    pub(super) token_dies: u64,
    pub(super) token_server_fails: u64,
    /// How late a look-up shows what became of a code.
    pub(super) lag: Duration,
    pub(super) write_refused: u64,
    pub(super) write_unsure: u64,
    pub(super) slow_disk: u64,
    pub(super) stuck_disk: u64,
    pub(super) disk_full: bool,
    pub(super) power_cut: u64,
    pub(super) killed: u64,
    pub(super) flip: bool,
    pub(super) kills: u64,
    pub(super) killed_while_sending: u64,
    pub(super) other_desks: u64,
    /// How many of the redemptions Weixin's events tell of, and how many events come twice.
    pub(super) witnessed: u64,
    pub(super) witnessed_twice: u64,
    /// What was told while the program was not running is told again.
    pub(super) events_kept: u64,
    /// Events that somebody made up.
    pub(super) forged: u64,
    /// Weixin refuses to tell of one code once a consume of it has come.
    pub(super) mute: u64,
    /// How often a manager decides what could still be found out.
    pub(super) rulings: u64,
    pub(super) status_changes: u64,
    pub(super) wall_jumps: u64,
    /// Millionths by which the wall clock is fast.
    pub(super) drift: i64,
    pub(super) frames_unread: u64,
    pub(super) codes: usize,
    pub(super) customers: u64,
    pub(super) hasty: bool,
}

/// The longest that a request may be on its way, and that the platform may take to show a consume: together less than
/// the `doubt_secs` after which NORMAL is believed. Nothing could be known of a platform slower than that.
pub(super) const SLOWEST: u64 = 12_000;

impl Weather {
    pub(super) fn new(chance: &mut Chance) -> Self {
        let mut rate = |most: u64| {
            if chance.percent(50) {
                chance.below(most + 1)
            } else {
                0
            }
        };
        Self {
            connect_fails: rate(20),
            lost_before: rate(25),
            lost_after: rate(40),
            half_answer: rate(20),
            bad_gateway: rate(15),
            busy: rate(25),
            odd_errcode: rate(10),
            minute_quota: rate(4),
            duplicate: rate(20),
            slow_request: rate(50),
            slow_answer: rate(30),
            token_dies: rate(20),
            token_server_fails: rate(30),
            lag: Duration::from_millis(rate(SLOWEST)),
            write_refused: rate(12),
            write_unsure: rate(12),
            slow_disk: rate(40),
            stuck_disk: rate(6),
            disk_full: rate(1) == 1,
            power_cut: rate(3),
            killed: rate(3),
            flip: rate(7) == 7,
            kills: rate(3),
            killed_while_sending: rate(80),
            other_desks: rate(4),
            witnessed: rate(100),
            witnessed_twice: rate(50),
            events_kept: rate(1),
            forged: rate(3),
            mute: rate(5) / 5,
            rulings: rate(8),
            status_changes: rate(6),
            wall_jumps: rate(4),
            drift: i64::try_from(rate(20_000)).unwrap() - i64::try_from(rate(20_000)).unwrap(),
            frames_unread: rate(40),
            codes: chance.index(4) + 1,
            customers: 2 + chance.below(9),
            hasty: chance.percent(50),
        }
    }

    /// The sun comes out: what is left of a world when its faults stop.
    pub(super) fn calm(&mut self) {
        *self = Self {
            connect_fails: 0,
            lost_before: 0,
            lost_after: 0,
            half_answer: 0,
            bad_gateway: 0,
            busy: 0,
            odd_errcode: 0,
            minute_quota: 0,
            duplicate: 0,
            slow_request: 0,
            slow_answer: 0,
            token_dies: 0,
            token_server_fails: 0,
            write_refused: 0,
            write_unsure: 0,
            slow_disk: 0,
            stuck_disk: 0,
            disk_full: false,
            power_cut: 0,
            killed: 0,
            killed_while_sending: 0,
            flip: false,
            forged: 0,
            rulings: 0,
            ..self.clone()
        };
    }
}
