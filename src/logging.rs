//! What the program says of itself, on stderr: levels by `RUST_LOG`, warn by default, and no secret at any level.
//!
//! Three guards stand one behind the other, since every library may log too and none knows our secrets:
//! other crates are heard up to `debug` only (below it they dump buffers, headers and whole addresses); every line,
//! whoever wrote it, goes through [`Redactor`], which hides values by their names and shapes; and it hides the secrets
//! that it was told of wherever they stand.

mod redactor;
pub mod structured;

use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::{LazyLock, Mutex, OnceLock};
use std::thread;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, dynamic_filter_fn, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

pub use redactor::Redactor;
use structured::{Sink, Structured};

/// The one that the process's log goes through.
static OF_PROCESS: LazyLock<Redactor> = LazyLock::new(Redactor::default);

/// Where structured events go, once that is known.
static SINK: OnceLock<Mutex<Sink>> = OnceLock::new();

/// Writes what is worth it (warnings, and this program's own remarks) to `sink` from now on. journald then has all of it,
/// and stderr, which systemd gives to journald too, falls silent. The first choice counts.
pub fn keep(sink: Sink) {
    if SINK.set(Mutex::new(sink)).is_err() {
        tracing::warn!("the log goes somewhere already");
    }
}

/// Hides a secret in every line that is logged from now on, whichever crate writes it. To be told each secret as soon as
/// it is read or fetched.
pub fn hide(secret: &str) {
    OF_PROCESS.hide(secret);
}

/// A text as the log would say it: without the secrets that were told to [`hide`], and without what looks like one.
pub fn redacted(text: &str) -> String {
    OF_PROCESS.redacted(text)
}

/// Starts logging, panics included, and leaves no core files: the access token is in memory. To be called once, first of
/// all, in `main`.
pub fn init() {
    // Where a core file is made all the same, it holds registers alone; but what was copied last is still in those, and
    // the widest have room for a whole token. What is not dumpable belongs to root in /proc, so this comes first.
    std::fs::write("/proc/self/coredump_filter", "0").unwrap_or_default();
    nix::sys::prctl::set_dumpable(false).unwrap_or_default();
    let redactor = OF_PROCESS.clone();
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let (filter, is_understood) = filter(&wanted);
    if subscriber(filter, redactor.clone(), io::stderr)
        .try_init()
        .is_err()
    {
        tracing::debug!("logging was started already");
    }
    if !is_understood {
        tracing::warn!("RUST_LOG is not understood; logging warnings only");
    }
    panic::set_hook(Box::new(move |panic| {
        let line = redactor.redacted(&panic_line(panic));
        // Past the subscriber, which may be what panicked; without stderr there is nobody to tell.
        io::stderr().write_all(line.as_bytes()).unwrap_or_default();
    }));
}

/// What `RUST_LOG` asks for, and whether it was understood.
fn filter(wanted: &str) -> (EnvFilter, bool) {
    let builder = || EnvFilter::builder().with_default_directive(LevelFilter::WARN.into());
    match builder().parse(wanted) {
        Ok(filter) => (filter, true),
        Err(_) => (builder().parse_lossy(""), false),
    }
}

fn subscriber<M>(filter: EnvFilter, redactor: Redactor, sink: M) -> impl Subscriber + Send + Sync
where
    M: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        // Otherwise a broken stderr is reported on stderr, by a macro that panics.
        .log_internal_errors(false)
        .with_writer(Redacting {
            redactor: redactor.clone(),
            sink,
        })
        .with_filter(filter.and(dynamic_filter_fn(|metadata, _| {
            is_heard(metadata) && !is_with_journald()
        })));
    let structured = Structured {
        redactor,
        sink: &SINK,
        now: wall,
    };
    let structured = structured.with_filter(filter_fn(is_kept));
    tracing_subscriber::registry().with(lines).with(structured)
}

fn is_heard(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("coupon_kiosk") || *metadata.level() <= Level::DEBUG
}

