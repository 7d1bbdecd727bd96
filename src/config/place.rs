//! Where the configuration is looked for and where the journal stands by itself.

use std::path::{Path, PathBuf};

use super::environment::Environment;

/// Where the system's service keeps its journal; packages make this folder.
const SERVICE_STATE: &str = "/var/lib/coupon-kiosk";
const SYSTEM_CONFIG: &str = "/etc/coupon-kiosk/kiosk.toml";
const JOURNAL: &str = "journal.sqlite";
const ONLINE_JOURNAL: &str = "online.sqlite";

/// Who named the configuration file.
pub(super) enum Place {
    /// A person did: it has to be there.
    Named(PathBuf),
    /// The first of the usual places where something is.
    Found(PathBuf),
    /// Nothing in any of these.
    Nowhere(Vec<PathBuf>),
}

/// The file to read: the one of `--config`, of `$COUPON_KIOSK_CONFIG`, the user's, the system's.
pub(super) fn of_configuration(named: Option<&Path>, environment: &Environment) -> Place {
    let named = named
        .map(Path::to_path_buf)
        .or_else(|| environment.path("COUPON_KIOSK_CONFIG"));
    if let Some(path) = named {
        return Place::Named(path);
    }
    let users = environment
        .folder("XDG_CONFIG_HOME")
        .or_else(|| Some(environment.folder("HOME")?.join(".config")))
        .map(|folder| folder.join("coupon-kiosk/kiosk.toml"));
    let usual: Vec<PathBuf> = users.into_iter().chain([SYSTEM_CONFIG.into()]).collect();
    // A file that is there and cannot be read is a mistake to tell, no reason to pass on to the next place.
    match usual.iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Place::Found(path.clone()),
        None => Place::Nowhere(usual),
    }
}

/// The journal's place when the configuration names none.
///
/// systemd tells the service its state folder in `$STATE_DIRECTORY` (`StateDirectory=coupon-kiosk` makes it
/// /var/lib/coupon-kiosk); a person has `$XDG_STATE_HOME` or a home; whoever has none of these is a service too.
pub fn default_journal(environment: &Environment) -> PathBuf {
    let service = environment
        .text("STATE_DIRECTORY")
        .and_then(|folders| folders.split(':').next())
        .map(PathBuf::from);
    let user = || {
        environment
            .folder("XDG_STATE_HOME")
            .or_else(|| Some(environment.folder("HOME")?.join(".local/state")))
            .map(|folder| folder.join("coupon-kiosk"))
    };
    service
        .or_else(user)
        .unwrap_or_else(|| SERVICE_STATE.into())
        .join(JOURNAL)
}

/// The place of the online half's own journal when the configuration names none.
pub(super) fn default_online_journal(environment: &Environment) -> PathBuf {
    default_journal(environment).with_file_name(ONLINE_JOURNAL)
}
