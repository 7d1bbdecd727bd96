#![no_main]

#[path = "../hostile.rs"]
#[expect(dead_code, reason = "the other targets")]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::luma(bytes));
