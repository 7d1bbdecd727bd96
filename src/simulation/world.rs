//! One seed's world: the production kiosk in the middle, and everything round it on one agenda.

mod plan;
mod program;
mod requests;
mod witnesses;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::chance::Chance;
use super::desk::{self, View};
use super::disk::Disk;
use super::ledger::{Check, Ledger};
use super::network::{Next, Waiting};
use super::platform::Platform;
use super::story::Story;
use super::wall;
use super::weather::Weather;
use crate::event::{Event, Touch};
use crate::redemption::witness::Witnessed;
use crate::screen::Stage;
use crate::weixin::simulated::Posted;
use program::Life;

/// The coupon that nobody shows before the faults have stopped.
const LAST: &str = "LASTCOUPON";

/// What can happen.
#[derive(Debug)]
enum Happening {
    Request(Next),
    /// The journal's thread of this life takes its next record.
    Write(u64),
    View(View),
    Finger,
    AnotherDesk,
    StatusChanges,
    StatusIs(String, &'static str),
    /// An event of Weixin's, or one that somebody made up.
    Witnessed(Witnessed),
    Forged,
    WallJumps,
    Ends {
        is_power_cut: bool,
    },
    Begins,
    DiskFull(bool),
    Calm,
    /// Whether everything has settled.
    Look,
    /// Whether the last coupon was redeemed.
    LastLook,
}

/// What is left of the storm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Storm,
    Calm,
    /// One last customer, whom nothing stands in the way of.
    Last,
}

pub(super) struct World {
    chance: Chance,
    weather: Weather,
    platform: Platform,
    ledger: Ledger,
    disk: Arc<Mutex<Disk>>,
    /// Holds the journal.
    _folder: tempfile::TempDir,
    journal: PathBuf,
    codes: Vec<String>,
    agenda: BTreeMap<(Instant, u64), Happening>,
    counted: u64,
    posts: (mpsc::Sender<Posted>, mpsc::Receiver<Posted>),
    silent: Vec<Waiting>,
    phase: Phase,
    calm_since: Option<Instant>,
    is_flipped: bool,
    /// What events told, where they are kept.
    told: Vec<Witnessed>,
    /// Codes of which nothing may ever be proved.
    contested: BTreeSet<String>,
    pub(super) story: Story,
}

impl World {
    pub(super) fn new(seed: u64, story: Story) -> Self {
        let mut chance = Chance::new(seed);
        let weather = Weather::new(&mut chance.fork());
        wall::start(weather.drift);
        let folder = tempfile::tempdir_in(super::memory()).unwrap();
        let journal = folder.path().join("journal.sqlite");
        let disk = Arc::new(Mutex::new(Disk::new(journal.clone(), chance.fork())));
        let codes: Vec<String> = (0..weather.codes)
            .map(|number| format!("4096324578{number:02}"))
            .collect();
        let mut known = codes.clone();
        known.push(LAST.to_owned());
        let mut world = Self {
            chance,
            platform: Platform::new(&known, Instant::now()),
            ledger: Ledger::new(weather.duplicate > 0),
            weather,
            disk,
            _folder: folder,
            journal,
            codes,
            agenda: BTreeMap::new(),
            counted: 0,
            posts: mpsc::channel(64),
            silent: Vec::new(),
            phase: Phase::Storm,
            calm_since: None,
            is_flipped: false,
            told: Vec::new(),
            contested: BTreeSet::new(),
            story,
        };
        if world.weather.mute > 0 {
            let mute = world.codes[0].clone();
            world.platform.mute(&mute);
            world.contested.insert(mute);
        }
        world.plan();
        world
    }

