//! `cameras`: the devices, their modes, and what would be taken.

use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Context, Exit, set_up};
use crate::camera::devices::{self, Access, Device, Wish, candidates, ranked};
use crate::camera::{Mode, Preview, Region, Turn, View, Wanted};
use crate::config::{self, Config, Device as Named};
use crate::office::Aim;

/// What was chosen on the screen, and else what the configuration wishes, in the camera's words.
pub(super) fn wanted(config: &Config) -> Wanted {
    let settings = config::settings(config);
    let camera = &config.camera;
    let configured = camera.device.as_ref().map(|device| match device {
        Named::Name(name) => name.clone(),
        Named::Index(number) => number.to_string(),
    });
    Wanted {
        device: settings.camera.or(configured),
        size: camera.size,
        view: view(&settings.aim),
        preview: Preview::Shown,
        sleeps_after: (camera.sleep_minutes > 0)
            .then(|| Duration::from_mins(u64::from(camera.sleep_minutes))),
    }
}

/// How the picture is seen, in the camera's words.
pub(super) fn view(aim: &Aim) -> View {
    let [x, y, width, height] = aim.region;
    View {
        turn: match aim.rotate {
            90 => Turn::By90,
            180 => Turn::By180,
            270 => Turn::By270,
            _ => Turn::None,
        },
        mirror: aim.mirror,
        zoom: aim.zoom,
        region: Region {
            x,
            y,
            width,
            height,
        },
    }
}

/// Lists them. The device that the configuration at hand names is the one that would be taken, if it can be.
pub(super) fn run(context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let wanted = configured(context)?;
    let mut devices = devices::list();
    for device in &mut devices {
        device.access = devices::held(device);
    }
    let wish = wanted.device.as_deref().map(Wish::parse);
    let waited = Duration::MAX;
    let chosen = candidates(&devices, wish.as_ref(), None, waited);
    let first = chosen.first().copied();
    let mut lines = Vec::new();
    for device in &devices {
        let modes = ranked(&device.modes, wanted.size);
        let place = chosen.iter().position(|one| *one == device);
        let is_taken = place == Some(0) && is_usable(device);
        let why = why(device, wanted.device.as_deref(), place);
        let mode = modes.first().filter(|_best| is_taken).copied();
        lines.push(Line {
            device,
            modes,
            mode,
            why,
        });
    }
    for line in &lines {
        if context.json {
            writeln!(context.out, "{}", line.object())?;
        } else {
            line.write(context.out, wanted.size)?;
        }
    }
    if let Some(wished) = &wanted.device
        && first.is_none()
        && !context.json
    {
        writeln!(context.out, "{wished} is configured, and not there.")?;
    }
    if devices.is_empty() && !context.json {
        writeln!(context.out, "There is no camera.")?;
    }
    Ok(if devices.is_empty() {
        Exit::OutOfReach
    } else {
        Exit::Done
    })
}

/// What the configuration at hand wishes; without one, any camera. Only one that was named has to hold.
pub(super) fn configured(context: &Context<'_>) -> anyhow::Result<Wanted> {
    if context.config.is_some() {
        return Ok(wanted(&set_up::configuration(context)?));
    }
    let loaded = config::load(None, &config::Environment::of_process());
    Ok(loaded
        .config
        .map_or_else(Wanted::default, |config| wanted(&config)))
}

struct Line<'a> {
    device: &'a Device,
    modes: Vec<Mode>,
    /// What would be taken of it.
    mode: Option<Mode>,
    why: String,
}

impl Line<'_> {
    fn object(&self) -> Value {
        let device = self.device;
        let all: Vec<String> = device.modes.iter().map(ToString::to_string).collect();
        json!({
            "device": device.name, "path": device.path(), "bus": device.bus, "access": access(device),
            "modes": all, "other_formats": device.other_formats, "taken": self.mode.is_some(),
            "mode": self.mode.as_ref().map(ToString::to_string), "why": self.why,
        })
    }

    fn write(&self, out: &mut dyn Write, size: Option<(u32, u32)>) -> std::io::Result<()> {
        let device = self.device;
        writeln!(
            out,
            "{}: {} ({})",
            device.path(),
            device.name,
            access(device)
        )?;
        if !device.bus.is_empty() {
            writeln!(out, "    at {}", device.bus)?;
        }
        writeln!(out, "    {}", self.why)?;
        let (width, height) = size.unwrap_or(devices::DEFAULT_SIZE);
        for mode in &self.modes {
            let why = if self.mode == Some(*mode) {
                format!("   <- taken: nearest to {width}x{height} at 30 frames a second")
            } else {
                String::new()
            };
            writeln!(out, "    {mode}{why}")?;
        }
        for other in &device.other_formats {
            writeln!(out, "    {other}: not understood")?;
        }
        Ok(())
    }
}

fn is_usable(device: &Device) -> bool {
    device.access == Access::Free && !device.modes.is_empty()
}

/// `place` is its place among those that may be taken.
fn why(device: &Device, wished: Option<&str>, place: Option<usize>) -> String {
    match (place, wished) {
        (Some(0), _) if !is_usable(device) => {
            format!("tried again and again: {}", access(device))
        }
        (Some(0), Some(wished)) => format!("taken: {wished} is wished"),
        (Some(0), None) => "taken: the first that works".to_owned(),
        (None, wished) => format!("not taken: {} is wished", wished.unwrap_or("another one")),
        (Some(_), _) if !is_usable(device) => format!("not taken: {}", access(device)),
        (Some(_), _) => "not taken: another one comes first".to_owned(),
    }
}

fn access(device: &Device) -> &'static str {
    match device.access {
        Access::Free if device.modes.is_empty() => "unusable: no mode that is understood",
        Access::Free => "free",
        Access::Busy => "busy: another program has it",
        Access::Refused => "refused: this user may not open it",
        Access::Failed => "it does not answer",
    }
}
