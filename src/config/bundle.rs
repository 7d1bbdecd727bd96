//! Head office's configuration for many desks, signed: a layer beneath what this desk's own file says.
//!
//! ```toml
//! version = 7                      # goes up with every change, never back
//! [all.cards]                      # sections and keys as in the configuration itself
//! honoured = ["pFS7Fjg8kV1IdDz01r4SQwMkuCKc"]
//! [desk.front.camera]              # the same for the desk of this name, laid over [all]
//! rotate = 90
//! ```
//!
//! [minisign](https://jedisct1.github.io/minisign/) signs it: `minisign -Sm bundle.toml` makes `bundle.toml.minisig`.
//! What was taken stands beside the journal as `bundle-7.toml` with its signature, which is looked at at every start. The one
//! before it stays, and holds again where the newest is damaged.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use minisign_verify::{PublicKey, Signature};
use toml::Spanned;
use toml::de::DeTable;

use super::address::HttpUrl;
use super::environment::Environment;
use super::mistake::{Mistake, Origin, Weight, Wrong};
use super::reader::{Reader, Shown, text};
use super::written::{Raw, Written};
use super::{place, read_limited};
use crate::office::first_start::Provision;

const PUBLIC_KEY: &str = "fleet.public_key";
const SOURCE: &str = "fleet.source";
const JOURNAL: &str = "journal.path";
const DESK: &str = "store.desk";

/// What the mistakes of a bundle that is not kept yet are told of.
const BEING_TAKEN: &str = "the bundle";
const AGAIN: &str = "take it again: coupon-kiosk fleet fetch, or coupon-kiosk fleet take FILE";

/// `[fleet]`, and what is needed to take a bundle while the rest does not hold yet.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// Whose signature counts.
    pub key: FleetKey,
    /// Where a newer bundle is fetched; none: it is carried to the desk.
    pub source: Option<HttpUrl>,
    /// Where the taken ones are kept.
    pub folder: PathBuf,
    /// The one that is in force.
    pub kept: Option<Kept>,
}

/// A bundle that was taken, its signature found to be right.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its number.
    pub version: u64,
    /// Its file.
    pub path: PathBuf,
    /// What stands there.
    pub bundle: Offered,
}

/// A minisign public key: the second line of `minisign.pub`.
#[derive(Clone, PartialEq, Eq)]
pub struct FleetKey {
    key: PublicKey,
    text: String,
}

impl fmt::Debug for FleetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for FleetKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let key = PublicKey::from_base64(text.trim()).map_err(|_no_key| ())?;
        let text = text.trim().to_owned();
        Ok(Self { key, text })
    }
}

impl fmt::Display for FleetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Shown for FleetKey {
    fn shown(&self) -> String {
        self.text.clone()
    }
}

/// A bundle and its signature, as they were found; nothing is believed of them yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    /// The bundle.
    pub text: String,
    /// minisign's four lines.
    pub signature: String,
}

/// Why a bundle is not used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// It is not what the holder of the key has signed.
    #[error("it is not signed with the key of fleet.public_key, or it was changed after that")]
    Signature,
    /// It does not begin with its version.
    #[error("it says no `version`, a whole number")]
    Version,
}

impl From<&Provision> for Offered {
    fn from(provision: &Provision) -> Self {
        Self {
            text: provision.bundle.clone(),
            signature: provision.signature.clone(),
        }
    }
}

impl Offered {
    /// The bundle at `path`, and what stands beside it as `.minisig`. The error is a sentence.
    pub fn read(path: &Path) -> Result<Self, String> {
        let read = |path: &Path| {
            read_limited(path).map_err(|wrong| format!("{}: {}", path.display(), wrong.wrong))
        };
        Ok(Self {
            text: read(path)?,
            signature: read(&signature_path(path))?,
        })
    }

    /// Its version, once its signature is found to be right.
    pub fn version(&self, key: &FleetKey) -> Result<u64, Refused> {
        let signature =
            Signature::decode(&self.signature).map_err(|_no_form| Refused::Signature)?;
        key.key
            .verify(self.text.as_bytes(), &signature, false)
            .map_err(|_not_theirs| Refused::Signature)?;
        let (table, _) = DeTable::parse_recoverable(&self.text);
        let version = table.get_ref().get("version").map(Spanned::get_ref);
        let version = version.and_then(|value| value.as_integer());
        let version =
            version.and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        version.ok_or(Refused::Version)
    }
}

/// Where a bundle's signature stands.
fn signature_path(bundle: &Path) -> PathBuf {
    let mut name = bundle.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}

