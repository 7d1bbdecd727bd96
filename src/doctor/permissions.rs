//! Who may read and write what: secrets for their owner only, the journal by the kiosk's user, and the kiosk not as root.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Finding;
use crate::weixin::token::TokenSource;

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Files {
    /// The journal's.
    pub journal: PathBuf,
    /// The folder of systemd's credentials, which are guarded by other means than their modes.
    pub credentials: Option<PathBuf>,
}

/// The first thing that is wrong, or that nothing is.
pub fn examine(token: &TokenSource, files: &Files) -> Finding {
    let secret = match token {
        TokenSource::StableToken { secret_file, .. } => Some(secret_file),
        TokenSource::Url { bearer_file, .. } => bearer_file.as_ref(),
        TokenSource::Static { token_file } => Some(token_file),
        TokenSource::None => None,
    };
    let is_credential = |path: &Path| {
        let folder = files.credentials.as_deref();
        folder.is_some_and(|folder| path.starts_with(folder))
    };
    if let Some(path) = secret.filter(|path| !is_credential(path))
        && let Some(mode) = open_to_others(path)
    {
        return Finding::bad("permissions", "doctor-permissions-secret")
            .with("file", path.display().to_string())
            .with("mode", mode);
    }
    if let Some(mode) = open_to_others(&files.journal) {
        return Finding::watch("permissions", "doctor-permissions-journal")
            .with("file", files.journal.display().to_string())
            .with("mode", mode);
    }
    if nix::unistd::geteuid().is_root() {
        return Finding::watch("permissions", "doctor-permissions-root");
    }
    Finding::good("permissions", "doctor-permissions-good")
}

fn open_to_others(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.mode();
    (mode & 0o077 != 0).then(|| format!("{:03o}", mode & 0o777))
}
