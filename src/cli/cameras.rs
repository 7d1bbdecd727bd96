//! `cameras`: the devices, their modes, and what would be taken.

use serde_json::json;

use super::{Context, Exit};
use crate::camera::devices::{self, Access, Device, choose, ranked};
use crate::camera::{Turn, Wanted};
use crate::config::{Camera, Device as Named, Rotation};

/// What the configuration wishes, in the camera's words.
pub(super) fn wanted(camera: &Camera) -> Wanted {
    Wanted {
        device: camera.device.as_ref().map(|device| match device {
            Named::Name(name) => name.clone(),
            Named::Index(number) => number.to_string(),
        }),
        size: camera.size,
        mirror: camera.mirror,
        rotate: match camera.rotate {
            Rotation::None => Turn::None,
            Rotation::By90 => Turn::By90,
            Rotation::By180 => Turn::By180,
            Rotation::By270 => Turn::By270,
        },
    }
}

pub(super) fn run(context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let devices = devices::list();
    let chosen = choose(&devices, None, None, std::time::Duration::ZERO);
    for device in &devices {
        let is_taken = chosen == Some(device) && device.access == Access::Free;
        let modes = ranked(&device.modes, None);
        let mode = modes
            .first()
            .filter(|_best| is_taken)
            .map(ToString::to_string);
        if context.json {
            let all: Vec<String> = device.modes.iter().map(ToString::to_string).collect();
            let object = json!({
                "device": device.name, "path": device.path(), "bus": device.bus, "access": access(device),
                "modes": all, "other_formats": device.other_formats, "taken": is_taken, "mode": mode,
            });
            writeln!(context.out, "{object}")?;
            continue;
        }
        writeln!(
            context.out,
            "{}: {} ({})",
            device.path(),
            device.name,
            access(device)
        )?;
        if !device.bus.is_empty() {
            writeln!(context.out, "    at {}", device.bus)?;
        }
        for one in &modes {
            let words = one.to_string();
            let why = if mode.as_deref() == Some(words.as_str()) {
                "   <- taken: nearest to 1280x720 at 30 frames a second"
            } else {
                ""
            };
            writeln!(context.out, "    {words}{why}")?;
        }
        for other in &device.other_formats {
            writeln!(context.out, "    {other}: not understood")?;
        }
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

fn access(device: &Device) -> &'static str {
    match device.access {
        Access::Free if device.modes.is_empty() => "unusable: no mode that is understood",
        Access::Free => "free",
        Access::Busy => "busy: another program has it",
        Access::Refused => "refused: this user may not open it",
        Access::Failed => "it does not answer",
    }
}
