//! The log as fields instead of lines: to journald by its own protocol, or as JSON lines into a file that is rotated.
//!
//! Every value goes through the [`Redactor`], as every line of stderr does. Nothing is written before [`Sink`] is chosen,
//! which only a live kiosk does.

use std::fmt::{self, Write as _};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::Redactor;

/// Where journald listens.
pub const JOURNALD: &str = "/run/systemd/journal/socket";
/// A file grows so far, and is then put aside ...
const LONGEST: u64 = 8 * 1024 * 1024;
/// ... with so many before it.
const KEPT: u32 = 5;

/// Where structured events go.
#[derive(Debug)]
pub enum Sink {
    /// journald.
    Journald(UnixDatagram),
    /// A file, put aside when it is full.
    File(Rotated),
}

impl Sink {
    /// journald at `socket`.
    pub fn journald(socket: &Path) -> io::Result<Self> {
        let datagram = UnixDatagram::unbound()?;
        datagram.connect(socket)?;
        Ok(Self::Journald(datagram))
    }

    /// A file that is appended to.
    pub fn file(path: &Path) -> io::Result<Self> {
        Ok(Self::File(Rotated::open(path)?))
    }

    fn write(&mut self, event: &Said, at: &str) -> io::Result<()> {
        match self {
            Self::Journald(datagram) => datagram.send(event.journald().as_bytes()).map(|_sent| ()),
            Self::File(file) => file.append(&event.json(at)),
        }
    }
}

/// A log file and those before it: `NAME`, `NAME.1` (the newest of the old ones) up to `NAME.5`.
#[derive(Debug)]
pub struct Rotated {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Rotated {
    /// The folder is made too: beside a journal that is still to be made there is none.
    fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self {
            path: path.to_owned(),
            length: file.metadata()?.len(),
            file,
        })
    }

    fn append(&mut self, line: &str) -> io::Result<()> {
        if self.length > 0 && self.length + line.len() as u64 > LONGEST {
            for number in (0..KEPT).rev() {
                let from = self.numbered(number);
                if from.exists() {
                    std::fs::rename(from, self.numbered(number + 1))?;
                }
            }
            *self = Self::open(&self.path.clone())?;
        }
        self.file.write_all(line.as_bytes())?;
        self.length += line.len() as u64;
        Ok(())
    }

    fn numbered(&self, number: u32) -> PathBuf {
        numbered(&self.path, number)
    }
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    if number > 0 {
        name.push(format!(".{number}"));
    }
    name.into()
}

/// The files of a log that is kept at `path`, the newest first.
pub fn files(path: &Path) -> Vec<PathBuf> {
    let all = (0..=KEPT).map(|number| numbered(path, number));
    all.filter(|path| path.is_file()).collect()
}

/// The layer. It is there from the start, and silent until a sink is chosen.
pub(super) struct Structured {
    pub(super) redactor: Redactor,
    pub(super) sink: &'static OnceLock<Mutex<Sink>>,
    pub(super) now: fn() -> String,
}

impl<S: Subscriber> Layer<S> for Structured {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let Some(sink) = self.sink.get() else {
            return;
        };
        let mut said = Said {
            level: *event.metadata().level(),
            target: event.metadata().target().to_owned(),
            message: String::new(),
            fields: Map::new(),
            redactor: &self.redactor,
        };
        event.record(&mut said);
        let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written must not end the kiosk, and there is nowhere else to say so.
        sink.write(&said, &(self.now)()).unwrap_or_default();
    }
}

/// One event, redacted.
struct Said<'a> {
    level: Level,
    target: String,
    message: String,
    fields: Map<String, Value>,
    redactor: &'a Redactor,
}

