//! The scanner as a thread: it takes the newest frame, and lets go of what it cannot keep up with.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::coach::Coach;
use super::tracker::{Sighting, Tracker};
use super::{Effort, Found, Symbologies, guard, scan};
use crate::frame::{Frame, Hint, Luma, Sight, Slot, View};
use crate::worker::{Stop, Worker};

/// How long the thread's end may take when no frame comes.
const PATIENCE: Duration = Duration::from_millis(100);

/// Starts the thread. It reads `frames` until the worker is dropped, reports what counts, and puts where a code was
/// seen last into `sights`, for the outline in the viewfinder; that slot is cleared by a frame without a code.
///
/// Each report carries the time of the newest frame that led to it; there is none before the first.
///
/// A `frames` that was cleared means a camera that is gone: whatever it shows when it is back may be taken anew.
pub fn watch(
    frames: Arc<Slot<Frame>>,
    symbologies: Symbologies,
    sights: Arc<Slot<Sight>>,
    report: impl FnMut(Sighting, Option<Instant>) + Send + 'static,
) -> io::Result<Worker> {
    let mut watching = Watching {
        symbologies,
        sights,
        turn: 0,
        tracker: Tracker::default(),
        newest: None,
        coach: Coach::default(),
        hint: None,
        report,
    };
    Worker::start("scanner", move |stop| watching.run(&frames, stop))
}

struct Watching<R> {
    symbologies: Symbologies,
    sights: Arc<Slot<Sight>>,
    /// Frames without a text so far: which of the deeper passes has its turn.
    turn: usize,
    tracker: Tracker,
    newest: Option<Instant>,
    coach: Coach,
    /// What the coach's words are on the screen at the moment.
    hint: Option<Hint>,
    report: R,
}

impl<R: FnMut(Sighting, Option<Instant>)> Watching<R> {
    fn run(&mut self, frames: &Slot<Frame>, stop: &Stop) {
        let mut seen = 0;
        while !stop.is_asked() {
            let (number, frame) = frames.wait_newer(seen, PATIENCE);
            if number == seen {
                continue;
            }
            seen = number;
            match frame {
                Some(frame) => self.see(&frame),
                None => self.lose(),
            }
        }
        self.sights.clear();
    }

    fn see(&mut self, frame: &Frame) {
        self.newest = Some(frame.at);
        let effort = Effort::Live { turn: self.turn };
        let found =
            guard::survive(|| scan(&frame.luma, self.symbologies, effort)).unwrap_or_default();
        // Passes that read something have their turn again: on a slow machine it would come too late for two to agree.
        if found.is_empty() {
            self.turn = self.turn.wrapping_add(1);
        }
        for sighting in self.tracker.see(&found, frame.at) {
            // Whatever the tracker says of the view goes before a hint.
            if matches!(sighting, Sighting::View(_)) {
                self.hint = None;
            }
            (self.report)(sighting, self.newest);
        }
        self.coach(&found, frame);
        self.show(&found, &frame.luma);
    }

    /// A hint stands only where there is nothing else to say.
    fn coach(&mut self, found: &[Found], frame: &Frame) {
        let hint = if found.is_empty() && self.tracker.view() == View::Clear {
            guard::survive(|| self.coach.see_unread(&frame.luma, frame.at)).flatten()
        } else {
            self.coach.forget();
            None
        };
        if hint != self.hint {
            self.hint = hint;
            let view = hint.map_or(self.tracker.view(), View::Unread);
            (self.report)(Sighting::View(view), self.newest);
        }
    }

    fn lose(&mut self) {
        self.coach.forget();
        let cleared = self.hint.take().map(|_hint| Sighting::View(View::Clear));
        if let Some(sighting) = self.tracker.reset().or(cleared) {
            (self.report)(sighting, self.newest);
        }
        self.show(&[], &Luma::default());
    }

