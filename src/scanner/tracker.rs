//! The same code over frames: which text counts, and when it counts again.
//!
//! Reading is cheap and redeeming cannot be undone, so a text is taken only when two frames agree on it, nothing else
//! is in view, and it was away before. Of several the clerk touches the one that is meant; the others then wait for a
//! touch too, or until they were away. What has been held up for long after it was taken is furniture (a poster, a phone
//! left on the counter) and no longer stands in the way of the next code.
//!
//! Time is an argument: the moment at which the frame came from the camera.

use std::time::{Duration, Instant};

use super::{Found, Seen};
use crate::frame::{SightId, View};

/// What a frame led to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sighting {
    /// A text that counts, once an appearance.
    Taken(Found),
    /// What the lens has of the codes changed.
    View(View),
}

/// Two frames agree when they are no further apart; what was not read for so long does not stand beside another code.
const TOGETHER: Duration = Duration::from_millis(500);
/// A text that was away for so long may be taken again.
const AWAY: Duration = Duration::from_secs(2);
/// Whoever holds a code up for so long after it was taken is told; before that it is the phone on its way down.
const HELD: Duration = Duration::from_millis(1500);
/// After so long in view a taken text holds nothing else back.
const FURNITURE: Duration = Duration::from_secs(10);
/// So long a text waits for another code that is seen beside it and not read yet.
const UNREAD_PATIENCE: Duration = Duration::from_millis(400);
/// Frames that must agree.
const AGREEING: u32 = 2;
/// More texts than this in two seconds are noise; the longest unseen are forgotten first.
const MOST_KNOWN: usize = 16;

/// Remembers the texts of the last two seconds.
#[derive(Debug, Default)]
pub struct Tracker {
    known: Vec<Known>,
    view: View,
    /// Texts that were ever noted.
    noted: u64,
}

#[derive(Debug)]
struct Known {
    id: SightId,
    found: Found,
    /// Frames that agreed, without a gap of more than [`TOGETHER`] ...
    frames: u32,
    /// ... and the first of them.
    since: Instant,
    last_seen: Instant,
    taken: Option<Instant>,
    /// Another one was touched while this one was in view.
    is_passed_over: bool,
}

/// A code in view.
#[derive(Clone, Copy, Debug)]
pub struct InView<'a> {
    /// Which.
    pub id: SightId,
    /// Where it was read last.
    pub found: &'a Found,
    /// Whether it was taken and has not been away since.
    pub is_taken: bool,
    /// Whether a touch takes it.
    pub is_offered: bool,
}

impl Known {
    fn is_in_view(&self, at: Instant) -> bool {
        at.saturating_duration_since(self.last_seen) <= TOGETHER
    }

    fn is_agreed(&self) -> bool {
        self.frames >= AGREEING
    }

    /// Whether it was furniture already when `other` came. What came earlier stays in doubt however long both are held.
    fn is_furniture_to(&self, other: &Self) -> bool {
        self.taken
            .is_some_and(|taken| other.since.saturating_duration_since(taken) >= FURNITURE)
    }
}

impl Tracker {
    /// Takes what was seen in the frame of this moment; also to be told when nothing was. The view comes last.
    pub fn see(&mut self, seen: &Seen, at: Instant) -> Vec<Sighting> {
        let Seen { found, has_unread } = seen;
        self.known
            .retain(|known| at.saturating_duration_since(known.last_seen) < AWAY);
        for (index, one) in found.iter().enumerate() {
            // A text that stands twice in one frame is still one frame.
            if found[..index].iter().all(|other| other.text != one.text) {
                self.note(one, at);
            }
        }
        let taken = self.take(*has_unread, at);
        self.told(taken, at)
    }

    /// Takes the code whose outline was touched, if it is remembered. The view comes last.
    pub fn choose(&mut self, id: SightId, at: Instant) -> Vec<Sighting> {
        let mut chosen = None;
        for known in &mut self.known {
            if known.id == id {
                known.taken = Some(at);
                known.is_passed_over = false;
                chosen = Some(known.found.clone());
            }
        }
        if chosen.is_some() {
            for known in &mut self.known {
                known.is_passed_over |= known.taken.is_none();
            }
        }
        self.told(chosen, at)
    }

    fn told(&mut self, taken: Option<Found>, at: Instant) -> Vec<Sighting> {
        let mut sightings: Vec<Sighting> = taken.map(Sighting::Taken).into_iter().collect();
        sightings.extend(self.change(self.view_at(at)));
        sightings
    }

