//! The tests' stand-in for Weixin as a program of its own, for scripts: `platform CODE...` knows these codes as unused.
//!
//! Its first line tells its address. Each line on its stdin is answered with one that tells its books:
//! `queries=2 consumes=1 CODE=CONSUMED`. A line `fail NAME` lets the next consume go wrong. `sealed.CODE` opens to CODE.

#![allow(clippy::print_stdout, reason = "a script reads it")]

#[path = "../it/platform.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the stand-in as the tests have it; a script needs a part of it"
)]
mod platform;

use platform::{Fault, Platform};

fn main() {
    let codes: Vec<String> = std::env::args().skip(1).collect();
    let unused: Vec<(&str, &'static str)> =
        codes.iter().map(|code| (code.as_str(), "NORMAL")).collect();
    let weixin = Platform::with(&unused);
    weixin.entitle("Free coffee");
    for code in &codes {
        weixin.seal(code, &format!("sealed.{code}"));
    }
    println!("{}", weixin.address());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match line.as_str() {
            "fail hang_before" => weixin.fail(&[Fault::HangBefore]),
            "fail hang_after" => weixin.fail(&[Fault::HangAfter]),
            "fail busy_after" => weixin.fail(&[Fault::BusyAfter]),
            _ => {}
        }
        let (queries, consumes) = (weixin.queries(), weixin.consumes());
        print!("queries={queries} consumes={consumes}");
        for code in &codes {
            print!(" {code}={}", weixin.status(code));
        }
        println!();
    }
}
