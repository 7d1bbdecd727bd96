//! coupon-kiosk: from a picture of a code to a confirmed redemption.

// Core: plain types and pure logic. No clock, no I/O.
pub mod card;
pub mod event;
pub mod frame;
pub mod payload;
pub mod redemption;
pub mod screen;
pub mod wording;

// Edges: one outside thing each; they do not know one another.
pub mod config;
pub mod journal;
pub mod logging;
pub mod scanner;
pub mod weixin;
pub mod worker;

// Shell: joins them.
pub mod cli;
pub mod kiosk;
