//! The tones, sample by sample, as WAV files of one channel.

use std::f32::consts::TAU;

use super::Sound;

/// Samples a second: every sound card takes it.
pub const RATE: u32 = 48_000;
/// Before the first note: a speaker that was asleep swallows its beginning.
const LEAD_MILLIS: u32 = 20;
/// Notes begin and end softly, or they click.
const SOFT_MILLIS: u32 = 6;
/// Full volume stays below what distorts a small speaker.
const LOUDEST: f32 = 0.8;

/// A note: its frequency in hertz, and how long it and the silence behind it are.
#[derive(Clone, Copy)]
struct Note {
    hertz: f32,
    millis: u32,
    rest_millis: u32,
}

const fn note(hertz: f32, millis: u32, rest_millis: u32) -> Note {
    Note {
        hertz,
        millis,
        rest_millis,
    }
}

fn notes(sound: Sound) -> &'static [Note] {
    const GOOD: &[Note] = &[note(784.0, 90, 10), note(1175.0, 170, 0)];
    const REFUSED: &[Note] = &[note(330.0, 180, 40), note(220.0, 280, 0)];
    const SHORT: Note = note(880.0, 90, 60);
    const ATTENTION: &[Note] = &[SHORT, SHORT, SHORT];
    const DOUBT: &[Note] = &[
        note(523.0, 150, 0),
        note(698.0, 150, 0),
        note(523.0, 200, 0),
    ];
    match sound {
        Sound::Good => GOOD,
        Sound::Refused => REFUSED,
        Sound::Attention => ATTENTION,
        Sound::Doubt => DOUBT,
    }
}

/// A sound at so many percent of the volume, as a WAV file.
pub fn wav(sound: Sound, percent: u8) -> Vec<u8> {
    let samples = samples(sound, percent);
    let length = u32::try_from(samples.len() * 2).unwrap_or(0);
    let mut wav = Vec::with_capacity(44 + samples.len() * 2);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + length).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel, 16 bits.
    wav.extend_from_slice(&1_u16.to_le_bytes());
    wav.extend_from_slice(&1_u16.to_le_bytes());
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&(RATE * 2).to_le_bytes());
    wav.extend_from_slice(&2_u16.to_le_bytes());
    wav.extend_from_slice(&16_u16.to_le_bytes());
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&length.to_le_bytes());
    for sample in samples {
        wav.extend_from_slice(&sample.to_le_bytes());
    }
    wav
}

fn samples(sound: Sound, percent: u8) -> Vec<i16> {
    // The ear hears in proportions: half the slider is a quarter of the swing.
    let share = f32::from(percent.min(100)) / 100.0;
    let swing = LOUDEST * share * share * f32::from(i16::MAX);
    let mut samples = vec![0; count(LEAD_MILLIS)];
    for note in notes(sound) {
        let length = count(note.millis);
        for at in 0..length {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "some ten thousand samples, each within 16 bits"
            )]
            {
                let turn = TAU * note.hertz * at as f32 / RATE as f32;
                // The octave above is what a small speaker has of a low note.
                let wave = 0.7 * turn.sin() + 0.3 * (2.0 * turn).sin();
                let edge = at.min(length - at) as f32 / count(SOFT_MILLIS) as f32;
                samples.push((swing * wave * edge.min(1.0)) as i16);
            }
        }
        samples.resize(samples.len() + count(note.rest_millis), 0);
    }
    samples
}

fn count(millis: u32) -> usize {
    usize::try_from(RATE / 1000 * millis).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_short_soft_at_its_ends_and_never_distorted() {
        for sound in Sound::ALL {
            let full = samples(sound, 100);
            let millis = full.len() / count(1);
            assert!((200..=600).contains(&millis), "{sound:?}: {millis} ms");
            let peak = full
                .iter()
                .map(|sample| sample.unsigned_abs())
                .max()
                .unwrap();
            assert!((20_000..28_000).contains(&peak), "{sound:?}: {peak}");
            assert!(full.last().unwrap().unsigned_abs() < 500);
            let leap = full.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max();
            assert!(leap.unwrap() < 6000, "{sound:?} clicks: {leap:?}");
        }
    }

    #[test]
    fn half_the_volume_is_a_quarter_of_the_swing_and_none_is_silence() {
        let peak = |percent| {
            let samples = samples(Sound::Good, percent);
            samples
                .iter()
                .map(|sample| sample.unsigned_abs())
                .max()
                .unwrap()
        };
        assert!(peak(50).abs_diff(peak(100) / 4) < 10);
        assert_eq!(peak(0), 0);
    }
}
