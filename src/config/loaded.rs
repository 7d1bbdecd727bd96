//! What loading the configuration comes to.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::mistake::{Mistake, Origin, Setting, Wrong};
use super::{Config, Fleet, Retention, WayOut};

/// Where this desk's records are, and how they are read.
#[derive(Clone, Debug)]
pub struct Books {
    /// The journal's file.
    pub journal: PathBuf,
    /// How long it keeps what is done.
    pub retention: Retention,
    /// What history is shown in.
    pub time_zone: TimeZone,
}

impl Books {
    /// Whether a key says something of them; a mistake without a key concerns everything.
    pub(super) fn is_of(key: &str) -> bool {
        key.is_empty() || key.starts_with("journal.") || key == "store.time_zone"
    }
}

/// All that loading found out.
#[derive(Debug)]
pub struct Loaded {
    /// The file that was read, or should have been.
    pub path: Option<PathBuf>,
    /// What the journal's readers need of it, which the way to Weixin is no part of: none where a mistake concerns that.
    pub books: Option<Books>,
    /// What it all means; none where there is a mistake that is more than a warning.
    pub config: Option<Config>,
    /// In the order of the file, then the variables.
    pub mistakes: Vec<Mistake>,
    /// Each key with what is in force, in the order of the sections; keys with a mistake are not among them.
    pub settings: Vec<Setting>,
    /// Whose signed bundles are taken, where any are; known before the rest holds.
    pub fleet: Option<Fleet>,
    /// How head office is reached, which is known before the rest holds too.
    pub way_out: WayOut,
    /// Nobody has said yet how Weixin is reached, and nobody has named a file that should: a first start asks for it.
    pub is_unset: bool,
}

impl Loaded {
    /// The file cannot be read.
    pub(super) fn unreadable(path: PathBuf, wrong: Wrong) -> Self {
        let origin = Origin::File {
            path: path.clone(),
            line: None,
        };
        Self {
            path: Some(path),
            books: None,
            config: None,
            mistakes: vec![wrong.at(origin, "")],
            settings: Vec::new(),
            fleet: None,
            way_out: WayOut::default(),
            is_unset: false,
        }
    }

    /// There is neither a file nor a variable.
    pub(super) fn nowhere(usual: &[PathBuf]) -> Self {
        let looked: Vec<String> = usual
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let wrong = Wrong::new(
            "there is no configuration",
            format!(
                "write {}, or name a file with --config",
                looked.join(" or ")
            ),
        );
        Self {
            path: None,
            books: None,
            config: None,
            mistakes: vec![wrong.at(Origin::Default, "")],
            settings: Vec::new(),
            fleet: None,
            way_out: WayOut::default(),
            is_unset: true,
        }
    }
}
