//! The camera's clock: frames carry the time at which they came.

use std::time::Instant;

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "a frame's time is known here and nowhere else"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}
