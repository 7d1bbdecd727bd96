//! Many desks under one signed configuration: fetches the newest bundle, or takes one from a stick, and keeps the last
//! good one; and hands a new desk its first one, with its secrets.
//!
//! What a bundle means is `config`'s: [`config::Fleet`]. Nothing is kept here that is not signed, not newer, or with
//! which this desk could not start.

mod enrolment;
mod provisioning;

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Response, StatusCode, Url};

use crate::config::{self, Environment, Fleet, HttpUrl, Mistake, Offered, Refused, WayOut, Weight};
use crate::weixin::{self, SetUpFault};

pub use enrolment::{Enrolment, NoEnrolment, unguessable};
pub use provisioning::{Given, Opened, Provisioning, Step, Waiting};

/// How long one file may take to come.
const FETCH: Duration = Duration::from_secs(20);
/// More than any bundle: the configuration's own limit.
const LONGEST: usize = 1024 * 1024;

/// A desk's place for bundles.
#[derive(Debug)]
pub struct Office {
    named: Option<PathBuf>,
    environment: Environment,
    fleet: Fleet,
}

/// What became of an offered bundle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// It is kept, and holds from the next start on.
    New(u64),
    /// It is the one that was kept already.
    Same(u64),
}

/// Why a bundle was not taken. The one before it stays.
#[derive(Debug, thiserror::Error)]
pub enum FleetFault {
    /// It is not signed by whom it has to be, or has no version.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Somebody offers what was valid once.
    #[error("it is version {offered}, and this desk has version {kept}: a bundle never goes back")]
    Older {
        /// What came.
        offered: u64,
        /// What is kept.
        kept: u64,
    },
    /// Two bundles of one number.
    #[error(
        "it differs from the version {0} that this desk has: give every change a version of its own"
    )]
    Twice(u64),
    /// This desk could not start with it.
    #[error("this desk cannot use it:\n{}", lines(.0))]
    Mistakes(Vec<Mistake>),
    /// There is no such file, or it cannot be read.
    #[error("{0}")]
    File(String),
    /// The kept files cannot be written.
    #[error("it cannot be kept: {0}")]
    Keep(#[source] std::io::Error),
    /// Nothing says where bundles are fetched.
    #[error("fleet.source names no address to fetch it from")]
    NoSource,
    /// The HTTP client.
    #[error(transparent)]
    SetUp(#[from] SetUpFault),
    /// Head office does not answer, or with something else.
    #[error("{address}: {why}")]
    OutOfReach {
        /// Without its query.
        address: HttpUrl,
        /// What happened.
        why: String,
    },
}

/// The way to this address of head office's.
fn to(url: &Url, way_out: &WayOut) -> Result<ClientBuilder, SetUpFault> {
    let proxy = way_out.proxy.as_ref();
    let proxy = proxy.map(|proxy| Url::parse(proxy.as_str()));
    let proxy = proxy.transpose().map_err(|_hidden| SetUpFault::Proxy)?;
    weixin::way_out([url], proxy.as_ref(), way_out.ca_file.as_deref())
}

fn lines(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl Office {
    /// The place of the desk whose configuration is found by `named` and `environment`; none where no key is configured.
    pub fn of(named: Option<&Path>, environment: Environment) -> Option<Self> {
        let fleet = config::load(named, &environment).fleet?;
        Some(Self {
            named: named.map(Path::to_owned),
            environment,
            fleet,
        })
    }

    /// Whose bundles are taken.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Takes the bundle at `path`, its signature beside it.
    pub fn carry(&mut self, path: &Path) -> Result<Taken, FleetFault> {
        let offered = Offered::read(path).map_err(FleetFault::File)?;
        self.take(&offered)
    }

    /// Fetches the newest bundle, and takes it.
    pub async fn fetch(&mut self) -> Result<Taken, FleetFault> {
        let source = self.fleet.source.clone().ok_or(FleetFault::NoSource)?;
        let out = |why: String| FleetFault::OutOfReach {
            address: source.clone(),
            why,
        };
        let url = Url::parse(source.as_str()).map_err(|error| out(error.to_string()))?;
        let mut signature = url.clone();
        signature.set_path(&format!("{}.minisig", url.path()));
        let client = self.client(&url)?;
        let offered = Offered {
            text: get(&client, url).await.map_err(out)?,
            signature: get(&client, signature).await.map_err(out)?,
        };
        self.take(&offered)
    }

    fn client(&self, url: &Url) -> Result<Client, FleetFault> {
        // The way out is asked anew each time: a bundle may have brought a proxy.
        let way_out = config::load(self.named.as_deref(), &self.environment).way_out;
        let builder = to(url, &way_out)?;
        Ok(builder.timeout(FETCH).build().map_err(SetUpFault::Client)?)
    }

    fn take(&mut self, offered: &Offered) -> Result<Taken, FleetFault> {
        let version = offered.version(&self.fleet.key)?;
        match &self.fleet.kept {
            Some(kept) if kept.version > version => {
                return Err(FleetFault::Older {
                    offered: version,
                    kept: kept.version,
                });
            }
            Some(kept) if kept.version == version => {
                return if kept.bundle.text == offered.text {
                    Ok(Taken::Same(version))
                } else {
                    Err(FleetFault::Twice(version))
                };
            }
            Some(_) | None => {}
        }
        let loaded = config::load_with(self.named.as_deref(), &self.environment, Some(offered));
        if loaded.config.is_none() {
            let mut mistakes = loaded.mistakes;
            mistakes.retain(|mistake| mistake.weight == Weight::Mistake);
            return Err(FleetFault::Mistakes(mistakes));
        }
        let kept = config::keep_bundle(&self.fleet.folder, offered, version);
        self.fleet.kept = Some(kept.map_err(FleetFault::Keep)?);
        Ok(Taken::New(version))
    }
}

async fn get(client: &Client, url: Url) -> Result<String, String> {
    let answer = client.get(url).send().await.map_err(in_words)?;
    let body = body(answer, LONGEST).await?;
    String::from_utf8(body).map_err(|_not_utf8| "it answers with something else".to_owned())
}

/// The body of a good answer, as long as it is no longer than this.
async fn body(mut answer: Response, longest: usize) -> Result<Vec<u8>, String> {
    if answer.status() != StatusCode::OK {
        return Err(format!("it answers with HTTP {}", answer.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(in_words)? {
        if body.len() + chunk.len() > longest {
            return Err("it answers with far more than was asked for".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The address may hold what is nobody's business.
fn in_words(error: reqwest::Error) -> String {
    error.without_url().to_string()
}
