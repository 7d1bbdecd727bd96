//! Fingers: which of those on the glass presses, and which do not.
//!
//! The window's library makes the first finger a pointer and passes over all others, so that a hand that rests on the
//! edge, or a drop of water, would take the kiosk away from the finger that taps. Here the newest finger is the pointer.
//! A palm is none: contacts that come at the same time, or three of them, press nothing until the glass is free of
//! them. Where a touch cannot be undone (the review) a finger must be alone from touch to lift.

use std::time::{Duration, Instant};

use eframe::egui::{Event as Input, Modifiers, PointerButton, Pos2, TouchId, TouchPhase, pos2};

/// The contacts of a palm come within this time; a second finger of a person later.
const PALM: Duration = Duration::from_millis(60);

/// A press that ends here has slipped off everything.
const NOWHERE: Pos2 = pos2(-10_000.0, -10_000.0);

/// One finger on the glass.
#[derive(Clone, PartialEq, Debug)]
struct Finger {
    id: TouchId,
    since: Instant,
    /// Belongs to a palm.
    is_palm: bool,
}

/// Where a finger alone counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Care {
    /// The newest finger presses.
    Usual,
    /// Only a finger that was alone from touch to lift.
    Great,
}

/// The fingers on the glass.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Fingers {
    down: Vec<Finger>,
    /// The one that is the pointer.
    pointer: Option<TouchId>,
    /// Another finger was on the glass during this press.
    is_crowded: bool,
    /// The last press came while something else lay on the glass.
    is_blocked: bool,
    /// What comes after a lift, for the next picture.
    later: Vec<Input>,
}

impl Fingers {
    /// Puts the pointer of the chosen finger in the place of the library's. A mouse is left as it is.
    ///
    /// A picture gets one lift, or one key pressed by an assistive program: egui looks for what was clicked where the
    /// pointer is at the end of all events, and takes programs' presses in the order of the keys; it would lose the first
    /// of two quick taps, and type two digits the wrong way round.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "egui has many events, and few of them are a finger's"
    )]
    pub fn sift(&mut self, events: Vec<Input>, now: Instant, care: Care) -> Vec<Input> {
        let mut kept = std::mem::take(&mut self.later);
        let mut is_after_touch = false;
        for event in events {
            match event {
                Input::Touch { id, phase, pos, .. } => {
                    is_after_touch = true;
                    kept.push(event);
                    match phase {
                        TouchPhase::Start => self.press(id, pos, now, &mut kept),
                        TouchPhase::Move if self.pointer == Some(id) => {
                            kept.push(Input::PointerMoved(pos));
                        }
                        TouchPhase::Move => {}
                        TouchPhase::End => self.lift(id, pos, care, &mut kept),
                        TouchPhase::Cancel => self.lift(id, NOWHERE, care, &mut kept),
                    }
                }
                // What the library made of a touch follows it at once.
                Input::PointerMoved(_)
                | Input::PointerButton {
                    button: PointerButton::Primary,
                    ..
                }
                | Input::PointerGone
                    if is_after_touch || !self.down.is_empty() => {}
                other => {
                    is_after_touch = false;
                    kept.push(other);
                }
            }
        }
        self.split(kept)
    }

    /// Whether the last press came while a hand, another finger or water lay on the glass: where a finger must be alone,
    /// that is why nothing happened, and somebody has to say so.
    pub fn is_blocked(&self) -> bool {
        self.is_blocked
    }

    /// What was pressed on another screen is forgotten.
    pub fn forgive(&mut self) {
        self.is_blocked = false;
    }

    /// Whether something waits for the next picture.
    pub fn is_waiting(&self) -> bool {
        !self.later.is_empty()
    }

    /// Keeps what the pointer did after its first lift for the next picture.
    fn split(&mut self, events: Vec<Input>) -> Vec<Input> {
        let (mut now, mut has_lifted, mut is_over) =
            (Vec::with_capacity(events.len()), false, false);
        for event in events {
            let is_pointers = matches!(
                event,
                Input::PointerMoved(_)
                    | Input::PointerButton { .. }
                    | Input::PointerGone
                    | Input::Touch { .. }
                    | Input::AccessKitActionRequest(_)
            );
            is_over = is_over || (has_lifted && is_pointers && event != Input::PointerGone);
            has_lifted = has_lifted
                || matches!(
                    event,
                    Input::PointerButton { pressed: false, .. } | Input::AccessKitActionRequest(_)
                );
            if is_over && is_pointers {
                self.later.push(event);
            } else {
                now.push(event);
            }
        }
        now
    }

    fn press(&mut self, id: TouchId, pos: Pos2, now: Instant, kept: &mut Vec<Input>) {
        // A finger whose end was never told is the same finger again.
        self.down.retain(|finger| finger.id != id);
        let at_once = |finger: &&mut Finger| now.saturating_duration_since(finger.since) <= PALM;
        let mut is_palm = self.down.len() >= 2;
        for finger in self.down.iter_mut().filter(at_once) {
            finger.is_palm = true;
            is_palm = true;
        }
        self.let_go(kept);
        let since = now;
        self.is_crowded = !self.down.is_empty();
        self.is_blocked = self.is_crowded;
        self.down.push(Finger { id, since, is_palm });
        if !is_palm {
            self.pointer = Some(id);
            kept.push(Input::PointerMoved(pos));
            kept.push(button(pos, true));
        }
    }

    fn lift(&mut self, id: TouchId, pos: Pos2, care: Care, kept: &mut Vec<Input>) {
        self.down.retain(|finger| finger.id != id);
        if self.pointer != Some(id) {
            return;
        }
        if care == Care::Great && self.is_crowded {
            return self.let_go(kept);
        }
        self.pointer = None;
        kept.push(Input::PointerMoved(pos));
        kept.push(button(pos, false));
        kept.push(Input::PointerGone);
    }

    /// The pointer slips off what it pressed.
    fn let_go(&mut self, kept: &mut Vec<Input>) {
        if self.pointer.take().is_some() {
            kept.push(Input::PointerMoved(NOWHERE));
            kept.push(button(NOWHERE, false));
            kept.push(Input::PointerGone);
        }
    }
}

