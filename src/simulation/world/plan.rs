//! The storm's agenda, and its end.

use std::time::Duration;

use tokio::time::Instant;

use super::super::desk::{self, View};
use super::super::disk::Rates;
use super::super::ledger::{Check, PATIENCE};
use super::super::platform::By;
use super::program::Life;
use super::{Happening, LAST, Phase, World};
use crate::journal::history::History;
use crate::screen::Stage;

impl World {
    /// The storm's agenda.
    pub(super) fn plan(&mut self) {
        let mut storm = Duration::from_secs(1);
        for _ in 0..self.weather.customers {
            let at = storm;
            for (later, view) in desk::customer(&self.codes, &self.weather, &mut self.chance.fork())
            {
                self.after(at + later, Happening::View(view));
            }
            let hasty = self.weather.hasty;
            storm += self.chance.millis(500, if hasty { 12_000 } else { 60_000 });
        }
        storm += self.chance.millis(100, 40_000);
        let most = u64::try_from(storm.as_millis()).unwrap();
        let weather = self.weather.clone();
        for _ in 0..weather.kills {
            let is_power_cut = self.chance.percent(50);
            let at = self.chance.millis(0, most);
            self.after(at, Happening::Ends { is_power_cut });
        }
        for _ in 0..weather.other_desks {
            let at = self.chance.millis(0, most);
            self.after(at, Happening::AnotherDesk);
        }
        for _ in 0..weather.forged {
            let at = self.chance.millis(0, most);
            self.after(at, Happening::Forged);
        }
        for _ in 0..weather.status_changes {
            let at = self.chance.millis(0, most);
            self.after(at, Happening::StatusChanges);
        }
        for _ in 0..weather.wall_jumps {
            let at = self.chance.millis(0, most);
            self.after(at, Happening::WallJumps);
        }
        if weather.disk_full {
            let at = self.chance.millis(0, most);
            self.after(at, Happening::DiskFull(true));
            let lasts = self.chance.millis(1000, 60_000);
            self.after(at + lasts, Happening::DiskFull(false));
        }
        self.disk().rates = Rates {
            refused: weather.write_refused,
            unsure: weather.write_unsure,
            killed: weather.killed,
            power_cut: weather.power_cut,
        };
        self.after(Duration::ZERO, Happening::Begins);
        self.after(Duration::from_millis(500), Happening::Finger);
        self.after(storm, Happening::Calm);
    }

    pub(super) fn calm(&mut self) {
        self.story.tell(|| "the faults stop".to_owned());
        self.weather.calm();
        self.phase = Phase::Calm;
        self.calm_since = Some(Instant::now());
        let mut disk = self.disk();
        disk.rates = Rates::default();
        disk.is_full = false;
        drop(disk);
        // Longer than what is on its way, and than a used-up quota of a minute.
        self.after(Duration::from_secs(75), Happening::Look);
    }

    pub(super) fn look(&mut self, life: Option<&Life>) -> Result<bool, String> {
        let calm_for = self.calm_since.unwrap().elapsed();
        // What a manager has to decide may take him some minutes, and then Weixin is asked on for some.
        let is_contested = life.is_some_and(|life| {
            let doubts = &life.screens.borrow().doubts;
            doubts
                .iter()
                .any(|doubt| self.contested.contains(doubt.code.as_str()))
        });
        let patience = if is_contested { 3 * PATIENCE } else { PATIENCE };
        let is_late = calm_for > patience;
        let (Some(life), false) = (life, self.is_flipped) else {
            // Damage that was found keeps the journal closed until a person has looked.
            return if self.is_flipped {
                Ok(false)
            } else {
                Err("it does not start".to_owned())
            };
        };
        let open = History::open(&self.journal).and_then(|history| history.in_doubt());
        let open = open.map_err(|error| error.to_string())?.len();
        let screen = life.screens.borrow();
        // Who is in the middle of one customer takes no other one's code.
        let is_free = matches!(screen.stage, Stage::Idle | Stage::Finished(_));
        let has_settled =
            open == 0 && is_free && screen.doubts.is_empty() && life.to_write.is_empty();
        if has_settled {
            drop(screen);
            self.story.tell(|| "all is settled".to_owned());
            self.phase = Phase::Last;
            // A clerk who was about to wait for minutes is awake.
            let is_finger = |happening: &Happening| matches!(happening, Happening::Finger);
            self.agenda.retain(|_, happening| !is_finger(happening));
            self.after(Duration::from_secs(1), Happening::Finger);
            for (second, texts) in [LAST, LAST, LAST, ""].into_iter().enumerate() {
                let texts = Vec::from_iter((!texts.is_empty()).then(|| texts.to_owned()));
                let at = Duration::from_millis(100 * second as u64);
                self.after(at, Happening::View(View::Texts(texts)));
            }
            self.after(Duration::from_secs(30), Happening::LastLook);
            return Ok(true);
        }
        // An end that is on its way to the disk has left the screen already, and with it what makes it contested.
        let is_being_written = !life.to_write.is_empty() && calm_for <= 4 * PATIENCE;
        if is_late && !is_being_written {
            let doubts = &screen.doubts;
            return Err(format!(
                "never settled: the journal has {open} open attempts, the screen {doubts:?}"
            ));
        }
        drop(screen);
        self.after(Duration::from_secs(5), Happening::Look);
        Ok(true)
    }

    pub(super) fn last_look(&mut self, life: Option<&Life>) -> Result<bool, String> {
        let is_redeemed = matches!(self.platform.consumed_by(LAST), Some(By::Us(_)));
        let screen = life.map(|life| life.screens.borrow().clone());
        if !is_redeemed {
            return Err(format!("the last coupon was not redeemed: {screen:?}"));
        }
        self.whole()?;
        self.ledger.books_agree(&self.journal, &self.platform)?;
        Ok(false)
    }

    /// A flipped bit is allowed to be found, and nothing else.
    pub(super) fn whole(&self) -> Check {
        if !self.journal.exists() || self.is_flipped {
            return Ok(());
        }
        self.ledger.journal_is_whole(&self.journal)
    }
}