/// Warnings of anybody, and this program's own remarks, a redemption's line among them.
fn is_kept(metadata: &Metadata<'_>) -> bool {
    let is_own = metadata.target().starts_with("coupon_kiosk");
    *metadata.level() <= if is_own { Level::INFO } else { Level::WARN }
}

fn is_with_journald() -> bool {
    SINK.get().is_some_and(|sink| {
        let sink = sink
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        matches!(*sink, Sink::Journald(_))
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a line of the log says when it was written"
)]
fn wall() -> String {
    jiff::Timestamp::now().to_string()
}

/// One line, so that whoever reads the log line by line reads the whole of it.
fn panic_line(panic: &PanicHookInfo<'_>) -> String {
    let thread = thread::current();
    let name = thread.name().unwrap_or("unnamed");
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or("without a word");
    let message = message.replace(['\n', '\r'], " ");
    format!("PANIC in the thread {name} at {place}: {message}\n")
}

/// Hands out writers that redact.
struct Redacting<M> {
    redactor: Redactor,
    sink: M,
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<'a, M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter {
            redactor: &self.redactor,
            sink: self.sink.make_writer(),
        }
    }
}

/// Redacts what is written at once; the formatter writes each event at once.
struct RedactingWriter<'a, W> {
    redactor: &'a Redactor,
    sink: W,
}

impl<W: Write> Write for RedactingWriter<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let redacted = self.redactor.redacted(&String::from_utf8_lossy(line));
        self.sink.write_all(redacted.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What is written to stderr while `body` logs, with `RUST_LOG` at `wanted`.
    fn logged(wanted: &str, redactor: &Redactor, body: impl FnOnce()) -> String {
        let sink = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&sink);
        let make = move || Sink(Arc::clone(&writer));
        let subscriber = subscriber(filter(wanted).0, redactor.clone(), make);
        tracing::subscriber::with_default(subscriber, body);
        let bytes = sink.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn warnings_are_heard_unless_more_is_asked_for() {
        let speak = || {
            tracing::warn!("a warning");
            tracing::info!("a remark");
        };
        for wanted in ["", "not,a=filter=at all"] {
            let text = logged(wanted, &Redactor::default(), speak);
            assert!(
                text.contains("a warning") && !text.contains("a remark"),
                "{text}"
            );
        }
        assert!(logged("coupon_kiosk=info", &Redactor::default(), speak).contains("a remark"));
        assert_eq!(logged("off", &Redactor::default(), speak), "");
    }

    #[test]
    fn dumps_of_other_crates_are_not_heard_even_at_trace() {
        let text = logged("trace", &Redactor::default(), || {
            tracing::trace!(target: "reqwest::connect::verbose", "write: GET /card");
            tracing::debug!(target: "hyper_util::client", "connecting");
            tracing::trace!("our own step");
        });
        assert!(!text.contains("GET /card"), "{text}");
        assert!(
            text.contains("connecting") && text.contains("our own step"),
            "{text}"
        );
    }

    #[test]
    fn a_secret_is_hidden_in_fields_spans_and_messages_of_whatever_crate() {
        let redactor = Redactor::default();
        redactor.hide("S3cr3tS3cr3t");
        let text = logged("trace", &redactor, || {
            let span = tracing::info_span!("exchange", token = "abcdefgh", note = "S3cr3tS3cr3t");
            span.in_scope(|| {
                tracing::debug!(target: "hyper", uri = "/card/code/get?access_token=abcdefgh", "x");
                tracing::error!(openid = ?"oAbcdefghijklmnopqrstuvwxy12", "S3cr3tS3cr3t");
            });
        });
        assert_eq!(text.lines().count(), 2, "{text}");
        for secret in ["abcdefgh", "S3cr3t", "ijklmnop"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }

    #[test]
    fn a_secret_told_later_is_hidden_from_then_on() {
        let redactor = Redactor::default();
        let text = logged("", &redactor, || {
            redactor.hide("77_newtoken_77");
            tracing::warn!("got 77_newtoken_77");
        });
        assert!(text.contains("got ***"), "{text}");
    }
}
