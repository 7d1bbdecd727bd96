//! Frames of one camera, in their order, to what counts in them: what is spent on each, which texts agree over them, and
//! why a code in view is not read.
//!
//! The live thread and `scan --live` both go through here, so that what is measured on a folder of frames is what
//! happens at the counter. Time is an argument.

use std::time::Instant;

use super::coach::Coach;
use super::tracker::{InView, Sighting, Tracker};
use super::{Found, Symbologies, guard, look};
use crate::frame::{Hint, Luma, SightId, View};

/// What is remembered from one frame to the next.
#[derive(Debug, Default)]
pub struct Stream {
    symbologies: Symbologies,
    /// Frames without a text so far: which of the deeper passes has its turn.
    turn: usize,
    tracker: Tracker,
    coach: Coach,
    /// What the coach's words are on the screen at the moment.
    hint: Option<Hint>,
}

impl Stream {
    /// Looks for these.
    pub fn of(symbologies: Symbologies) -> Self {
        Self {
            symbologies,
            ..Self::default()
        }
    }

    /// Takes the frame of this moment. The view comes last.
    pub fn see(&mut self, luma: &Luma, at: Instant) -> Vec<Sighting> {
        let effort = self.coach.effort(self.turn, at);
        let seen = guard::survive(|| look(luma, self.symbologies, effort)).unwrap_or_default();
        // Passes that read something have their turn again: on a slow machine it would come too late for two to agree.
        if seen.found.is_empty() || seen.has_unread {
            self.turn = self.turn.wrapping_add(1);
        }
        let sightings = self.tracker.see(&seen, at);
        let mut sightings = self.noted(sightings);
        sightings.extend(self.coach(&seen.found, luma, at));
        sightings
    }

    /// Takes the code whose outline was touched, if it is remembered. The view comes last.
    pub fn choose(&mut self, id: SightId, at: Instant) -> Vec<Sighting> {
        let sightings = self.tracker.choose(id, at);
        self.noted(sightings)
    }

    /// The camera was away: everything may be taken anew.
    pub fn lose(&mut self) -> Option<Sighting> {
        self.coach.forget();
        let cleared = self.hint.take().map(|_hint| Sighting::View(View::Clear));
        self.tracker.reset().or(cleared)
    }

