//! What the environment says, taken once as a value, so that nothing below reads it behind anyone's back.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

/// What the names of overriding variables begin with.
pub(super) const PREFIX: &str = "COUPON_KIOSK__";

/// The other variables that this room looks at. Everything else stays out: an environment may hold strangers' secrets.
const READ: [&str; 9] = [
    "COUPON_KIOSK_CONFIG",
    "CREDENTIALS_DIRECTORY",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "STATE_DIRECTORY",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
];

/// The variables that concern the configuration.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self::of(std::env::vars_os())
    }

    /// An environment of these names and values.
    pub fn of<N: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let named = variables.into_iter().filter_map(|(name, value)| {
            let name = name.into().into_string().ok()?;
            let is_read = READ.contains(&name.as_str()) || name.starts_with(PREFIX);
            is_read.then(|| (name, value.into()))
        });
        Self(named.collect())
    }

    /// A variable's text; an empty one counts as not set, as in most programs that follow XDG or POSIX.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(OsStr::to_str)
    }

    /// A variable that names a file or folder.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.value(name).map(PathBuf::from)
    }

    /// A variable that the XDG rules want to be an absolute folder, and to be ignored otherwise.
    pub(super) fn folder(&self, name: &str) -> Option<PathBuf> {
        self.path(name).filter(|path| path.is_absolute())
    }

    /// The variables that override keys, those set to nothing left out.
    pub(super) fn overrides(&self) -> impl Iterator<Item = (&str, &OsStr)> {
        self.0
            .iter()
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_os_str()))
    }

    fn value(&self, name: &str) -> Option<&OsStr> {
        self.0
            .get(name)
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
