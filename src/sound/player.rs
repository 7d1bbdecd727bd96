//! The programs that play a file, and playing with one of them.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::Sound;

/// In order: a sound server's own client before what would take the card away from it.
const PLAYERS: [(&str, &[&str]); 3] = [("pw-play", &[]), ("paplay", &[]), ("aplay", &["--quiet"])];

/// How often a player is looked after.
const ROUND: Duration = Duration::from_millis(20);
/// A player that has not ended a tone of half a second by then hangs.
const ROUNDS: u32 = 150;

/// One program.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Player {
    name: &'static str,
    program: PathBuf,
    options: &'static [&'static str],
}

/// The programs that are here, the one that played last first.
#[derive(Debug)]
pub(super) struct Players(Vec<Player>);

/// What became of a sound.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// It was played, by this program.
    Played(&'static str),
    /// A newer one was ordered, or (`None`) nobody orders any more.
    Silenced(Option<Sound>),
    /// No program played it.
    Unheard,
}

/// How one program did.
enum Did {
    Play,
    Fail,
    Hang,
    Silenced(Option<Sound>),
}

impl Players {
    /// The players in the folders of a `PATH`.
    pub(super) fn find(path: &OsStr) -> Self {
        let folders: Vec<PathBuf> = std::env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .collect();
        let found = PLAYERS.iter().filter_map(|(name, options)| {
            let places = folders.iter().map(|folder| folder.join(name));
            let program = places.into_iter().find(|place| place.is_file())?;
            Some(Player {
                name,
                program,
                options,
            })
        });
        Self(found.collect())
    }

    /// Nothing here plays.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Plays a WAV file with the first program that does, unless something newer is ordered.
    pub(super) fn play(&mut self, wav: &[u8], ordered: &Receiver<Sound>) -> Ended {
        if self.is_empty() {
            return Ended::Unheard;
        }
        let file = match write(wav) {
            Ok(file) => file,
            Err(error) => {
                tracing::debug!(%error, "a sound cannot be written for its player");
                return Ended::Unheard;
            }
        };
        for at in 0..self.0.len() {
            let player = &self.0[at];
            let name = player.name;
            let mut command = Command::new(&player.program);
            command.args(player.options).arg(file.path());
            match run(command, ordered) {
                Did::Play => {
                    // It begins the next time.
                    self.0[..=at].rotate_right(1);
                    return Ended::Played(name);
                }
                Did::Silenced(newer) => {
                    // It was about to.
                    self.0[..=at].rotate_right(1);
                    return Ended::Silenced(newer);
                }
                Did::Fail => tracing::debug!(name, "does not play here"),
                Did::Hang => {
                    tracing::debug!(name, "hangs");
                    // Another one would be seconds late, and is tried first the next time.
                    self.0.rotate_left(at + 1);
                    return Ended::Unheard;
                }
            }
        }
        Ended::Unheard
    }
}

/// Players take files; one of them takes nothing else.
fn write(wav: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().suffix(".wav").tempfile()?;
    file.write_all(wav)?;
    file.flush()?;
    Ok(file)
}

fn run(mut command: Command, ordered: &Receiver<Sound>) -> Did {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(child) = command.spawn() else {
        return Did::Fail;
    };
    let mut playing = Playing(child);
    for _round in 0..ROUNDS {
        match ordered.recv_timeout(ROUND) {
            Ok(newer) => return Did::Silenced(Some(newer)),
            Err(RecvTimeoutError::Disconnected) => return Did::Silenced(None),
            Err(RecvTimeoutError::Timeout) => {}
        }
        match playing.0.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) if status.success() => return Did::Play,
            Ok(Some(_)) | Err(_) => return Did::Fail,
        }
    }
    Did::Hang
}

/// A player that is killed and waited for when nobody listens any more.
struct Playing(Child);

impl Drop for Playing {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait().map(drop)) {
            tracing::debug!(%error, "a player could not be ended");
        }
    }
}
