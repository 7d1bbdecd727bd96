//! coupon-kiosk: parse, log, run.

fn main() {}
