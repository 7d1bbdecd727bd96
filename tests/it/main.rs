//! What users see, at the boundaries: the program itself, real files, real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_raw_string_hashes,
    reason = "a test that cannot go on has failed"
)]

mod check;
mod config;
mod demo;
mod journal;
mod machine;
mod platform;
mod redeem;
mod scan;
mod support;
mod tidy;