impl Said<'_> {
    fn take(&mut self, field: &Field, value: Value) {
        if field.name() == "message" {
            value
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut self.message);
        } else {
            self.fields.insert(field.name().to_owned(), value);
        }
    }

    fn text(&mut self, field: &Field, text: &str) {
        // A value is hidden by its name too, which the redactor knows only from the text before it.
        let named = self.redactor.redacted(&format!("{}={text}", field.name()));
        let prefix = format!("{}=", field.name());
        let text = named.strip_prefix(&prefix).unwrap_or("***").to_owned();
        self.take(field, Value::String(text));
    }

    /// journald's own fields: upper case, one a line, a value without a line's end in it.
    fn journald(&self) -> String {
        let priority = match self.level {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        let line = |text: &str| text.replace(['\n', '\r'], " ");
        let mut words = line(&self.message);
        let mut fields = String::new();
        for (name, value) in &self.fields {
            let value = value.as_str().map_or_else(|| value.to_string(), line);
            // Writing to a String cannot fail.
            write!(words, " {name}={value}").ok();
            let upper: String = name
                .chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() {
                        c.to_ascii_uppercase()
                    } else {
                        '_'
                    }
                })
                .collect();
            writeln!(fields, "KIOSK_{upper}={value}").ok();
        }
        format!(
            "MESSAGE={words}\nPRIORITY={priority}\nSYSLOG_IDENTIFIER=coupon-kiosk\nTARGET={}\n{fields}",
            self.target
        )
    }

    fn json(&self, at: &str) -> String {
        let mut object = Map::new();
        object.insert("at".to_owned(), at.into());
        object.insert(
            "level".to_owned(),
            self.level.as_str().to_lowercase().into(),
        );
        object.insert("target".to_owned(), self.target.clone().into());
        object.insert("message".to_owned(), self.message.clone().into());
        object.extend(self.fields.clone());
        format!("{}\n", Value::Object(object))
    }
}

impl Visit for Said<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// What reaches a sink while `body` logs.
    fn logged(sink: Sink, body: impl FnOnce()) {
        let redactor = Redactor::default();
        redactor.hide("s3cret-of-the-account");
        let place: &'static OnceLock<Mutex<Sink>> = Box::leak(Box::default());
        place.set(Mutex::new(sink)).unwrap();
        let layer = Structured {
            redactor,
            sink: place,
            now: || "2026-11-24T12:00:00Z".to_owned(),
        };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), body);
    }

    fn events() {
        tracing::info!(
            attempt = "0199-a",
            outcome = "redeemed",
            errcode = 0,
            "redemption"
        );
        tracing::error!(
            why = "it said s3cret-of-the-account\nand more",
            access_token = "TOKEN123",
            "trouble"
        );
    }

    #[test]
    fn journald_is_told_fields_that_can_be_searched_and_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let journald = UnixDatagram::bind(&socket).unwrap();
        logged(Sink::journald(&socket).unwrap(), events);
        let mut buffer = [0; 4096];
        let length = journald.recv(&mut buffer).unwrap();
        let first = String::from_utf8_lossy(&buffer[..length]).into_owned();
        assert!(first.starts_with("MESSAGE=redemption "), "{first}");
        for line in [
            "PRIORITY=6",
            "KIOSK_ATTEMPT=0199-a",
            "KIOSK_OUTCOME=redeemed",
            "KIOSK_ERRCODE=0",
        ] {
            assert!(first.lines().any(|told| told == line), "{first}");
        }
        let length = journald.recv(&mut buffer).unwrap();
        let second = String::from_utf8_lossy(&buffer[..length]).into_owned();
        assert!(
            second.contains("PRIORITY=3\n") && second.contains("and more"),
            "{second}"
        );
        assert!(second.lines().all(|line| line.contains('=')), "{second}");
        assert!(
            !second.contains("s3cret") && !second.contains("TOKEN123"),
            "{second}"
        );
    }

    #[test]
    fn a_file_has_an_object_a_line_and_is_put_aside_when_it_is_full() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("to be made").join("kiosk.log");
        logged(Sink::file(&path).unwrap(), events);
        let text = std::fs::read_to_string(&path).unwrap();
        let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(
            (&first["attempt"], &first["level"]),
            (&"0199-a".into(), &"info".into())
        );
        assert!(
            !text.contains("s3cret") && !text.contains("TOKEN123"),
            "{text}"
        );

        let mut rotated = Rotated::open(&path).unwrap();
        let line = "x".repeat(3 * 1024 * 1024);
        for _ in 0..20 {
            rotated.append(&line).unwrap();
        }
        let all: u64 = std::fs::read_dir(path.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum();
        assert!(path.with_file_name("kiosk.log.5").exists());
        assert!(!path.with_file_name("kiosk.log.6").exists());
        assert!(all <= LONGEST * u64::from(KEPT + 1), "{all}");
    }
}
