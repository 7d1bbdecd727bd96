//! What the events tell of the things round a redemption.

use jiff::Timestamp;

use crate::event::Event;
use crate::redemption::reply::{Reply, Told};
use crate::screen::{Connection, Desk, Why};

/// Takes from an event what it tells of the camera and of the way to Weixin.
pub(super) fn note(desk: &mut Desk, event: &Event, at: Timestamp) {
    match event {
        Event::Camera(state) => desk.camera = state.clone(),
        Event::View(view) => desk.view = *view,
        Event::Replied { told, .. } => desk.connection = connection(told, at),
        Event::Invitation(invitation) => desk.invitation.clone_from(invitation),
        Event::HandedOver { number, .. } => desk.taken = Some(*number),
        Event::Payload(..)
        | Event::Touch(_)
        | Event::Note { .. }
        | Event::Witnessed(_)
        | Event::Duty(_)
        | Event::Journaled { .. } => {}
    }
}

fn connection(told: &Told, at: Timestamp) -> Connection {
    let why = match told {
        Told::Decrypt(reply) => trouble(reply),
        Told::Query(reply) => trouble(reply),
        Told::Consume(reply) => trouble(reply),
        Told::Title(reply) => trouble(reply),
    };
    why.map_or(Connection::Answering, |why| Connection::Trouble { why, at })
}

/// A refusal of a code is a good answer; a refusal of this desk is not.
fn trouble<T>(reply: &Reply<T>) -> Option<Why> {
    match reply {
        Reply::Answered(_) => None,
        Reply::Refused(refusal) => refusal.reason.is_set_up().then(|| Why::of(refusal)),
        Reply::NotSent(why) => Some(Why::NotSent(*why)),
        Reply::Unknown(why) => Some(Why::Unknown(*why)),
    }
}
