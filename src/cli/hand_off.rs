//! The desk's line to the online half, for customers who choose on their own phones.

use std::time::Duration;

use anyhow::Context as _;

use super::desk::{Ask, Desk};
use super::set_up;
use crate::config::Config;
use crate::online::line::{Line, Settings};
use crate::worker::{Stop, Worker};

/// How soon a thread sees that it is to end.
const STOP_LOOK: Duration = Duration::from_millis(100);

/// Holds the line that the configuration has, if it has one.
pub(super) fn of_config(desk: &Desk, config: &Config) -> anyhow::Result<Option<Worker>> {
    let Some(hand_off) = &config.hand_off else {
        return Ok(None);
    };
    let proxy = config.weixin.proxy.as_ref();
    let settings = Settings {
        url: hand_off.url.as_base().to_owned(),
        key_file: hand_off.key_file.clone(),
        proxy: proxy.map(|proxy| proxy.as_str().to_owned()),
        ca_file: config.weixin.ca_file.clone(),
    };
    start(desk, &settings).map(Some)
}

/// Holds a line.
pub(super) fn start(desk: &Desk, settings: &Settings) -> anyhow::Result<Worker> {
    let mut line = Line::new(settings, crate::logging::hide)?;
    let (asks, screens) = desk.ends();
    let tell = move |event| asks.try_send(Ask::Event(event)).is_ok();
    let runtime = set_up::runtime()?;
    let worker = Worker::start("hand-off", move |stop| {
        runtime.block_on(async {
            tokio::select! {
                () = line.hold(screens, tell) => {}
                () = stopped(stop) => {}
            }
        });
    });
    worker.context("the hand-off's thread cannot be started")
}

/// Waits until a thread is to end.
pub(super) async fn stopped(stop: &Stop) {
    while !stop.is_asked() {
        tokio::time::sleep(STOP_LOOK).await;
    }
}