    /// Lives to the end.
    pub(super) async fn live(&mut self) -> Check {
        let mut life: Option<Life> = None;
        loop {
            // The exchanges are tasks of their own, and have their turn here.
            tokio::task::yield_now().await;
            if let Some(life) = &mut life {
                life.kiosk.act();
                self.look_at(life)?;
            }
            let next = self.agenda.keys().next().map(|(at, _)| *at);
            tokio::select! {
                biased;
                () = take(life.as_mut()) => {}
                posted = self.posts.1.recv() => self.send(posted.unwrap())?,
                () = tokio::time::sleep_until(next.unwrap()) => {
                    let (_, happening) = self.agenda.pop_first().unwrap();
                    if !self.happen(happening, &mut life)? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// What the machine asked for and looks like after a step.
    fn look_at(&mut self, life: &mut Life) -> Check {
        let screen = life.screens.borrow().clone();
        self.story.screen(&screen);
        self.ledger.seen(&screen, &self.platform)?;
        while let Ok((write, record)) = life.given.try_recv() {
            self.story.tell(|| format!("to the journal: {record:?}"));
            self.ledger.given(&record, &self.platform)?;
            life.to_write.push_back((write, record));
        }
        if !life.is_writing && !life.to_write.is_empty() {
            life.is_writing = true;
            let is_slow = self.chance.percent(self.weather.slow_disk);
            let mut takes = self.chance.millis(1, if is_slow { 15_000 } else { 30 });
            if self.chance.percent(self.weather.stuck_disk) {
                takes = self.chance.millis(20_000, 150_000);
            }
            self.after(takes, Happening::Write(life.number));
        }
        Ok(())
    }

    /// `false` when the world has ended well.
    fn happen(&mut self, happening: Happening, life: &mut Option<Life>) -> Result<bool, String> {
        match happening {
            Happening::Request(next) => self.request(next),
            Happening::Write(number) => self.write(number, life),
            Happening::View(view) => self.view(view, life.as_mut()),
            Happening::Finger => self.finger(life.as_mut()),
            Happening::AnotherDesk => {
                let code = self.chance.pick(&self.codes).clone();
                if self.platform.consume_elsewhere(&code, Instant::now()) {
                    self.story.tell(|| format!("another desk consumes {code}"));
                    self.tell_events();
                }
            }
            Happening::StatusChanges => {
                let code = self.chance.pick(&self.codes).clone();
                let status = *self
                    .chance
                    .pick(&["EXPIRE", "GIFTING", "GIFTING", "DELETE"]);
                self.change(&code, status);
                if status == "GIFTING" {
                    // The giver takes it back.
                    let later = self.chance.millis(500, 20_000);
                    self.after(later, Happening::StatusIs(code, "NORMAL"));
                }
            }
            Happening::StatusIs(code, status) => self.change(&code, status),
            Happening::Witnessed(seen) => self.witnessed(seen, life.as_ref()),
            Happening::Forged => self.forge(life.as_ref()),
            Happening::WallJumps => self.set_wall(),
            Happening::Ends { is_power_cut } => {
                if let Some(life) = life.take() {
                    self.end(life, is_power_cut);
                }
            }
            Happening::Begins => *life = self.begin()?,
            Happening::DiskFull(is_full) => {
                self.disk().is_full = is_full && self.phase == Phase::Storm;
                self.story.tell(|| format!("the disk is full: {is_full}"));
            }
            Happening::Calm => self.calm(),
            Happening::Look => return self.look(life.as_ref()),
            Happening::LastLook => return self.last_look(life.as_ref()),
        }
        Ok(true)
    }

    fn change(&mut self, code: &str, status: &'static str) {
        self.story.tell(|| format!("{code} becomes {status}"));
        self.platform.change(code, status, Instant::now());
    }

    fn set_wall(&mut self) {
        let most = *self.chance.pick(&[5_000, 60_000, 86_400_000]);
        let by = i64::try_from(self.chance.below(2 * most)).unwrap() - i64::try_from(most).unwrap();
        self.story
            .tell(|| format!("the wall clock jumps by {by} ms"));
        wall::jump(SignedDuration::from_millis(by));
    }

    fn view(&mut self, view: View, life: Option<&mut Life>) {
        let Some(life) = life else { return };
        for event in desk::see(&mut life.tracker, view) {
            self.story.tell(|| format!("seen: {event:?}"));
            life.inbox.offer(event);
        }
    }

    fn finger(&mut self, life: Option<&mut Life>) {
        if let Some(life) = life {
            let screen = life.screens.borrow().clone();
            let touches = match (&screen.stage, self.phase) {
                (Stage::Review(review), Phase::Last) => {
                    vec![Event::Touch(Touch::Confirm(review.look_up))]
                }
                (_, Phase::Last) => Vec::new(),
                (_, Phase::Calm) => self.decide(&screen),
                (_, Phase::Storm) => desk::touches(&screen, &self.weather, &mut self.chance),
            };
            for touch in touches {
                self.story.tell(|| format!("touched: {touch:?}"));
                life.inbox.offer(touch);
            }
        }
        let pause = match self.phase {
            Phase::Storm => desk::pause(&self.weather, &mut self.chance),
            Phase::Calm | Phase::Last => Duration::from_secs(1),
        };
        self.after(pause, Happening::Finger);
    }

    fn after(&mut self, later: Duration, happening: Happening) {
        self.counted += 1;
        let at = Instant::now() + later;
        self.agenda.insert((at, self.counted), happening);
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }
}

async fn take(life: Option<&mut Life>) {
    match life {
        Some(life) => life.kiosk.take().await,
        None => std::future::pending().await,
    }
}
