//! What users see, at the boundaries: the program itself, real files, real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::too_many_lines,
    clippy::needless_raw_string_hashes,
    reason = "a test that cannot go on has failed, prints its seed, and carries its expected text"
)]

mod chance;
mod check;
mod config;
mod crash;
mod day;
mod demo;
mod dev_script;
mod doctor;
mod first_start;
mod fleet;
mod fuzz;
mod health;
mod journal;
mod machine;
mod network;
mod online;
mod package;
mod platform;
mod provision;
mod redeem;
mod relays;
mod replay;
mod scan;
mod secrets;
mod soak;
mod sound;
mod staff;
mod support;
mod support_bundle;
mod tickets;
mod tidy;
mod tls;
mod training;
mod window;
mod witness;