/// Reads `[fleet]` and lays the bundle (the offered one, else the kept one) under what the file and the variables say.
pub(super) fn lay_under(
    reader: &mut Reader,
    environment: &Environment,
    offered: Option<&Offered>,
) -> (Option<Fleet>, Vec<Mistake>) {
    let key = reader.optional(PUBLIC_KEY, key);
    let source = reader.optional(SOURCE, |raw| HttpUrl::guarded(&text(SOURCE, raw)?));
    let Some(key) = key else {
        if source.is_some() && !reader.is_written(PUBLIC_KEY) {
            let wrong = Wrong::new(
                "a bundle is fetched only where it is known who signs it",
                format!("write {} too", super::keys::example(PUBLIC_KEY)),
            );
            reader.wrong(SOURCE, wrong);
        }
        return (None, Vec::new());
    };
    let folder = folder(reader, environment);
    let (kept, mut mistakes) = newest(&folder, &key);
    let (path, text) = match (offered, &kept) {
        (Some(offered), _) => (PathBuf::from(BEING_TAKEN), offered.text.clone()),
        (None, Some(kept)) => (kept.path.clone(), kept.bundle.text.clone()),
        (None, None) => {
            if mistakes.is_empty() {
                let wrong = "no bundle was taken yet, so that only this file holds";
                reader.warn(PUBLIC_KEY, Wrong::new(wrong, AGAIN));
            }
            // A desk that had a bundle must not go on without what it says.
            for mistake in &mut mistakes {
                mistake.weight = Weight::Mistake;
            }
            (PathBuf::new(), String::new())
        }
    };
    let desk = match reader.written.value(DESK) {
        Some((Raw::Text(desk) | Raw::Typed(desk), _)) => Some(desk.clone()),
        Some((Raw::Integer(_) | Raw::Flag(_) | Raw::List(_) | Raw::Other(_), _)) | None => None,
    };
    let (under, of_bundle) = Written::of_bundle(&path, &text, desk.as_deref());
    reader.written.lay_over(under);
    mistakes.extend(of_bundle);
    let fleet = Fleet {
        key,
        source,
        folder,
        kept,
    };
    (Some(fleet), mistakes)
}

/// The newest bundle that is whole, and a warning of each newer one that is not.
fn newest(folder: &Path, key: &FleetKey) -> (Option<Kept>, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    for (version, path) in kept_files(folder) {
        let wrong = match Offered::read(&path) {
            Ok(bundle) => match bundle.version(key) {
                Ok(found) if found == version => {
                    let kept = Kept {
                        version,
                        path,
                        bundle,
                    };
                    return (Some(kept), mistakes);
                }
                Ok(found) => format!("it is version {found} under another number"),
                Err(refused) => refused.to_string(),
            },
            Err(error) => format!("it cannot be read: {error}"),
        };
        let origin = Origin::File { path, line: None };
        mistakes.push(Wrong::new(wrong, AGAIN).warning_at(origin, ""));
    }
    (None, mistakes)
}

/// The newest bundle and the one before it.
const KEPT: usize = 2;

/// Keeps a bundle whose signature was found to be right; the oldest go.
///
/// The signature is written first: cut off in between, there is a signature without a bundle.
pub fn keep_bundle(folder: &Path, bundle: &Offered, version: u64) -> io::Result<Kept> {
    fs::create_dir_all(folder)?;
    let path = kept_file(folder, version);
    for (path, text) in [
        (&signature_path(&path), &bundle.signature),
        (&path, &bundle.text),
    ] {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
    }
    fs::File::open(folder)?.sync_all()?;
    for (_, older) in kept_files(folder).into_iter().skip(KEPT) {
        fs::remove_file(signature_path(&older)).ok();
        fs::remove_file(older).ok();
    }
    Ok(Kept {
        version,
        path,
        bundle: bundle.clone(),
    })
}

/// The bundles that are kept in a folder, the highest number first, whatever they are worth.
fn kept_files(folder: &Path) -> Vec<(u64, PathBuf)> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(u64, PathBuf)> = names
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix("bundle-")?.strip_suffix(".toml")?;
            Some((number.parse().ok()?, entry.path()))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

/// Where a bundle of this number is kept.
fn kept_file(folder: &Path, version: u64) -> PathBuf {
    folder.join(format!("bundle-{version}.toml"))
}

/// Only the desk's own file says where its journal stands and which desk it is: a bundle is found by both.
pub(super) fn is_own(key: &str) -> bool {
    matches!(key, JOURNAL | DESK) || key.starts_with("fleet.")
}

/// The journal's own.
fn folder(reader: &Reader, environment: &Environment) -> PathBuf {
    let written = reader.written.value(JOURNAL);
    let journal = written.and_then(|(raw, _)| reader.path(JOURNAL, raw).ok());
    let journal = journal.unwrap_or_else(|| place::default_journal(environment));
    journal.parent().map(Path::to_owned).unwrap_or_default()
}

fn key(raw: &Raw) -> Result<FleetKey, Wrong> {
    let text = text(PUBLIC_KEY, raw)?;
    text.parse().map_err(|()| {
        Wrong::new(
            "this is no public key of minisign",
            "copy the second line of minisign.pub, which begins with RW",
        )
    })
}
