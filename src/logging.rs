//! What the program says of itself: to stderr, levels by `RUST_LOG`, warnings by default.
//!
//! Our own lines never name a secret. The libraries below us print addresses and headers at their lower levels, and an
//! access token travels in the address: from them only warnings are let through, whatever `RUST_LOG` says.

use std::io;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Starts logging. A second call changes nothing.
pub fn init() {
    let asked = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("warn"));
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_filter(filter_fn(is_ours_or_a_warning));
    if tracing_subscriber::registry()
        .with(asked)
        .with(lines)
        .try_init()
        .is_err()
    {
        tracing::debug!("logging was started before");
    }
}

fn is_ours_or_a_warning(line: &Metadata<'_>) -> bool {
    line.target().starts_with("coupon_kiosk") || *line.level() <= Level::WARN
}
