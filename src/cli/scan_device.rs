//! `scan --device`: camera states and codes, as they happen. Sends nothing.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::delay::Delay;
use super::{Context, Exit, cameras};
use crate::camera::{self, Demand, Preview, Source};
use crate::event::CameraState;
use crate::frame::{Delays, Frame, Slot};
use crate::scanner::tracker::Sighting;
use crate::scanner::{self, Found, Symbologies};
use crate::worker::Worker;

/// More than can happen between two lines.
const WAITING: usize = 256;

enum News {
    Camera(CameraState, Instant),
    Code(Found, Instant),
}

/// As `--json` tells it; the order of the keys is a contract.
#[derive(Serialize)]
struct ToldCamera<'a> {
    event: &'static str,
    state: &'static str,
    device: Option<&'a str>,
    mode: Option<&'a str>,
    t: f64,
}

/// The same of a code.
#[derive(Serialize)]
struct ToldCode<'a> {
    event: &'static str,
    text: &'a str,
    symbology: &'static str,
    t: f64,
}

/// Runs until the time is up, or for ever. 4 where no camera was ever live.
pub(super) fn run(
    device: Option<&str>,
    patience: Option<Duration>,
    symbologies: Symbologies,
    context: &mut Context<'_>,
) -> anyhow::Result<Exit> {
    let begun = now();
    let (sender, news) = sync_channel(WAITING);
    let frames = Arc::new(Slot::default());
    let mut wanted = cameras::configured(context)?;
    // Nobody sees the pictures.
    wanted.preview = Preview::None;
    wanted.device = device.map(str::to_owned).or(wanted.device);
    let demand = Demand::default();
    let _scanner = scanner(&frames, symbologies, sender.clone(), demand.clone())?;
    let _camera = camera::watch(Source::Device(demand), wanted, frames, move |state| {
        drop(sender.try_send(News::Camera(state, now())));
    })?;
    let mut last = (None, None);
    let mut exit = Exit::OutOfReach;
    loop {
        let left = patience.map(|patience| patience.saturating_sub(begun.elapsed()));
        let one = match left {
            Some(left) => match news.recv_timeout(left) {
                Ok(one) => one,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            },
            None => match news.recv() {
                Ok(one) => one,
                Err(_ended) => break,
            },
        };
        if let News::Camera(state, _) = &one
            && let CameraState::Live { device, mode } = state
        {
            exit = Exit::Done;
            last = (Some(device.clone()), Some(mode.clone()));
        }
        tell(&one, &last, begun, context)?;
        context.out.flush()?;
    }
    Ok(exit)
}

/// Reads the frames, and tells what was read, and what is needed of the camera.
fn scanner(
    frames: &Arc<Slot<Frame>>,
    symbologies: Symbologies,
    news: SyncSender<News>,
    demand: Demand,
) -> std::io::Result<Worker> {
    let mut delay = Delay::into(Delays::default());
    let report = move |sighting, at| match sighting {
        Sighting::Taken(found) => {
            delay.since(at);
            demand.taken();
            drop(news.try_send(News::Code(found, now())));
        }
        Sighting::View(view) => demand.see(view),
    };
    scanner::watch(Arc::clone(frames), symbologies, Arc::default(), report)
}

/// One line of what happened; a camera's state goes with the camera that was live last.
fn tell(
    news: &News,
    (device, mode): &(Option<String>, Option<String>),
    begun: Instant,
    context: &mut Context<'_>,
) -> anyhow::Result<()> {
    let (device, mode) = (device.as_deref(), mode.as_deref());
    match news {
        News::Camera(state, at) => {
            let (state, t) = (state.name(), seconds(begun, *at));
            if context.json {
                let told = ToldCamera {
                    event: "camera",
                    state,
                    device,
                    mode,
                    t,
                };
                writeln!(context.out, "{}", serde_json::to_string(&told)?)?;
            } else {
                let words = [device, mode].map(Option::unwrap_or_default).join(" ");
                writeln!(context.out, "{t:8.3} camera {state} {words}")?;
            }
        }
        News::Code(found, at) => {
            let t = seconds(begun, *at);
            if context.json {
                let told = ToldCode {
                    event: "code",
                    text: &found.text,
                    symbology: found.symbology.name(),
                    t,
                };
                writeln!(context.out, "{}", serde_json::to_string(&told)?)?;
            } else {
                writeln!(context.out, "{t:8.3} {}", found.text.escape_debug())?;
            }
        }
    }
    Ok(())
}

fn seconds(begun: Instant, at: Instant) -> f64 {
    let millis = at.saturating_duration_since(begun).as_secs_f64() * 1000.0;
    millis.round() / 1000.0
}

#[expect(
    clippy::disallowed_methods,
    reason = "the seconds that `scan --device` prints"
)]
fn now() -> Instant {
    Instant::now()
}
