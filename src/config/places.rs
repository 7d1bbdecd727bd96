//! Where the configuration and the journal lie.

use std::path::{Path, PathBuf};

fn variable<'a>(environment: &'a [(String, String)], name: &str) -> Option<&'a str> {
    environment
        .iter()
        .find(|(known, value)| known == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

/// The configuration's file, and whether somebody named it.
pub fn file(named: Option<&Path>, environment: &[(String, String)]) -> (Option<PathBuf>, bool) {
    if let Some(named) = named {
        return (Some(named.to_owned()), true);
    }
    if let Some(named) = variable(environment, "COUPON_KIOSK_CONFIG") {
        return (Some(PathBuf::from(named)), true);
    }
    let folder = |base: PathBuf| base.join("coupon-kiosk/kiosk.toml");
    let user = variable(environment, "XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| variable(environment, "HOME").map(|home| PathBuf::from(home).join(".config")));
    let found = user
        .into_iter()
        .chain([PathBuf::from("/etc")])
        .map(folder)
        .find(|path| path.is_file());
    (found, false)
}

/// The journal's default place: the user's state folder, or the system service's (systemd names it in STATE_DIRECTORY).
pub fn journal(environment: &[(String, String)]) -> PathBuf {
    const FILE: &str = "journal.sqlite";
    if let Some(folder) = variable(environment, "STATE_DIRECTORY") {
        return PathBuf::from(folder).join(FILE);
    }
    let user = variable(environment, "XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| {
            variable(environment, "HOME").map(|home| PathBuf::from(home).join(".local/state"))
        });
    match user {
        Some(folder) => folder.join("coupon-kiosk").join(FILE),
        None => PathBuf::from("/var/lib/coupon-kiosk").join(FILE),
    }
}
