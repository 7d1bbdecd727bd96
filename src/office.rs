//! What stands behind the counter, as plain values: the day's list, a record's story, the staff, the settings. The window
//! shows them and wishes; the shell reads, checks and writes, and answers with another [`Office`].

pub mod checkup;
pub mod first_start;

use std::fmt;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::checkup::{Checkup, Panel};
use crate::card::{CardId, Code};
use crate::event::OnDuty;
use crate::redemption::attempt::{AttemptId, Outcome, Record, SettledBy};
use crate::redemption::ruling::{Goods, Ground};
use crate::wording::Language;

/// Everything that the pages behind the counter show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Office {
    /// Today's list, newest first, while somebody looks at it.
    pub day: Reading<Vec<DayLine>>,
    /// The story that was asked for.
    pub story: Option<Story>,
    /// Who may stand at the desk.
    pub staff: Staff,
    /// What a manager changes on the screen.
    pub settings: Settings,
    /// The store and the desk, as the header names them.
    pub place: String,
    /// The cameras to choose from, where they were asked for.
    pub cameras: Option<Vec<CameraLine>>,
    /// Where today's list was written to, or that it could not be.
    pub exported: Option<Option<String>>,
    /// A training can be begun here: not in the demo, which is one.
    pub may_train: bool,
    /// The stories to hold up, while somebody trains.
    pub training: Option<Vec<String>>,
    /// What the doctor has found so far, where it was asked.
    pub checkup: Option<Checkup>,
}

/// Who may stand at the desk, and who does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Staff {
    /// Managers first; empty where nobody signs in.
    pub people: Vec<Person>,
    /// Who does.
    pub on_duty: OnDuty,
    /// The manager's pages are open: there is no manager yet, or one has typed his PIN.
    pub is_manager: bool,
    /// A PIN is being looked at.
    pub is_checking: bool,
    /// Why the last PIN opened nothing.
    pub denied: Option<Denied>,
    /// What became of the last change of the list.
    pub changed: Option<Result<(), StaffFault>>,
    /// The list cannot be read, so nobody can sign in.
    pub is_damaged: bool,
}

/// Somebody who may stand at the desk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// As the journal names him.
    pub name: String,
    /// What he may do.
    pub role: Role,
}

/// What somebody may do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Redeem.
    Clerk,
    /// Redeem, and change what the desk is.
    Manager,
}

/// Digits that nobody else may know: never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Pin(String);

impl Pin {
    /// As typed.
    pub fn new(digits: &str) -> Self {
        Self(digits.to_owned())
    }

    /// For whoever looks at it.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(****)")
    }
}

/// Why a PIN opened nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// It was not his; so many tries are left before he has to wait.
    Wrong {
        /// Tries.
        left: u32,
    },
    /// Not before this moment.
    Wait(Instant),
}

/// Why the list of staff was not changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StaffFault {
    /// A name is missing or too long.
    Name,
    /// There is somebody of this name.
    Taken,
    /// The first one has to be a manager.
    ManagerFirst,
    /// Without a manager nobody could change anything any more.
    LastManager,
    /// A PIN has 4 to 8 digits.
    PinLength,
    /// One digit over and over, or digits in their order.
    WeakPin,
    /// It could not be written.
    NotKept,
}

/// What a manager changes on the screen; what is not told here is as IT has configured it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// The store's name.
    pub store: Option<String>,
    /// The camera, as [`CameraLine::id`] names it.
    pub camera: Option<String>,
    /// What of the camera's picture is seen, and how.
    pub aim: Aim,
    /// Idle for so long, a desk with staff locks itself.
    pub lock_after: Option<Duration>,
    /// How loud outcomes are, in percent.
    pub sound: u8,
}

/// What of the camera's picture is seen, and how it is turned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Aim {
    /// Degrees clockwise: 0, 90, 180 or 270.
    pub rotate: u32,
    /// As in a mirror. Codes are read unmirrored all the same.
    pub mirror: bool,
    /// How much it is magnified round the region's middle, in hundredths.
    pub zoom: u32,
    /// The part that is looked at: left, top, width and height in hundredths of the turned picture.
    pub region: [u32; 4],
}

impl Default for Aim {
    fn default() -> Self {
        Self {
            rotate: 0,
            mirror: false,
            zoom: 100,
            region: [0, 0, 100, 100],
        }
    }
}

/// One change of the [`Settings`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The store's name.
    Store(String),
    /// The camera, as [`CameraLine::id`] names it.
    Camera(String),
    /// What of the camera's picture is seen, and how.
    Aim(Aim),
    /// When an idle desk locks itself; `None` is never.
    LockAfter(Option<Duration>),
    /// How loud outcomes are, in percent.
    Sound(u8),
}

/// A camera to choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CameraLine {
    /// As it calls itself, and where it is plugged in where another one has the same name.
    pub name: String,
    /// Its name and where it is plugged in: what it is known by after it was pulled or got another number.
    pub id: String,
    /// Whether it can be opened, as far as one can tell before.
    pub is_free: bool,
}

/// Something that has to be read first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Reading<T> {
    /// It was not asked for, or is on its way.
    #[default]
    Awaited,
    /// Here it is.
    Ready(T),
    /// It cannot be read; the log says why.
    Failed,
}

/// An attempt, or a look-up that came to no attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayLine {
    /// Names it in a [`Wish::Story`].
    pub id: String,
    /// The attempt; none for a look-up.
    pub attempt: Option<AttemptId>,
    /// When.
    pub at: Timestamp,
    /// The code; none where a link could not be opened.
    pub code: Option<Code>,
    /// The coupon's kind.
    pub card_id: Option<CardId>,
    /// What the coupon was called, where that is known.
    pub title: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// What proves it.
    pub settled_by: Option<SettledBy>,
    /// By whom, where clerks sign in.
    pub clerk: Option<String>,
    /// A remark or an order number.
    pub remark: Option<String>,
    /// Noted as redeemed by mistake.
    pub is_mistake: bool,
    /// What a manager said of the goods while it was in doubt.
    pub ruled: Option<Goods>,
}

/// All that is recorded of one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story {
    /// The line's.
    pub id: String,
    /// Oldest first.
    pub records: Reading<Vec<Record>>,
}

/// What the window wishes of the shell. The answer comes as another [`Office`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Today's list, kept up to date until [`Wish::Away`].
    Day,
    /// A line's story, likewise.
    Story(String),
    /// Nobody looks any more: what was read is put away, and the manager's pages are closed.
    Away,
    /// Somebody wants to stand at the desk.
    SignIn(String, Pin),
    /// A manager wants his pages.
    Manager(String, Pin),
    /// Whoever stood at the desk goes.
    Lock,
    /// Take somebody on.
    Add(Person, Pin),
    /// Give somebody another PIN.
    ChangePin(String, Pin),
    /// Take somebody off the list.
    Remove(String),
    /// Keep this setting, and do as it says.
    Change(Change),
    /// The cameras to choose from.
    Cameras,
    /// Today's list as a file.
    Export,
    /// Play the demo's stories instead of serving customers.
    Train,
    /// Serve customers again.
    EndTraining,
    /// The doctor's look at everything, told in this language.
    Examine(Language, Panel),
    /// A manager's word on an attempt in doubt: what became of the goods, why, and his own words.
    Override(AttemptId, Goods, Ground, String),
}
