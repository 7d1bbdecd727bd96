//! What is wrong with a desk, one line a check: good, watch or bad, and what to do about it.
//!
//! Each check looks at one thing and returns [`Finding`]s: a verdict, the key of a sentence, and the facts in it.
//! The sentences are the wording room's; what is printed is the command line's. Nothing here changes anything: a token
//! is fetched as the kiosk fetches it, the disk is tried by a file without a name, and a camera is let go of again.

pub mod camera;
pub mod display;
pub mod half_blocks;
pub mod journal;
pub mod latency;
pub mod network;
pub mod online;
pub mod permissions;
pub mod scanner;
pub mod sharpness;
pub mod sound;
pub mod token;
pub mod touch;
pub mod versions;

use std::fmt::Write as _;

use fluent_bundle::FluentValue;
use serde_json::{Map, Value, json};

use crate::office::checkup::CheckLine;
pub use crate::office::checkup::Verdict;
use crate::wording::Wording;

impl Verdict {
    /// As `--json` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Bad => "bad",
        }
    }
}

/// Whose matter a finding is, for the exit code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Matter {
    /// Nobody's.
    None,
    /// An attempt is in doubt.
    Doubt,
    /// Weixin or the camera cannot be reached.
    Reach,
    /// Configuration, token, journal: set-up.
    SetUp,
}

/// What one check came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// What was looked at, as `--json` names it.
    pub check: &'static str,
    /// How it does.
    pub verdict: Verdict,
    /// Whose matter it is.
    pub matter: Matter,
    /// The sentence; its attribute `do` says what to do where the verdict is not good.
    pub key: &'static str,
    /// What stands in the sentence.
    pub values: Vec<(&'static str, Value)>,
}

impl Finding {
    fn new(check: &'static str, verdict: Verdict, matter: Matter, key: &'static str) -> Self {
        Self {
            check,
            verdict,
            matter,
            key,
            values: Vec::new(),
        }
    }

    /// As it should be.
    pub fn good(check: &'static str, key: &'static str) -> Self {
        Self::new(check, Verdict::Good, Matter::None, key)
    }

    /// To be seen to.
    pub fn watch(check: &'static str, key: &'static str) -> Self {
        Self::new(check, Verdict::Watch, Matter::None, key)
    }

    /// Set-up that keeps the kiosk from its work.
    pub fn bad(check: &'static str, key: &'static str) -> Self {
        Self::new(check, Verdict::Bad, Matter::SetUp, key)
    }

    /// Something that cannot be reached.
    pub fn out_of_reach(check: &'static str, key: &'static str) -> Self {
        Self::new(check, Verdict::Bad, Matter::Reach, key)
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// What was found.
    pub fn says(&self, wording: &Wording) -> String {
        wording.say_with(self.key, &self.spoken())
    }

    /// What to do about it.
    pub fn what_to_do(&self, wording: &Wording) -> Option<String> {
        let key = format!("{}.do", self.key);
        (self.verdict != Verdict::Good).then(|| wording.say_with(&key, &self.spoken()))
    }

    /// As the screen shows it.
    pub fn line(&self, wording: &Wording) -> CheckLine {
        CheckLine {
            verdict: self.verdict,
            says: self.says(wording),
            advice: self.what_to_do(wording),
        }
    }

    /// As an object of `--json`.
    pub fn object(&self, wording: &Wording) -> Value {
        let facts: Map<String, Value> = self
            .values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        json!({
            "check": self.check,
            "verdict": self.verdict.name(),
            "found": self.code(),
            "says": self.says(wording),
            "do": self.what_to_do(wording),
            "facts": facts,
        })
    }

    /// The finding's name: the sentence's key without the room's prefix.
    pub fn code(&self) -> &'static str {
        self.key.trim_start_matches("doctor-")
    }

    fn spoken(&self) -> Vec<(&'static str, FluentValue<'_>)> {
        let spoken = self.values.iter().map(|(name, value)| {
            let value = match value {
                Value::Number(number) => FluentValue::from(number.as_f64().unwrap_or(0.0)),
                Value::String(text) => FluentValue::from(text.as_str()),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                    FluentValue::from(value.to_string())
                }
            };
            (*name, value)
        });
        spoken.collect()
    }
}

/// The worst of them.
pub fn verdict(findings: &[Finding]) -> Verdict {
    let verdicts = findings.iter().map(|finding| finding.verdict);
    verdicts.max().unwrap_or(Verdict::Good)
}

/// The weightiest matter of what is not good.
pub fn matter(findings: &[Finding]) -> Matter {
    let matters = findings.iter().map(|finding| finding.matter);
    matters.max().unwrap_or(Matter::None)
}

/// All of it in as few words as a photographed code can hold: which desk and when, then what is bad and what to watch.
pub fn summary(desk: &str, at: jiff::Timestamp, findings: &[Finding]) -> String {
    /// A code of more modules does not fit a terminal of 80 columns.
    const LONGEST: usize = 320;
    let mut text = format!(
        "coupon-kiosk {} {desk} {}\n",
        env!("CARGO_PKG_VERSION"),
        at.strftime("%Y-%m-%dT%H:%MZ")
    );
    for verdict in [Verdict::Bad, Verdict::Watch] {
        for finding in findings.iter().filter(|finding| finding.verdict == verdict) {
            let facts: Vec<String> = finding
                .values
                .iter()
                .map(|(_, value)| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                })
                .collect();
            // Writing to a String cannot fail.
            writeln!(
                text,
                "{} {} {}",
                verdict.name(),
                finding.code(),
                facts.join(" ")
            )
            .ok();
        }
    }
    let good = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Good);
    write!(text, "good {}", good.count()).ok();
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// What durations are measured by.
fn tick() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}

fn millis(took: std::time::Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