    /// A code that is new goes before one that was taken: it is the one somebody waits for.
    fn show(&self, found: &[Found], luma: &Luma) {
        let is_taken = |found: &&Found| self.tracker.has_taken(&found.text);
        if let Some(one) = found.iter().min_by_key(is_taken) {
            self.sights.put(Sight {
                corners: one.corners.map(|corner| fractions(corner, luma)),
                is_taken: is_taken(&one),
            });
        } else if self.sights.newest().1.is_some() {
            self.sights.clear();
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a picture's side is far below 2^23"
)]
fn fractions([x, y]: [i32; 2], luma: &Luma) -> [f32; 2] {
    [
        x as f32 / luma.width().max(1) as f32,
        y as f32 / luma.height().max(1) as f32,
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc::{Receiver, sync_channel};

    use super::*;
    use crate::frame::Rgb;
    use crate::scanner::picture;

    const SOON: Duration = Duration::from_secs(20);

    /// A thread with its slots, and a camera that is moved by hand.
    struct Desk {
        frames: Arc<Slot<Frame>>,
        sights: Arc<Slot<Sight>>,
        told: Receiver<Sighting>,
        at: Instant,
        seen: u64,
        _worker: Worker,
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "any moment will do, and there is no other way to one"
    )]
    fn start() -> Instant {
        Instant::now()
    }

    impl Desk {
        fn new() -> Self {
            let (frames, sights) = (Arc::new(Slot::default()), Arc::new(Slot::default()));
            let (teller, told) = sync_channel(100);
            let worker = watch(
                Arc::clone(&frames),
                Symbologies::default(),
                Arc::clone(&sights),
                move |sighting, _at| drop(teller.try_send(sighting)),
            );
            Self {
                frames,
                sights,
                told,
                at: start(),
                seen: 0,
                _worker: worker.unwrap(),
            }
        }

        fn show(&mut self, luma: &Luma, later: u64) {
            self.at += Duration::from_millis(later);
            self.frames.put(Frame {
                luma: luma.clone(),
                preview: Arc::new(Rgb::new(0, 0, Vec::new()).unwrap()),
                at: self.at,
            });
        }

        /// The sight that follows the frame just shown.
        fn sight(&mut self) -> Option<Sight> {
            let (number, sight) = self.sights.wait_newer(self.seen, SOON);
            assert!(number > self.seen, "no sight within {SOON:?}");
            self.seen = number;
            sight.map(|sight| *sight)
        }

        fn next(&self) -> Sighting {
            self.told.recv_timeout(SOON).unwrap()
        }
    }

    fn picture_of(story: &str) -> Luma {
        let path = format!("fixtures/codes/{story}.png");
        picture::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
    }

    fn empty() -> Luma {
        Luma::new(64, 48, vec![128; 64 * 48]).unwrap()
    }

    #[test]
    fn a_code_before_the_camera_is_taken_once_and_outlined() {
        let mut desk = Desk::new();
        let code = picture_of("redeemed");
        desk.show(&code, 33);
        let sight = desk.sight().unwrap();
        assert!(!sight.is_taken);
        let [x, y] = sight.corners[0];
        assert!(
            (0.2..0.5).contains(&x) && (0.2..0.5).contains(&y),
            "{x} {y}"
        );
        desk.show(&code, 33);
        assert!(desk.sight().unwrap().is_taken);
        let taken = desk.next();
        assert!(
            matches!(&taken, Sighting::Taken(found) if found.text == "409632457895"),
            "{taken:?}"
        );
        desk.show(&code, 400);
        desk.sight();
        desk.show(&code, 1600);
        assert_eq!(desk.next(), Sighting::View(View::Held));
        desk.sight();
        desk.show(&empty(), 2000);
        assert_eq!(desk.next(), Sighting::View(View::Clear));
        assert_eq!(desk.sight(), None);
    }

    #[test]
    fn what_only_a_deeper_pass_reads_is_agreed_on_by_the_next_frame_on_a_slow_machine_too() {
        let code = picture_of("redeemed");
        let pixels = code.pixels().iter().map(|pixel| 255 - pixel).collect();
        let mut frame = Frame {
            luma: Luma::new(code.width(), code.height(), pixels).unwrap(),
            preview: Arc::new(Rgb::new(0, 0, Vec::new()).unwrap()),
            at: start(),
        };
        let mut taken = Vec::new();
        let mut watching = Watching {
            symbologies: Symbologies::default(),
            sights: Arc::default(),
            turn: 0,
            tracker: Tracker::default(),
            newest: None,
            coach: Coach::default(),
            hint: None,
            report: |sighting, _at| {
                if let Sighting::Taken(found) = sighting {
                    taken.push(found.text);
                }
            },
        };
        for _ in 0..8 {
            watching.see(&frame);
            frame.at += Duration::from_millis(300);
        }
        drop(watching);
        assert_eq!(taken, ["409632457895"]);
    }

    #[test]
    fn a_camera_that_was_lost_and_healed_takes_the_same_code_again() {
        let mut desk = Desk::new();
        let code = picture_of("redeemed");
        for _ in 0..2 {
            for _ in 0..2 {
                desk.show(&code, 33);
                desk.sight();
            }
            assert!(matches!(desk.next(), Sighting::Taken(_)));
            desk.frames.clear();
            assert_eq!(desk.sight(), None);
        }
    }

    #[test]
    fn frames_of_no_size_are_survived() {
        let mut desk = Desk::new();
        desk.show(&Luma::default(), 33);
        desk.show(&Luma::new(0, 7, Vec::new()).unwrap(), 33);
        desk.show(&Luma::new(1, 1, vec![0]).unwrap(), 33);
        desk.show(&picture_of("expired"), 33);
        assert!(desk.sight().is_some());
    }
}