    /// The camera was away: everything may be taken anew.
    pub fn reset(&mut self) -> Option<Sighting> {
        self.known.clear();
        self.change(View::Clear)
    }

    /// What the lens has of the codes.
    pub fn view(&self) -> View {
        self.view
    }

    /// The codes of the frame of this moment. Where there are several, one that this frame did not read stays a little.
    pub fn in_view(&self, at: Instant) -> impl Iterator<Item = InView<'_>> {
        let is_offered = self.view == View::Several;
        self.known
            .iter()
            .filter(move |known| known.last_seen == at || is_offered && known.is_in_view(at))
            .map(move |known| InView {
                id: known.id,
                found: &known.found,
                is_taken: known.taken.is_some(),
                is_offered,
            })
    }

    fn note(&mut self, found: &Found, at: Instant) {
        let of_text = |known: &&mut Known| known.found.text == found.text;
        if let Some(known) = self.known.iter_mut().find(of_text) {
            if known.is_in_view(at) {
                known.frames = known.frames.saturating_add(1);
            } else {
                known.frames = 1;
                known.since = at;
            }
            known.last_seen = at;
            known.found = found.clone();
            return;
        }
        if self.known.len() == MOST_KNOWN {
            let standing = |known: &(usize, &Known)| (known.1.taken.is_some(), known.1.last_seen);
            let least = self.known.iter().enumerate().min_by_key(standing);
            if let Some((index, _)) = least {
                self.known.swap_remove(index);
            }
        }
        self.noted += 1;
        self.known.push(Known {
            id: SightId(self.noted),
            found: found.clone(),
            frames: 1,
            since: at,
            last_seen: at,
            taken: None,
            is_passed_over: false,
        });
    }

    /// The one new text that two frames agree on, if nothing else could be meant. A text of one frame only may turn out
    /// to be a second code, so it holds back too; and so does a code that is seen and not read, for a moment.
    fn take(&mut self, has_unread: bool, at: Instant) -> Option<Found> {
        let index = self.candidates(at).find(|&index| {
            let known = &self.known[index];
            let is_early =
                has_unread && at.saturating_duration_since(known.since) < UNREAD_PATIENCE;
            !known.is_passed_over && !is_early && self.rivals(index, at).next().is_none()
        })?;
        let known = self.known.get_mut(index)?;
        known.taken = Some(at);
        Some(known.found.clone())
    }

    /// What could be taken, if it were alone.
    fn candidates(&self, at: Instant) -> impl Iterator<Item = usize> {
        (0..self.known.len()).filter(move |&index| {
            let known = &self.known[index];
            known.taken.is_none() && known.is_in_view(at) && known.is_agreed()
        })
    }

    /// What else could be meant.
    fn rivals(&self, index: usize, at: Instant) -> impl Iterator<Item = &Known> {
        let candidate = &self.known[index];
        self.known.iter().filter(move |known| {
            known.found.text != candidate.found.text
                && known.is_in_view(at)
                && !known.is_furniture_to(candidate)
        })
    }

    fn view_at(&self, at: Instant) -> View {
        // One that went before the other came is merely on its way out.
        let is_rivalled = |index: usize| {
            let since = self.known[index].since;
            self.known[index].is_passed_over
                || self
                    .rivals(index, at)
                    .any(|rival| rival.is_agreed() && rival.last_seen >= since)
        };
        if self.candidates(at).any(is_rivalled) {
            return View::Several;
        }
        let taken = self.known.iter().filter_map(|known| {
            let taken = known.taken?;
            Some((taken, known.last_seen))
        });
        match taken.max() {
            Some((taken, last_seen)) if last_seen.saturating_duration_since(taken) >= HELD => {
                View::Held
            }
            Some(_) | None => View::Clear,
        }
    }

    fn change(&mut self, view: View) -> Option<Sighting> {
        if self.view == view {
            return None;
        }
        self.view = view;
        Some(Sighting::View(view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::Symbology;

    /// A tracker whose frames come 33 ms apart.
    struct Live {
        tracker: Tracker,
        at: Instant,
        told: Vec<String>,
    }

    impl Live {
        #[expect(
            clippy::disallowed_methods,
            reason = "any moment will do, and there is no other way to one"
        )]
        fn new() -> Self {
            Self {
                tracker: Tracker::default(),
                at: Instant::now(),
                told: Vec::new(),
            }
        }

        fn frames(mut self, texts: &[&str], count: u32) -> Self {
            for _ in 0..count {
                let unread = texts.iter().filter(|text| **text == UNREAD).count();
                let read = texts.iter().filter(|text| **text != UNREAD);
                let seen = Seen {
                    found: read.map(|text| found(text)).collect(),
                    has_unread: unread > 0,
                };
                let sightings = self.tracker.see(&seen, self.at);
                self.note(sightings);
                self.at += Duration::from_millis(33);
            }
            self
        }

        fn note(&mut self, sightings: Vec<Sighting>) {
            self.told.extend(sightings.into_iter().map(|one| match one {
                Sighting::Taken(found) => found.text,
                Sighting::View(view) => format!("{view:?}"),
            }));
        }

        fn for_secs(self, texts: &[&str], secs: f64) -> Self {
            let count = (secs * 1000.0 / 33.0).ceil();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few hundred"
            )]
            self.frames(texts, count as u32)
        }

        fn touch(mut self, text: &str) -> Self {
            let id = self.id(text);
            let sightings = self.tracker.choose(id, self.last());
            self.note(sightings);
            self
        }

        fn id(&self, text: &str) -> SightId {
            let mut all = self.tracker.in_view(self.last());
            all.find(|one| one.found.text == text).unwrap().id
        }

        fn offered(&self) -> Vec<&str> {
            let all = self.tracker.in_view(self.last());
            all.filter(|one| one.is_offered)
                .map(|one| one.found.text.as_str())
                .collect()
        }

        /// When the last frame came.
        fn last(&self) -> Instant {
            self.at.checked_sub(Duration::from_millis(33)).unwrap()
        }

        fn told(&self, expected: &[&str]) {
            assert_eq!(self.told, expected);
        }
    }

    /// A code that is seen and not read.
    const UNREAD: &str = "(unread)";

    fn found(text: &str) -> Found {
        Found {
            text: text.to_owned(),
            symbology: Symbology::QrCode,
            corners: [[0, 0], [9, 0], [9, 9], [0, 9]],
        }
    }

    #[test]
    fn a_text_is_taken_at_the_second_frame_that_agrees() {
        let live = Live::new().frames(&["A"], 1);
        live.told(&[]);
        live.frames(&["A"], 1).told(&["A"]);
    }

    #[test]
    fn the_two_frames_may_have_blurred_ones_between_them() {
        Live::new()
            .frames(&["A"], 1)
            .frames(&[], 10)
            .frames(&["A"], 1)
            .told(&["A"]);
    }

    #[test]
    fn frames_that_are_too_far_apart_do_not_agree() {
        let live = Live::new()
            .frames(&["A"], 1)
            .frames(&[], 20)
            .frames(&["A"], 1);
        live.told(&[]);
        live.frames(&["A"], 1).told(&["A"]);
    }

    #[test]
    fn a_text_that_is_held_up_is_taken_once_and_said_to_be_held() {
        let live = Live::new().for_secs(&["A"], 1.0);
        live.told(&["A"]);
        live.for_secs(&["A"], 60.0).told(&["A", "Held"]);
    }

    #[test]
    fn a_text_is_taken_again_after_two_seconds_away_and_not_before() {
        let live = Live::new()
            .for_secs(&["A"], 2.0)
            .for_secs(&[], 1.8)
            .for_secs(&["A"], 1.0);
        live.told(&["A", "Held"]);
        live.for_secs(&[], 2.1)
            .for_secs(&["A"], 1.0)
            .told(&["A", "Held", "Clear", "A"]);
    }

    #[test]
    fn of_two_codes_none_is_taken_until_one_is_alone() {
        let live = Live::new().for_secs(&["A", "B"], 30.0);
        live.told(&["Several"]);
        live.for_secs(&["B"], 1.0).told(&["Several", "B", "Clear"]);
    }

    #[test]
    fn of_two_codes_that_are_read_in_turn_none_is_taken() {
        let mut live = Live::new().frames(&["A"], 1).frames(&["B"], 1);
        for _ in 0..20 {
            live = live.frames(&["A"], 1).frames(&["B"], 1);
        }
        live.told(&["Several"]);
    }

    #[test]
    fn a_text_of_a_single_frame_holds_back_but_is_not_spoken_of() {
        let live = Live::new().frames(&["A", "?"], 1).frames(&["A"], 10);
        live.told(&[]);
        live.frames(&["A"], 10).told(&["A"]);
    }

    #[test]
    fn a_second_code_beside_the_one_just_taken_waits_until_it_is_alone() {
        let live = Live::new().frames(&["A"], 2).for_secs(&["A", "B"], 20.0);
        live.told(&["A", "Several"]);
        live.for_secs(&["B"], 1.0)
            .told(&["A", "Several", "B", "Clear"]);
    }

    #[test]
    fn a_text_waits_a_moment_for_a_code_beside_it_that_is_not_read_yet() {
        let live = Live::new().frames(&["A", UNREAD], 8);
        live.told(&[]);
        live.frames(&["A", "B"], 8).told(&["Several"]);
        // It is not waited for for ever: it may be no code at all.
        Live::new().for_secs(&["A", UNREAD], 1.0).told(&["A"]);
    }

    #[test]
    fn of_two_codes_the_touched_one_is_taken_and_the_other_waits_for_a_touch() {
        let live = Live::new().for_secs(&["A", "B"], 1.0);
        assert_eq!(live.offered(), ["A", "B"]);
        let live = live.touch("B").for_secs(&["A", "B"], 1.0);
        live.told(&["Several", "B"]);
        // The one that was meant goes; the other is still not taken by itself ...
        let live = live.for_secs(&["A"], 5.0);
        live.told(&["Several", "B"]);
        assert_eq!(live.offered(), ["A"]);
        // ... but by a touch.
        live.touch("A")
            .for_secs(&["A"], 1.0)
            .told(&["Several", "B", "A", "Clear"]);
    }

    #[test]
    fn what_was_not_touched_may_come_again_when_it_was_away() {
        Live::new()
            .for_secs(&["A", "B"], 1.0)
            .touch("B")
            .for_secs(&["A", "B"], 1.0)
            .for_secs(&[], 2.1)
            .for_secs(&["A"], 0.5)
            .told(&["Several", "B", "Clear", "A"]);
    }

    #[test]
    fn a_touch_on_what_has_gone_takes_nothing() {
        let live = Live::new().for_secs(&["A", "B"], 1.0);
        let id = live.id("B");
        let mut live = live.for_secs(&["A"], 3.0);
        live.told(&["Several", "A", "Clear", "Held"]);
        assert_eq!(live.tracker.choose(id, live.at), []);
    }

    #[test]
    fn a_code_alone_is_outlined_in_the_frame_that_reads_it_and_not_offered() {
        let live = Live::new().for_secs(&["A"], 1.0);
        let now = live.last();
        assert_eq!(live.tracker.in_view(now).count(), 1);
        assert_eq!(live.offered(), [""; 0]);
        let live = live.frames(&[], 1);
        assert_eq!(live.tracker.in_view(live.last()).count(), 0);
    }

    #[test]
    fn a_poster_does_not_keep_customers_from_being_served() {
        Live::new()
            .for_secs(&["poster"], 15.0)
            .for_secs(&["poster", "A"], 1.0)
            .for_secs(&["poster"], 5.0)
            .for_secs(&["poster", "B"], 1.0)
            .told(&["poster", "Held", "A", "Clear", "Held", "B", "Clear"]);
    }

    #[test]
    fn the_next_customer_is_served_while_the_last_phone_goes_away() {
        Live::new()
            .for_secs(&["A"], 1.0)
            .for_secs(&["B"], 1.0)
            .told(&["A", "B"]);
    }

    #[test]
    fn a_camera_that_healed_takes_everything_anew() {
        let mut live = Live::new().for_secs(&["A"], 3.0);
        assert_eq!(live.tracker.reset(), Some(Sighting::View(View::Clear)));
        assert_eq!(live.tracker.reset(), None);
        live.told.clear();
        live.frames(&["A"], 2).told(&["A"]);
    }

    #[test]
    fn a_flood_of_texts_takes_no_memory_and_forgets_no_taken_one() {
        let mut live = Live::new().frames(&["A"], 2);
        for number in 0..1000 {
            live = live.frames(&["A", &number.to_string()], 1);
        }
        assert!(live.tracker.known.len() <= MOST_KNOWN);
        let mut known = live.tracker.known.iter();
        assert!(known.any(|known| known.found.text == "A" && known.taken.is_some()));
        live.told(&["A", "Held"]);
    }
}
