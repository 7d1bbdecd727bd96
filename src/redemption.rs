//! One person's way from a payload to an outcome.

pub mod attempt;
pub mod reply;
