//! The scanner as a thread: it takes the newest frame, and lets go of what it cannot keep up with.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::Symbologies;
use super::stream::Stream;
use super::tracker::Sighting;
use crate::frame::{Frame, Luma, Outlines, Sight, Slot};
use crate::worker::Worker;

/// Starts the thread. It reads `frames` until the worker is dropped, reports what counts, puts where each code is into
/// `outlines`, for the viewfinder, and takes the code whose outline was touched.
///
/// Each report carries the time of the newest frame that led to it; there is none before the first.
///
/// A `frames` that was cleared means a camera that is gone: whatever it shows when it is back may be taken anew.
pub fn watch(
    frames: Arc<Slot<Frame>>,
    symbologies: Symbologies,
    outlines: Arc<Outlines>,
    report: impl FnMut(Sighting, Option<Instant>) + Send + 'static,
) -> io::Result<Worker> {
    let mut watching = Watching {
        stream: Stream::of(symbologies),
        // What was touched before is another scanner's.
        touched: outlines.touched.newest().0,
        outlines,
        newest: None,
        report,
    };
    Worker::start_waiting(
        "scanner",
        move || async move { watching.run(&frames).await },
    )
}

struct Watching<R> {
    stream: Stream,
    outlines: Arc<Outlines>,
    /// The touch that was answered last.
    touched: u64,
    newest: Option<Instant>,
    report: R,
}

/// Nobody looks any longer.
impl<R> Drop for Watching<R> {
    fn drop(&mut self) {
        self.outlines.sights.clear();
    }
}

impl<R: FnMut(Sighting, Option<Instant>)> Watching<R> {
    async fn run(&mut self, frames: &Slot<Frame>) {
        let mut seen = 0;
        loop {
            let (number, frame) = frames.newer(seen).await;
            seen = number;
            match frame {
                Some(frame) => self.see(&frame),
                None => self.lose(),
            }
            // Where a newer frame is always there already, nothing else is waited for, and the end would not be heard.
            tokio::task::yield_now().await;
        }
    }

    fn see(&mut self, frame: &Frame) {
        self.newest = Some(frame.at);
        let mut sightings = self.stream.see(&frame.luma, frame.at);
        sightings.extend(self.choose(frame.at));
        self.show(&frame.luma, frame.at);
        for sighting in sightings {
            (self.report)(sighting, self.newest);
        }
    }

    /// Whichever outline was touched since the last frame.
    fn choose(&mut self, at: Instant) -> Vec<Sighting> {
        let (number, touched) = self.outlines.touched.newest();
        if number == self.touched {
            return Vec::new();
        }
        self.touched = number;
        touched.map_or_else(Vec::new, |id| self.stream.choose(*id, at))
    }

    fn lose(&mut self) {
        if let Some(sighting) = self.stream.lose() {
            (self.report)(sighting, self.newest);
        }
        self.outlines.sights.clear();
    }

