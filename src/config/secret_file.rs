//! Files that hold a secret: looked at from outside only; what is in them is read by whoever needs it.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::mistake::{Origin, Wrong};
use super::reader::Reader;

/// The secret's file that a key names, or the credential of that name that systemd hands to its service.
///
/// `secret_file` is the credential `secret`, `bearer_file` is `bearer`, `token_file` is `token`: a unit with
/// `LoadCredential=secret:/path/of/the/file` needs no line in the configuration.
pub(super) fn optional(
    reader: &mut Reader,
    key: &'static str,
    environment: &Environment,
) -> Option<PathBuf> {
    let credentials = environment.folder("CREDENTIALS_DIRECTORY");
    if !reader.is_written(key) {
        let name = key.rsplit('.').next()?.trim_end_matches("_file");
        let path = credentials
            .map(|folder| folder.join(name))
            .filter(|path| path.is_file());
        let origin = match &path {
            Some(_) => Origin::Credential(name.to_owned()),
            None => Origin::Default,
        };
        reader.note(
            key,
            path.as_ref().map(|path| path.display().to_string()),
            origin,
        );
        return path;
    }
    let (raw, _) = reader.written.value(key).cloned()?;
    let meant = reader.path(key, &raw);
    let path = reader.optional(key, |_| {
        let path = meant?;
        check_readable(&path)?;
        Ok(path)
    })?;
    // systemd guards its credentials by other means than the mode, which may look open.
    let is_credential = credentials.is_some_and(|folder| path.starts_with(folder));
    if !is_credential && let Some(wrong) = open_to_others(&path) {
        reader.warn(key, wrong);
    }
    Some(path)
}

/// The path is not repeated: somebody may have written the secret itself in its place.
fn check_readable(path: &Path) -> Result<(), Wrong> {
    // Whatever is no plain file, such as a pipe, gives its bytes once, and not to this look.
    let is_empty = fs::metadata(path).and_then(|facts| {
        if facts.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        if facts.is_file() {
            File::open(path)?;
        }
        Ok(facts.is_file() && facts.len() == 0)
    });
    match is_empty {
        Ok(false) => Ok(()),
        Ok(true) => Err(Wrong::new(
            "the file named here is empty",
            "put the secret into it, on one line",
        )),
        Err(error) => Err(Wrong::new(
            format!("the file named here cannot be read: {}", cause(&error)),
            "name a file that holds the secret and that the kiosk's user may read (never the secret itself)",
        )),
    }
}

fn open_to_others(path: &Path) -> Option<Wrong> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        Wrong::new(
            format!(
                "others than its owner may use this file (mode {:03o})",
                mode & 0o777
            ),
            format!("chmod 600 {}", path.display()),
        )
    })
}

/// An input or output error in few words.
pub(super) fn cause(error: &io::Error) -> String {
    let words = [
        (ErrorKind::NotFound, "it does not exist"),
        (ErrorKind::PermissionDenied, "this user may not"),
        (ErrorKind::IsADirectory, "it is a folder"),
    ];
    let known = words.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or_else(
        || error.kind().to_string(),
        |(_, words)| (*words).to_owned(),
    )
}
