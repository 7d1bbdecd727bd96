//! The outcomes' tones: whether anything here plays them. It is found out by playing silence.

use std::ffi::OsStr;
use std::path::Path;

use super::Finding;
use crate::sound::{self, Mute};

/// Where the kernel's sound cards stand.
const CARDS: &str = "/dev/snd";

/// With the volume as configured, and the folders in which the players are looked for.
pub fn examine(percent: u8, path: &OsStr) -> Finding {
    if percent == 0 {
        return Finding::good("sound", "doctor-sound-off");
    }
    match sound::rehearse(path) {
        Ok(player) => Finding::good("sound", "doctor-sound-plays")
            .with("player", player)
            .with("percent", percent),
        Err(Mute::NoPlayer) => Finding::watch("sound", "doctor-sound-no-player"),
        Err(Mute::Unplayed) if !Path::new(CARDS).exists() => {
            Finding::watch("sound", "doctor-sound-no-card")
        }
        Err(Mute::Unplayed) => Finding::watch("sound", "doctor-sound-unplayed"),
    }
}