    /// Where the codes of this frame are.
    fn show(&self, luma: &Luma, at: Instant) {
        let sights: Vec<Sight> = self
            .stream
            .in_view(at)
            .map(|one| Sight {
                id: one.id,
                corners: one.found.corners.map(|corner| fractions(corner, luma)),
                is_taken: one.is_taken,
                is_offered: one.is_offered,
            })
            .collect();
        let slot = &self.outlines.sights;
        if !sights.is_empty() {
            slot.put(sights);
        } else if slot.newest().1.is_some() {
            slot.clear();
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
    use std::task::{Wake, Waker};
    use std::time::Duration;

    use super::*;
    use crate::frame::{Rgb, View};
    use crate::scanner::picture;

    const SOON: Duration = Duration::from_secs(20);

    /// A thread with its slots, and a camera that is moved by hand.
    struct Desk {
        frames: Arc<Slot<Frame>>,
        outlines: Arc<Outlines>,
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
            let (frames, outlines) = (Arc::new(Slot::default()), Arc::new(Outlines::default()));
            let (teller, told) = sync_channel(100);
            let worker = watch(
                Arc::clone(&frames),
                Symbologies::default(),
                Arc::clone(&outlines),
                move |sighting, _at| drop(teller.try_send(sighting)),
            );
            Self {
                frames,
                outlines,
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

        /// What is seen in the frame just shown, from left to right.
        fn sights(&mut self) -> Vec<Sight> {
            let (number, sights) = self.outlines.sights.wait_newer(self.seen, SOON);
            assert!(number > self.seen, "no sight within {SOON:?}");
            self.seen = number;
            let mut sights = sights.map_or_else(Vec::new, |sights| sights.to_vec());
            sights.sort_by(|a, b| a.corners[0][0].total_cmp(&b.corners[0][0]));
            sights
        }

        /// The same, of one code or none.
        fn sight(&mut self) -> Option<Sight> {
            let sights = self.sights();
            assert!(sights.len() < 2, "{sights:?}");
            sights.first().copied()
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

    /// Two pictures side by side.
    fn beside(left: &Luma, right: &Luma) -> Luma {
        let rows = left.pixels().chunks_exact(left.width());
        let rows = rows.zip(right.pixels().chunks_exact(right.width()));
        let pixels = rows.flat_map(|(left, right)| [left, right].concat());
        let width = left.width() + right.width();
        Luma::new(width, left.height(), pixels.collect()).unwrap()
    }

    #[test]
    fn of_two_phones_both_are_outlined_and_the_touched_one_is_taken() {
        let mut desk = Desk::new();
        let codes = beside(&picture_of("expired"), &picture_of("redeemed"));
        desk.show(&codes, 33);
        let both = desk.sights();
        assert_eq!(both.len(), 2, "{both:?}");
        assert!(both[0].corners[1][0] < 0.5 && both[1].corners[0][0] > 0.5);
        desk.show(&codes, 33);
        assert!(
            desk.sights()
                .iter()
                .all(|sight| sight.is_offered && !sight.is_taken)
        );
        assert_eq!(desk.next(), Sighting::View(View::Several));
        desk.outlines.touched.put(both[1].id);
        desk.show(&codes, 33);
        let taken = desk.next();
        assert!(
            matches!(&taken, Sighting::Taken(found) if found.text == "409632457895"),
            "{taken:?}"
        );
        assert_eq!(
            desk.sights()
                .iter()
                .map(|sight| sight.is_taken)
                .collect::<Vec<_>>(),
            [false, true]
        );
    }

    /// A camera that is always ahead: whenever sights come, the next frame is there.
    struct Ahead(Arc<Slot<Frame>>, Frame);

    impl Wake for Ahead {
        fn wake(self: Arc<Self>) {
            self.0.put(self.1.clone());
        }
    }

    #[test]
    fn the_thread_ends_at_once_without_a_frame_and_between_frames_that_never_cease() {
        let ends = |desk: Desk| {
            let outlines = Arc::clone(&desk.outlines);
            let (teller, told) = sync_channel(1);
            let ending = move || {
                drop(desk);
                teller.send(()).unwrap();
            };
            std::thread::Builder::new().spawn(ending).unwrap();
            assert_eq!(told.recv_timeout(SOON), Ok(()), "it hangs");
            assert_eq!(outlines.sights.newest().1, None);
        };
        ends(Desk::new());
        let mut desk = Desk::new();
        let frames = Arc::clone(&desk.frames);
        let frame = Frame {
            luma: picture_of("redeemed"),
            preview: Arc::new(Rgb::new(0, 0, Vec::new()).unwrap()),
            at: desk.at,
        };
        let waker = Waker::from(Arc::new(Ahead(frames, frame)));
        desk.outlines.sights.wake_on_change(waker);
        desk.show(&picture_of("redeemed"), 33);
        desk.sight();
        ends(desk);
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
