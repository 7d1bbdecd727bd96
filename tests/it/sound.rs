//! What is played: by stand-in players on a `PATH`, which hand over the file that a real one would be given.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use coupon_kiosk::sound::{RATE, Sound, Speaker, wav};
use tempfile::TempDir;

/// A folder of players, and a pipe that they write to.
pub struct Players(TempDir);

impl Players {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let players = Self(folder);
        make_pipe(&players.pipe());
        players
    }

    fn pipe(&self) -> PathBuf {
        self.0.path().join("pipe")
    }

    fn add(self, name: &str, script: &str) -> Self {
        let path = self.0.path().join(name);
        let script = script.replace("PIPE", &self.pipe().display().to_string());
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// One that hands over its file, and says before it which it is.
    pub fn plays(self, name: &str) -> Self {
        // The file is the last argument.
        let script = format!("for file; do :; done; {{ echo {name}; cat \"$file\"; }} >PIPE");
        self.add(name, &script)
    }

    pub fn path(&self) -> OsString {
        self.0.path().as_os_str().to_owned()
    }

    /// Waits for the next sound: who plays it, and the file.
    pub fn next(&self) -> (String, Vec<u8>) {
        let mut read = Command::new("timeout");
        read.args(["60", "cat"]).arg(self.pipe());
        let told = read.output().unwrap().stdout;
        let end = told.iter().position(|byte| *byte == b'\n');
        let end = end.expect("nothing was played");
        let player = String::from_utf8(told[..end].to_vec()).unwrap();
        (player, told[end + 1..].to_vec())
    }
}

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

/// How strongly a frequency is in samples.
fn strength(samples: &[f64], hertz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hertz / f64::from(RATE);
    let (mut cosine, mut sine) = (0.0, 0.0);
    for (at, sample) in (0_u32..).zip(samples) {
        cosine += sample * (f64::from(at) * turn).cos();
        sine += sample * (f64::from(at) * turn).sin();
    }
    cosine.hypot(sine)
}

fn samples(wav: &[u8]) -> Vec<f64> {
    assert_eq!((&wav[..4], &wav[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    assert_eq!(u32::from_le_bytes(wav[24..28].try_into().unwrap()), RATE);
    let length = u32::from_le_bytes(wav[40..44].try_into().unwrap());
    assert_eq!(usize::try_from(length).unwrap(), wav.len() - 44);
    let pairs = wav[44..].chunks_exact(2);
    pairs
        .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])))
        .collect()
}

/// The loudest of the frequencies in a part of the sound, given in tenths.
fn loudest(samples: &[f64], part: std::ops::Range<usize>) -> u32 {
    let tenth = samples.len() / 10;
    let part = &samples[part.start * tenth..part.end * tenth];
    let known = [220, 330, 523, 698, 784, 880, 1175];
    let by_strength = |one: &u32, other: &u32| {
        let strength = |hertz: u32| strength(part, f64::from(hertz));
        strength(*one).total_cmp(&strength(*other))
    };
    known.into_iter().max_by(by_strength).unwrap()
}

#[test]
fn every_sound_reaches_the_player_and_is_told_from_the_others_by_its_notes() {
    let players = Players::new().plays("aplay");
    let speaker = Speaker::start(&players.path(), 100).unwrap();
    for (sound, first, last) in [
        (Sound::Good, 784, 1175),
        (Sound::Refused, 330, 220),
        (Sound::Attention, 880, 880),
        (Sound::Doubt, 523, 523),
    ] {
        speaker.play(sound);
        let (player, file) = players.next();
        assert_eq!(player, "aplay");
        assert_eq!(file, wav(sound, 100));
        let samples = samples(&file);
        assert_eq!(loudest(&samples, 0..2), first, "{sound:?}");
        assert_eq!(loudest(&samples, 8..10), last, "{sound:?}");
    }
    let doubt = samples(&wav(Sound::Doubt, 100));
    assert_eq!(loudest(&doubt, 4..5), 698);
}

#[test]
fn a_player_that_does_not_play_is_passed_over_and_the_one_that_does_comes_first() {
    let players = Players::new()
        .add("pw-play", "echo tried >>PIPE.tried; exit 1")
        .plays("aplay");
    let speaker = Speaker::start(&players.path(), 70).unwrap();
    for _ in 0..3 {
        speaker.play(Sound::Good);
        assert_eq!(players.next().0, "aplay");
    }
    let tried = fs::read_to_string(players.pipe().with_extension("tried")).unwrap();
    assert_eq!(tried.lines().count(), 1);
}

#[test]
fn a_newer_sound_silences_one_that_hangs() {
    let players = Players::new().add("aplay", "echo began >PIPE; exec cat PIPE.never");
    make_pipe(&players.pipe().with_extension("never"));
    let speaker = Speaker::start(&players.path(), 70).unwrap();
    for sound in [Sound::Good, Sound::Refused, Sound::Doubt] {
        speaker.play(sound);
        assert_eq!(players.next().0, "began");
    }
    // Dropping it ends the last one: it hangs for ever.
    drop(speaker);
}

#[test]
fn the_volume_is_heard_and_may_change() {
    let players = Players::new().plays("paplay");
    let speaker = Speaker::start(&players.path(), 70).unwrap();
    speaker.play(Sound::Good);
    assert_eq!(players.next().1, wav(Sound::Good, 70));
    speaker.set_volume(20);
    speaker.play(Sound::Refused);
    assert_eq!(players.next().1, wav(Sound::Refused, 20));
}

#[test]
fn without_a_player_everything_is_silent_and_goes_on() {
    let players = Players::new();
    let speaker = Speaker::start(&players.path(), 70).unwrap();
    for _ in 0..1000 {
        speaker.play(Sound::Attention);
    }
}