    /// The codes of the frame of this moment.
    pub fn in_view(&self, at: Instant) -> impl Iterator<Item = InView<'_>> {
        self.tracker.in_view(at)
    }

    /// Whatever the tracker says of the view goes before a hint.
    fn noted(&mut self, sightings: Vec<Sighting>) -> Vec<Sighting> {
        let is_view = |one: &Sighting| matches!(one, Sighting::View(_));
        if sightings.iter().any(is_view) {
            self.hint = None;
        }
        sightings
    }

    /// A hint stands only where there is nothing else to say.
    fn coach(&mut self, found: &[Found], luma: &Luma, at: Instant) -> Option<Sighting> {
        let hint = if found.is_empty() && self.tracker.view() == View::Clear {
            guard::survive(|| self.coach.see_unread(luma, at)).flatten()
        } else {
            self.coach.forget();
            None
        };
        if hint == self.hint {
            return None;
        }
        self.hint = hint;
        let view = hint.map_or(self.tracker.view(), View::Unread);
        Some(Sighting::View(view))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::scanner::made::{
        TEXT, code, code_of, dark, glaring, inverted, narrowed, smeared, spoilt, turned, washed_out,
    };
    use crate::wording::{Language, Wording};

    /// Between two frames.
    const STEP: Duration = Duration::from_millis(100);

    /// What is told of frames that come ten times a second, and the number of the frame that it was told of.
    fn played(frames: usize, frame: impl Fn(usize) -> Luma) -> Vec<(usize, Sighting)> {
        #[expect(
            clippy::disallowed_methods,
            reason = "any moment will do, and there is no other way to one"
        )]
        let mut at = Instant::now();
        let mut stream = Stream::default();
        let mut told = Vec::new();
        for number in 0..frames {
            let sightings = stream.see(&frame(number), at);
            told.extend(sightings.into_iter().map(|one| (number, one)));
            at += STEP;
        }
        told
    }

    /// Nothing for a second and a half, and then this sentence alone.
    fn check(sentence: &str, frame: impl Fn(usize) -> Luma) {
        let told = played(30, frame);
        let words = Wording::new(Language::En);
        let [(number, Sighting::View(view))] = told[..] else {
            panic!("{sentence}: {told:?}");
        };
        assert_eq!(words.view(view).as_deref(), Some(sentence));
        assert!(number >= 15, "{sentence}: after {number} frames");
    }

    #[test]
    fn each_sentence_is_told_of_a_code_in_view_that_has_no_text() {
        let place = [120, 80];
        let good = spoilt(6, place);
        for (frame, sentence) in [
            (dark(&good), "Too dark: make the phone's display brighter."),
            (
                washed_out(&good),
                "Too bright: turn the phone a little, so that no light is mirrored in it.",
            ),
            (
                glaring(&good),
                "Too bright: turn the phone a little, so that no light is mirrored in it.",
            ),
            (spoilt(2, place), "Too far away: hold the phone closer."),
            (
                turned(&spoilt(12, [131, 100]), 36),
                "Too close: the whole code has to be in the picture.",
            ),
            (smeared(&good, [3, 0]), "Hold the phone still."),
            (
                smeared(&good, [3, 3]),
                "Not sharp: hold the phone a hand's breadth further away or closer.",
            ),
            (
                narrowed(&spoilt(8, [60, 60])),
                "Hold the phone straight before the camera.",
            ),
        ] {
            check(sentence, |_| frame.clone());
        }
        // Sharp, and somewhere else at every look.
        check("Hold the phone still.", |number| {
            let is_left = (number / 3).is_multiple_of(2);
            spoilt(5, if is_left { [20, 20] } else { [250, 150] })
        });
    }

    #[test]
    fn a_sharp_code_that_has_no_text_gets_no_sentence() {
        assert_eq!(played(30, |_| spoilt(6, [120, 80])), []);
    }

    #[test]
    fn a_good_code_is_taken_and_gets_no_sentence() {
        let upright = code(6, [177, 117]);
        let mut good: Vec<Luma> = [-60, -20, 20, 60]
            .map(|slope| turned(&upright, slope))
            .into();
        good.extend([
            inverted(&upright),
            smeared(&upright, [1, 1]),
            dark(&upright),
            washed_out(&upright),
        ]);
        for module in [2, 3, 5, 9, 14] {
            good.push(code(module, [30, 30]));
        }
        for (version, module) in [(3, 5), (7, 4), (10, 4)] {
            good.push(code_of(version, module, [40, 40]));
        }
        for (number, luma) in good.iter().enumerate() {
            let told = played(25, |_| luma.clone());
            let texts: Vec<_> = told.iter().map(|(_, one)| one).collect();
            assert!(
                matches!(texts[..], [Sighting::Taken(found), Sighting::View(View::Held)] if found.text == TEXT),
                "{number}: {told:?}"
            );
        }
    }

    #[test]
    fn what_only_a_deeper_pass_reads_is_agreed_on_by_the_next_frame_on_a_slow_machine_too() {
        let told = played(8, |_| inverted(&code(6, [120, 80])));
        let (number, taken) = told.first().unwrap();
        assert!(
            matches!(taken, Sighting::Taken(found) if found.text == TEXT),
            "{told:?}"
        );
        assert!(*number < 4, "{told:?}");
    }

    #[test]
    fn a_hint_goes_with_the_camera() {
        #[expect(
            clippy::disallowed_methods,
            reason = "any moment will do, and there is no other way to one"
        )]
        let mut at = Instant::now();
        let frame = dark(&spoilt(6, [120, 80]));
        let mut stream = Stream::default();
        let mut last = None;
        for _ in 0..30 {
            last = stream.see(&frame, at).pop().or(last);
            at += STEP;
        }
        assert_eq!(last, Some(Sighting::View(View::Unread(Hint::TooDark))));
        assert_eq!(stream.lose(), Some(Sighting::View(View::Clear)));
        assert_eq!(stream.lose(), None);
    }
}