fn button(pos: Pos2, pressed: bool) -> Input {
    Input::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::TouchDeviceId;

    const KEY: Pos2 = pos2(100.0, 100.0);
    const ELSEWHERE: Pos2 = pos2(900.0, 700.0);

    /// A glass, and what the pointer did at the key and elsewhere.
    struct Glass {
        fingers: Fingers,
        now: Instant,
        care: Care,
        pressed: Vec<Pos2>,
        released: Vec<Pos2>,
    }

    impl Glass {
        fn new(care: Care) -> Self {
            Self {
                fingers: Fingers::default(),
                now: tokio::time::Instant::now().into_std(),
                care,
                pressed: Vec::new(),
                released: Vec::new(),
            }
        }

        /// One finger's event with what egui-winit puts behind it for the first finger.
        fn finger(&mut self, id: u64, phase: TouchPhase, pos: Pos2, millis: u64) {
            self.now += Duration::from_millis(millis);
            let touch = Input::Touch {
                device_id: TouchDeviceId(0),
                id: TouchId(id),
                phase,
                pos,
                force: None,
            };
            let mut events = vec![touch, Input::PointerMoved(pos)];
            match phase {
                TouchPhase::Start => events.push(button(pos, true)),
                TouchPhase::End => events.extend([button(pos, false), Input::PointerGone]),
                TouchPhase::Move => {}
                TouchPhase::Cancel => events.push(Input::PointerGone),
            }
            let mut told = self.fingers.sift(events, self.now, self.care);
            while self.fingers.is_waiting() {
                told.extend(self.fingers.sift(Vec::new(), self.now, self.care));
            }
            for event in told {
                if let Input::PointerButton { pos, pressed, .. } = event {
                    let list = if pressed {
                        &mut self.pressed
                    } else {
                        &mut self.released
                    };
                    list.push(pos);
                }
            }
        }

        fn down(&mut self, id: u64, pos: Pos2, millis: u64) {
            self.finger(id, TouchPhase::Start, pos, millis);
        }

        fn up(&mut self, id: u64, pos: Pos2, millis: u64) {
            self.finger(id, TouchPhase::End, pos, millis);
        }
    }

    #[test]
    fn a_finger_alone_presses_once() {
        for care in [Care::Usual, Care::Great] {
            let mut glass = Glass::new(care);
            glass.down(1, KEY, 0);
            glass.finger(1, TouchPhase::Move, KEY, 20);
            glass.up(1, KEY, 60);
            assert_eq!((glass.pressed, glass.released), (vec![KEY], vec![KEY]));
        }
    }

    #[test]
    fn a_palm_presses_nothing() {
        for care in [Care::Usual, Care::Great] {
            let mut glass = Glass::new(care);
            for id in 0..5 {
                glass.down(id, KEY, 12);
            }
            for id in 0..5 {
                glass.up(id, KEY, 200);
            }
            assert!(!glass.released.contains(&KEY), "{:?}", glass.released);
            // The glass is free again.
            glass.down(9, KEY, 10);
            glass.up(9, KEY, 80);
            assert_eq!(glass.released.last(), Some(&KEY));
        }
    }

    #[test]
    fn a_hand_that_rests_leaves_the_kiosk_to_the_finger_that_taps() {
        let mut glass = Glass::new(Care::Usual);
        glass.down(1, ELSEWHERE, 0);
        glass.down(2, KEY, 900);
        glass.up(2, KEY, 80);
        assert_eq!(glass.released, [NOWHERE, KEY]);
        glass.up(1, ELSEWHERE, 900);
        assert!(!glass.released.contains(&ELSEWHERE));
    }

    #[test]
    fn where_nothing_can_be_undone_a_finger_is_alone_or_presses_nothing() {
        // A second one comes, or the first one rested.
        for first_lifts_first in [false, true] {
            let mut glass = Glass::new(Care::Great);
            glass.down(1, ELSEWHERE, 0);
            glass.down(2, KEY, 900);
            if first_lifts_first {
                glass.up(1, ELSEWHERE, 30);
            }
            glass.up(2, KEY, 80);
            assert!(!glass.released.contains(&KEY));
            // That is told until a finger presses alone.
            assert!(glass.fingers.is_blocked());
            glass.up(1, ELSEWHERE, 30);
            assert!(glass.fingers.is_blocked());
            glass.down(3, KEY, 200);
            assert!(!glass.fingers.is_blocked());
        }
        let mut glass = Glass::new(Care::Great);
        glass.down(1, KEY, 0);
        glass.down(2, ELSEWHERE, 100);
        glass.up(2, ELSEWHERE, 50);
        glass.up(1, KEY, 50);
        assert!(!glass.released.contains(&KEY));
    }

    #[test]
    fn a_touch_that_the_system_takes_back_has_pressed_nothing() {
        let mut glass = Glass::new(Care::Usual);
        glass.down(1, KEY, 0);
        glass.finger(1, TouchPhase::Cancel, KEY, 50);
        assert_eq!(glass.released, [NOWHERE]);
    }

    #[test]
    fn two_quick_taps_come_in_two_pictures() {
        let mut fingers = Fingers::default();
        let now = tokio::time::Instant::now().into_std();
        let taps = [KEY, ELSEWHERE].map(|pos| {
            [
                Input::PointerMoved(pos),
                button(pos, true),
                button(pos, false),
                Input::PointerGone,
            ]
        });
        let all = taps.concat();
        assert_eq!(fingers.sift(all, now, Care::Usual), taps[0]);
        assert!(fingers.is_waiting());
        assert_eq!(fingers.sift(Vec::new(), now, Care::Usual), taps[1]);
        assert!(!fingers.is_waiting());
    }

    #[test]
    fn a_mouse_is_left_as_it_is() {
        let mouse = vec![
            Input::PointerMoved(KEY),
            button(KEY, true),
            button(KEY, false),
        ];
        let now = tokio::time::Instant::now().into_std();
        let kept = Fingers::default().sift(mouse.clone(), now, Care::Great);
        assert_eq!(kept, mouse);
    }
}
