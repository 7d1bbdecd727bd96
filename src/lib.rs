//! coupon-kiosk: from a phone before the lens to a confirmed redemption.
//!
//! The way of the data:
//!
//! ```text
//! lens -> camera -> scanner -> payload -> redemption -> screen -> ui -> clerk
//!                                            |   ^
//!                                     journal|   |reply
//!                                            v   |
//!                                           weixin
//! ```
//!
//! Threads: `main` draws ([`ui`]), `camera` and `camera-watch` get frames, `scanner` reads them, `journal` writes, `office`
//! reads it for the pages behind the counter, `kiosk` runs the loop and the HTTP exchanges, `sound` plays, `watchdog` asks
//! both for a sign of life, `health` serves the numbers, `witness` hears Weixin's events. `cli::desk` joins them.
//!
//! [`kiosk`] is the one loop: it feeds events to the [`redemption`] machine, carries out what the machine asks for, and
//! publishes a plain [`screen::Screen`]. The journal answers by event, so that a slow disk holds up nothing.
//!
//! [`online`] serves the page on a customer's own phone: many redemption machines, one journal, and the way to a desk's counter.
//!
//! The invariants, which the tests in `tests/it/machine.rs`, `tests/it/redeem.rs` and `tests/it/journal.rs` hold up, and
//! `simulation`, in which the whole kiosk lives through faults of every kind:
//!
//! 1. No consume leaves before its intent is durable.
//! 2. At most one consume is on its way for a code, and the screen waits for at most one.
//! 3. An attempt whose reply is unknown is never consumed again.
//! 4. Every intent ends in exactly one settled record.
//! 5. "Redeemed" is shown only after `errcode` 0, or after a query found the code consumed for an attempt of ours.
//! 6. A look-up older than a minute is asked again before a confirm is accepted; a change is shown.
//! 7. The journal is append-only and hash-chained.

// Core: plain types and pure logic. No clock, no I/O.
pub mod card;
pub mod event;
pub mod frame;
pub mod office;
pub mod payload;
pub mod redemption;
pub mod screen;
pub mod wording;

// Edges: one outside thing each; they do not know one another.
pub mod camera;
pub mod config;
pub mod journal;
pub mod logging;
pub mod loopback;
pub mod scanner;
pub mod sound;
pub mod weixin;
pub mod worker;

// Shell: joins them.
pub mod cli;
pub mod doctor;
pub mod fleet;
pub mod health;
pub mod kiosk;
pub mod online;
pub mod staff;
pub mod ui;
pub mod witness;

#[cfg(test)]
mod simulation;
