//! The desk's line to the online half, for customers who choose on their own phones.

use anyhow::Context as _;

use super::desk::{Ask, Desk};
use crate::config::{Config, WayOut};
use crate::online::line::{Line, Settings};
use crate::worker::Worker;

/// Holds the line that the configuration has, if it has one.
pub(super) fn of_config(desk: &Desk, config: &Config) -> anyhow::Result<Option<Worker>> {
    let Some(hand_off) = &config.hand_off else {
        return Ok(None);
    };
    let WayOut { proxy, ca_file } = config.weixin.way_out.clone();
    let settings = Settings {
        url: hand_off.url.as_base().to_owned(),
        key_file: hand_off.key_file.clone(),
        proxy: proxy.map(|proxy| proxy.as_str().to_owned()),
        ca_file,
    };
    start(desk, &settings).map(Some)
}

/// Holds a line.
pub(super) fn start(desk: &Desk, settings: &Settings) -> anyhow::Result<Worker> {
    let mut line = Line::new(settings, crate::logging::hide)?;
    let (asks, screens) = desk.ends();
    let tell = move |event| asks.try_send(Ask::Event(event)).is_ok();
    let worker = Worker::start_waiting("hand-off", move || async move {
        line.hold(screens, tell).await;
    });
    worker.context("the hand-off's thread cannot be started")
}
