//! The camera: which, its mode and rate, the light, and how sharp a code in view is.

use std::sync::Arc;
use std::time::Duration;

use super::{Finding, sharpness};
use crate::camera::devices::{self, Access, Device, Wish, candidates};
use crate::camera::{self, Demand, Source, Wanted};
use crate::frame::{Frame, Luma, Slot};
use crate::scanner::{self, Effort, Symbologies};

/// How long the first frame may take: some cameras think for seconds.
const FIRST: Duration = Duration::from_secs(5);
/// How many frames are looked at.
const FRAMES: usize = 20;
const SLOW_RATE: f64 = 10.0;
const DARK: f64 = 45.0;
const BRIGHT: f64 = 225.0;
/// A sharp edge takes one to two pixels, a blurred one more; at five, small codes are lost.
const BLURRED: f64 = 4.0;

/// Opens the camera that the kiosk would take, and looks through it for a moment.
pub fn examine(wanted: Wanted) -> Vec<Finding> {
    let mut devices = devices::list();
    for device in &mut devices {
        device.access = devices::held(device);
    }
    let wish = wanted.device.as_deref().map(Wish::parse);
    let chosen = candidates(&devices, wish.as_ref(), None, Duration::MAX);
    let Some(device) = chosen.first().copied() else {
        return vec![match wanted.device {
            Some(name) if !devices.is_empty() => {
                Finding::out_of_reach("camera", "doctor-camera-other").with("name", name)
            }
            Some(_) | None => Finding::out_of_reach("camera", "doctor-camera-none"),
        }];
    };
    if let Some(finding) = closed(device) {
        return vec![finding];
    }
    let frames = Arc::new(Slot::default());
    let source = Source::Device(Demand::default());
    let Ok(_camera) = camera::watch(source, wanted, Arc::clone(&frames), |_state| {}) else {
        return vec![
            Finding::out_of_reach("camera", "doctor-camera-silent")
                .with("name", device.name.clone()),
        ];
    };
    let seen = look(&frames, 0);
    seen_through(&device.name, &seen)
}

/// Looks at the frames of the kiosk itself, which has the camera.
pub fn beside(frames: &Slot<Frame>, name: Option<&str>) -> Vec<Finding> {
    let devices = devices::list();
    let device = devices.first().map(|device| device.name.as_str());
    let Some(name) = name.or(device) else {
        return vec![Finding::out_of_reach("camera", "doctor-camera-none")];
    };
    let (number, _) = frames.newest();
    seen_through(name, &look(frames, number))
}

fn closed(device: &Device) -> Option<Finding> {
    let key = match device.access {
        Access::Free if device.modes.is_empty() => "doctor-camera-unusable",
        Access::Free => return None,
        Access::Busy => {
            let name = device.name.clone();
            return Some(Finding::watch("camera", "doctor-camera-busy").with("name", name));
        }
        Access::Refused => {
            let name = device.name.clone();
            let refused = Finding::bad("camera", "doctor-camera-refused").with("name", name);
            return Some(refused.with("path", device.path()));
        }
        Access::Failed => "doctor-camera-silent",
    };
    Some(Finding::out_of_reach("camera", key).with("name", device.name.clone()))
}

/// The frames after this one.
fn look(frames: &Slot<Frame>, mut number: u64) -> Vec<Arc<Frame>> {
    let mut seen: Vec<Arc<Frame>> = Vec::new();
    let mut patience = FIRST;
    while seen.len() < FRAMES {
        let (newer, frame) = frames.wait_newer(number, patience);
        if newer == number {
            break;
        }
        number = newer;
        seen.extend(frame);
        if !seen.is_empty() {
            patience = Duration::from_secs(1);
        }
    }
    seen
}

/// What frames tell of the camera, the light and the lens.
pub fn seen_through(name: &str, seen: &[Arc<Frame>]) -> Vec<Finding> {
    let (Some(first), Some(last)) = (seen.first(), seen.last()) else {
        return vec![Finding::out_of_reach("camera", "doctor-camera-silent").with("name", name)];
    };
    let spent = last.at.saturating_duration_since(first.at).as_secs_f64();
    let gaps = u32::try_from(seen.len() - 1).unwrap_or(0);
    let rate = if spent > 0.0 {
        f64::from(gaps) / spent
    } else {
        0.0
    };
    let luma = &last.luma;
    let camera = if rate < SLOW_RATE {
        Finding::watch("camera", "doctor-camera-slow")
    } else {
        Finding::good("camera", "doctor-camera-good")
    };
    let camera = camera
        .with("name", name)
        .with("width", luma.width())
        .with("height", luma.height())
        .with("rate", (rate * 10.0).round() / 10.0);
    vec![camera, light(luma), lens(luma)]
}

fn light(luma: &Luma) -> Finding {
    let sum: u64 = luma.pixels().iter().map(|pixel| u64::from(*pixel)).sum();
    let count = u64::try_from(luma.pixels().len()).unwrap_or(1).max(1);
    let mean = u32::try_from(sum / count).unwrap_or(0);
    let finding = if f64::from(mean) < DARK {
        Finding::watch("light", "doctor-light-dark")
    } else if f64::from(mean) > BRIGHT {
        Finding::watch("light", "doctor-light-bright")
    } else {
        Finding::good("light", "doctor-light-good")
    };
    finding.with("percent", u64::from(mean) * 100 / 255)
}

fn lens(luma: &Luma) -> Finding {
    let found = scanner::scan(luma, Symbologies::default(), Effort::First);
    let Some(width) = found
        .first()
        .and_then(|found| sharpness::edge_width(luma, &found.corners))
    else {
        return Finding::watch("sharpness", "doctor-sharpness-no-card");
    };
    let finding = if width > BLURRED {
        Finding::watch("sharpness", "doctor-sharpness-blurred")
    } else {
        Finding::good("sharpness", "doctor-sharpness-good")
    };
    finding.with("pixels", (width * 10.0).round() / 10.0)
}
