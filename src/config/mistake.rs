//! What is wrong with a configuration, said so that it can be put right without looking anything up.
//!
//! No value of an unknown key or of one under `[weixin.token]` is ever repeated here: it may be a secret that was
//! pasted into the wrong place.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// A file, and the line where the key stands; no line where the whole file is meant.
    File {
        /// As it was found or named.
        path: PathBuf,
        /// From 1.
        line: Option<usize>,
    },
    /// An environment variable of this name.
    Variable(String),
    /// A credential that systemd handed to the service under this name.
    Credential(String),
    /// Nobody wrote it.
    Default,
}

/// Whether the program can start all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It cannot.
    Mistake,
    /// It can, and somebody should look at it.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// Whether the program can start all the same.
    pub weight: Weight,
    /// Where.
    pub origin: Origin,
    /// The whole key, such as `weixin.timeout_secs`; empty where no single key is meant.
    pub key: String,
    /// What is wrong.
    pub wrong: String,
    /// What to write instead.
    pub instead: String,
}

/// A value as it is in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The whole key.
    pub key: &'static str,
    /// As a person reads it; none where it is not set.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Why a value cannot be taken: a [`Mistake`] that does not know yet where it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    pub(super) wrong: String,
    pub(super) instead: String,
}

impl Wrong {
    pub(super) fn new(wrong: impl Into<String>, instead: impl Into<String>) -> Self {
        Self {
            wrong: wrong.into(),
            instead: instead.into(),
        }
    }

    pub(super) fn at(self, origin: Origin, key: &str) -> Mistake {
        Mistake {
            weight: Weight::Mistake,
            origin,
            key: key.to_owned(),
            wrong: self.wrong,
            instead: self.instead,
        }
    }

    pub(super) fn warning_at(self, origin: Origin, key: &str) -> Mistake {
        Mistake {
            weight: Weight::Warning,
            ..self.at(origin, key)
        }
    }
}

impl Origin {
    /// The line in the file, from 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::File { line, .. } => *line,
            Self::Variable(_) | Self::Credential(_) | Self::Default => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File {
                path,
                line: Some(line),
            } => write!(f, "{}:{line}", path.display()),
            Self::File { path, line: None } => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Credential(name) => write!(f, "credential {name}"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        if self.weight == Weight::Warning {
            f.write_str("warning: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; {}", self.wrong, self.instead)
    }
}
