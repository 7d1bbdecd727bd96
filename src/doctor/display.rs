//! The display, as the window that was opened for a moment found it.

use super::Finding;

/// What there is to draw on.
#[derive(Clone, PartialEq, Debug)]
pub enum Display {
    /// The process has none: it was started outside of the session.
    None,
    /// These Debian packages are missing.
    Lacking(String),
    /// No window could be opened.
    Failed,
    /// A window was opened and drawn.
    Drawn {
        /// Pixels.
        width: f32,
        /// Pixels.
        height: f32,
        /// Pixels a point.
        scale: f32,
        /// Of one picture, the processor's.
        millis: f32,
    },
}

/// A picture that takes longer makes the live picture jerk.
const SLOW_MILLIS: f32 = 80.0;
/// What the window needs at least.
const NARROWEST: f32 = 640.0;

/// What it means.
pub fn examine(display: &Display) -> Finding {
    match display {
        Display::None => Finding::watch("display", "doctor-display-none"),
        Display::Lacking(packages) => {
            Finding::bad("display", "doctor-display-lacking").with("packages", packages.as_str())
        }
        Display::Failed => Finding::bad("display", "doctor-display-failed"),
        Display::Drawn {
            width,
            height,
            scale,
            millis,
        } => {
            let finding = if *width < NARROWEST {
                Finding::watch("display", "doctor-display-small")
            } else if *millis > SLOW_MILLIS {
                Finding::watch("display", "doctor-display-slow")
            } else {
                Finding::good("display", "doctor-display-good")
            };
            finding
                .with("width", width.round())
                .with("height", height.round())
                .with("scale", tenths(*scale))
                .with("millis", tenths(*millis))
        }
    }
}

fn tenths(value: f32) -> f64 {
    (f64::from(value) * 10.0).round() / 10.0
}
