//! A file that grows: its new lines, looked for twice a second. At the start its last part is read again, since what came
//! while the kiosk was not running is there; known events change nothing.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Tell;
use super::event::{LONGEST, Line, read};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How much is read again at the start: thousands of events.
const AGAIN: u64 = 1024 * 1024;
/// How much is read at one look.
const PORTION: u64 = 256 * 1024;
/// An event's code and time are in its last bytes, or in these many of them.
const REMEMBERED: usize = 1024;

/// Follows the file for ever.
pub(super) async fn follow(path: Option<PathBuf>, tell: &Tell) {
    let Some(path) = path else {
        return std::future::pending().await;
    };
    let mut reader = Reader::default();
    let mut is_told = false;
    loop {
        match reader.look(&path, tell) {
            Ok(()) => is_told = false,
            // The merchant's server may make it later.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if !is_told => {
                tracing::warn!(%error, "the file of events cannot be read");
                is_told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Where the reading is.
#[derive(Debug, Default)]
struct Reader {
    file: Option<(File, u64)>,
    at: u64,
    /// The last bytes before that place. Where others stand there, the file was cut and written anew.
    before: Vec<u8>,
    /// The line up to the end of the next newline is no whole one.
    is_within: bool,
}

impl Reader {
    fn look(&mut self, path: &Path, tell: &Tell) -> io::Result<()> {
        let facts = std::fs::metadata(path)?;
        let is_same = self
            .file
            .as_ref()
            .is_some_and(|(_, inode)| *inode == facts.ino());
        if !is_same || facts.len() < self.at || !self.fits()? {
            // Put aside and begun anew, as logs are.
            let is_first = self.file.is_none();
            self.file = Some((File::open(path)?, facts.ino()));
            self.at = if is_first {
                facts.len().saturating_sub(AGAIN)
            } else {
                0
            };
            self.is_within = self.at > 0;
            self.before.clear();
        }
        let Some((file, _)) = &mut self.file else {
            return Ok(());
        };
        file.seek(SeekFrom::Start(self.at))?;
        let mut portion = Vec::new();
        file.take(PORTION).read_to_end(&mut portion)?;
        self.take(&portion, tell);
        Ok(())
    }

    /// Whether what was read last still stands where it stood.
    fn fits(&mut self) -> io::Result<bool> {
        let Some((file, _)) = &mut self.file else {
            return Ok(true);
        };
        let mut found = vec![0; self.before.len()];
        file.seek(SeekFrom::Start(self.at - found.len() as u64))?;
        file.read_exact(&mut found)?;
        Ok(found == self.before)
    }

    /// So much has been read.
    fn pass(&mut self, bytes: &[u8]) {
        self.at += bytes.len() as u64;
        self.before = bytes[bytes.len().saturating_sub(REMEMBERED)..].to_vec();
    }

    fn take(&mut self, portion: &[u8], tell: &Tell) {
        let mut rest = portion;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end + 1);
            if !std::mem::take(&mut self.is_within) {
                match read(line) {
                    Line::Event(event) => {
                        if !tell(event) {
                            // Offered again at the next look.
                            return;
                        }
                    }
                    Line::Other => {}
                    Line::Unreadable => {
                        tracing::warn!("a line in the file of events cannot be read");
                    }
                }
            }
            self.pass(line);
            rest = after;
        }
        // The end of a line may still be on its way; where it is too long already, it is passed over.
        if rest.len() > LONGEST {
            self.pass(rest);
            self.is_within = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use crate::redemption::witness::Witnessed;

    struct Place {
        folder: tempfile::TempDir,
        reader: Reader,
        heard: Arc<Mutex<Vec<Witnessed>>>,
        tell: Tell,
    }

    impl Place {
        fn new() -> Self {
            let heard: Arc<Mutex<Vec<Witnessed>>> = Arc::default();
            let sink = Arc::clone(&heard);
            Self {
                folder: tempfile::tempdir().unwrap(),
                reader: Reader::default(),
                heard,
                tell: Box::new(move |event| {
                    sink.lock().unwrap().push(event);
                    true
                }),
            }
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("events")
        }

        fn append(&self, text: &str) {
            let options = File::options().create(true).append(true).open(self.path());
            options.unwrap().write_all(text.as_bytes()).unwrap();
        }

        /// The codes that are heard at one look.
        fn look(&mut self) -> Vec<String> {
            self.reader
                .look(&self.path(), &self.tell)
                .unwrap_or_default();
            let heard = std::mem::take(&mut *self.heard.lock().unwrap());
            heard
                .iter()
                .map(|event| event.code.as_str().to_owned())
                .collect()
        }
    }

    fn line(code: &str) -> String {
        format!(
            "{{\"Event\":\"user_consume_card\",\"UserCardCode\":\"{code}\",\"CreateTime\":1}}\n"
        )
    }

    #[test]
    fn lines_are_heard_once_as_they_are_whole_whatever_stands_between() {
        let mut place = Place::new();
        assert!(place.look().is_empty(), "there is no file yet");
        place.append(&line("1"));
        assert_eq!(place.look(), ["1"]);
        assert!(place.look().is_empty());
        let (begin, end) = (line("2")[..20].to_owned(), line("2")[20..].to_owned());
        place.append(&begin);
        assert!(place.look().is_empty(), "half a line is none");
        place.append(&(end + "no JSON\n" + &line("3")));
        assert_eq!(place.look(), ["2", "3"]);
        place.append(&("x".repeat(LONGEST + 100)));
        assert!(place.look().is_empty());
        place.append(&("y".repeat(100) + "\n" + &line("4")));
        assert_eq!(place.look(), ["4"]);
    }

    #[test]
    fn a_file_that_is_put_aside_or_cut_is_begun_anew() {
        let mut place = Place::new();
        place.append(&line("1"));
        assert_eq!(place.look(), ["1"]);
        std::fs::rename(place.path(), place.folder.path().join("old")).unwrap();
        place.append(&line("2"));
        assert_eq!(place.look(), ["2"]);
        place.append(&line("3"));
        std::fs::write(place.path(), line("4")).unwrap();
        assert_eq!(place.look(), ["4"]);
    }

    #[test]
    fn what_finds_no_place_is_offered_again() {
        let mut place = Place::new();
        place.append(&line("1"));
        let full: Tell = Box::new(|_| false);
        place.reader.look(&place.path(), &full).unwrap();
        assert_eq!(place.look(), ["1"]);
    }
}
