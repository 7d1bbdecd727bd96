//! The configuration, in two stages: what was written, then what it means.
//!
//! `written` reads the file, keeps the line of every key and lays the variables `COUPON_KIOSK__SECTION__KEY` over it;
//! `bundle` lays what head office has signed for many desks under both.
//! `meaning` asks for each key by name, checks it and makes typed values of it, with the defaults, each of which
//! stands there once. Every mistake on the way is kept, not only the first: whoever sets up a kiosk wants one list.
//!
//! A secret is never part of the configuration: it names files. They are looked at here (are they there, may others
//! read them) and opened elsewhere.

mod address;
mod bundle;
mod environment;
mod keys;
mod language;
mod loaded;
mod meaning;
mod mistake;
mod network;
mod online;
mod place;
mod reader;
mod retention;
mod secret_file;
mod settings;
mod token;
mod values;
mod witness;
mod written;

use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::card::CardId;
use crate::payload::PaymentCodes;
use crate::screen::Shade;
use crate::wording::Language;

use mistake::Wrong;
use place::Place;
use reader::Reader;
use written::Written;

pub use address::HttpUrl;
pub use bundle::{Fleet, FleetKey, Kept, Offered, Refused, keep_bundle};
pub use environment::Environment;
pub use keys::names_a_secrets_file;
pub use language::{language, volume};
pub use loaded::{Books, Loaded};
pub use mistake::{Mistake, Origin, Setting, Weight};
pub use network::Network;
pub use online::{HandOff, Online};
pub use place::default_journal;
pub use retention::{KEEP_DAYS, Retention};
pub use settings::{
    begin, chosen_camera, keep, remember_camera, remember_language, remember_volume, settings,
};
pub use values::Symbology;
pub use witness::Witness;

/// What was written, as it is meant.
#[derive(Clone, Debug)]
pub struct Config {
    /// The card API.
    pub weixin: Weixin,
    /// The cards that this store deals with.
    pub cards: Cards,
    /// Where the kiosk stands.
    pub store: Store,
    /// The lens.
    pub camera: Camera,
    /// The journal's file; its head, its lock and `settings.toml` stand beside it.
    pub journal: PathBuf,
    /// How long the journal keeps what is done.
    pub retention: Retention,
    /// The window.
    pub ui: Ui,
    /// What is read and taken.
    pub scan: Scan,
    /// The online half, where it is served from here.
    pub online: Option<Online>,
    /// Where this desk's customers hand their coupons over, where they can.
    pub hand_off: Option<HandOff>,
    /// Where Weixin's events come from.
    pub witness: Witness,
    /// The numbers for IT.
    pub health: Health,
    /// Where a running kiosk's log goes.
    pub log: Log,
}

/// `[weixin]`.
#[derive(Clone, Debug)]
pub struct Weixin {
    /// Paths such as `/card/code/get` are put behind its [`HttpUrl::as_base`].
    pub base_url: HttpUrl,
    /// How long a screen waits for an answer.
    pub timeout: Duration,
    /// How long an exchange is awaited behind the screen, and the least age of a consume that "NORMAL" can disprove.
    pub doubt: Duration,
    /// How it is reached.
    pub way_out: WayOut,
    /// Where access tokens come from.
    pub token: TokenSource,
}

/// How a shop reaches anything outside: Weixin, head office, the online half.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct WayOut {
    /// The only proxy that is ever used.
    pub proxy: Option<HttpUrl>,
    /// A PEM file of further certificate authorities.
    pub ca_file: Option<PathBuf>,
}

/// `[weixin.token]`: who hands out access tokens. It holds names of files, no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenSource {
    /// Weixin's `/cgi-bin/stable_token`, asked with the account's own secret.
    StableToken {
        /// The account.
        appid: String,
        /// Holds the AppSecret.
        secret_file: PathBuf,
    },
    /// A token service of the merchant.
    Url {
        /// Asked with GET.
        url: HttpUrl,
        /// Holds what is sent as `Authorization: Bearer`.
        bearer_file: Option<PathBuf>,
    },
    /// A token that somebody else keeps fresh in a file.
    Static {
        /// Holds the access token.
        token_file: PathBuf,
    },
}

/// `[cards]`.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Cards {
    /// Tried in this order for a code that needs a `card_id` and came without one.
    pub custom_code: Vec<CardId>,
    /// The only cards that are taken here; empty: all.
    pub honoured: Vec<CardId>,
}

/// `[store]`.
#[derive(Clone, PartialEq, Debug)]
pub struct Store {
    /// As people call it.
    pub name: Option<String>,
    /// As the merchant's systems call it.
    pub id: Option<String>,
    /// This kiosk among those of the store; recorded with every attempt.
    pub desk: Option<String>,
    /// What history is shown in.
    pub time_zone: TimeZone,
}

/// `[camera]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Camera {
    /// Which; the first one that works where none is named.
    pub device: Option<Device>,
    /// Wanted width and height in pixels; the camera's best where none is written.
    pub size: Option<(u32, u32)>,
    /// Show the picture as in a mirror. Codes are read unmirrored all the same.
    pub mirror: bool,
    /// How the lens is turned.
    pub rotate: Rotation,
    /// How much the picture is magnified round the region's middle, in hundredths.
    pub zoom: u32,
    /// The part that is looked at: left, top, width and height in hundredths of the turned picture.
    pub region: [u32; 4],
    /// After so many minutes without motion fewer frames are read, until something moves; 0: never.
    pub sleep_minutes: u32,
}

/// Which camera.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Device {
    /// Its name, a part of it, or its path.
    Name(String),
    /// Its number, from 0.
    Index(u32),
}

/// How far a picture is turned clockwise before anybody sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rotation {
    /// Not at all.
    None,
    /// A quarter.
    By90,
    /// A half.
    By180,
    /// Three quarters.
    By270,
}

/// `[ui]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ui {
    /// What the kiosk speaks, unless the command line or the settings say otherwise: [`language()`].
    pub language: Option<Language>,
    /// The window takes the whole display.
    pub fullscreen: bool,
    /// How bright the window is.
    pub shade: Shade,
    /// How loud the short sound of an outcome is, in percent; 0 is silence. [`volume()`] asks the settings first.
    pub sound: u8,
    /// Idle for so long, a desk with staff locks itself; zero is never.
    pub lock_after: Duration,
}

/// `[scan]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scan {
    /// What becomes of codes from the ranges of payment codes.
    pub payment_codes: PaymentCodes,
    /// What is looked for in a picture; never empty.
    pub symbologies: Vec<Symbology>,
}

/// `[health]`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Health {
    /// The loopback address that the numbers are served on; none: they are not.
    pub listen: Option<SocketAddr>,
}

/// `[log]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Log {
    /// Lines on stderr, which systemd gives to journald.
    Stderr,
    /// journald, with fields that can be searched.
    Journald,
    /// A file of JSON lines that is put aside when it is full.
    File(PathBuf),
}

/// Finds the configuration (`named` is the path of `--config`), reads and checks it.
///
/// Where what is found says nothing of how Weixin is reached, such as the file that the package brings, what a first start has
/// kept lies beneath it. Without any file the variables alone can make a configuration; without these too, `path` is
/// `None` and a mistake names the places that were looked at.
pub fn load(named: Option<&Path>, environment: &Environment) -> Loaded {
    load_with(named, environment, None)
}

/// The same with a bundle that is not kept yet in the place of the one that is.
pub fn load_with(
    named: Option<&Path>,
    environment: &Environment,
    offered: Option<&Offered>,
) -> Loaded {
    let place = place::of_configuration(named, environment);
    let (mut path, mut written, mut mistakes) = match &place {
        Place::Named(path) | Place::Found(path) => match read_limited(path) {
            Ok(text) => {
                let (written, mistakes) = Written::of_file(path, &text);
                (Some(path.clone()), written, mistakes)
            }
            Err(wrong) => return Loaded::unreadable(path.clone(), wrong),
        },
        Place::Nowhere(_) => (None, Written::default(), Vec::new()),
    };
    // A mistake of the file as a whole has no key.
    let is_whole = mistakes.iter().all(|mistake| !mistake.key.is_empty());
    mistakes.extend(written.override_by(environment));
    let is_named = matches!(place, Place::Named(_));
    if !is_named
        && !written.says_the_way()
        && let Some((settings, text)) = settings::of_first_start(environment)
    {
        let (kept, of_kept) = Written::of_file(&settings, &text);
        written.lay_over(kept);
        // Settings may hold what the configuration does not know.
        mistakes.extend(of_kept.into_iter().filter(|mistake| mistake.key.is_empty()));
        path.get_or_insert(settings);
    }
    if let (Place::Nowhere(usual), None) = (&place, &path)
        && environment.overrides().next().is_none()
    {
        return Loaded::nowhere(usual);
    }
    let mut reader = Reader {
        is_whole,
        written,
        mistakes: Vec::new(),
        settings: Vec::new(),
        file: path.clone(),
    };
    let is_unset = is_whole && !is_named && !reader.written.says_the_way();
    let (fleet, of_bundle) = bundle::lay_under(&mut reader, environment, offered);
    mistakes.extend(of_bundle);
    let of_fleet = std::mem::take(&mut reader.settings);
    let (books, way_out, config) = meaning::of(&mut reader, environment);
    reader.settings.extend(of_fleet);
    let mut settings = reader.settings;
    mistakes.extend(reader.mistakes);
    mistakes.sort_by(|a, b| a.origin.cmp(&b.origin));
    settings.retain(|setting| {
        !mistakes
            .iter()
            .any(|m| m.key == setting.key && m.weight == Weight::Mistake)
    });
    let mut wrong = mistakes.iter().filter(|m| m.weight == Weight::Mistake);
    let is_readable = is_whole && !wrong.clone().any(|m| Books::is_of(&m.key));
    let is_sound = wrong.next().is_none();
    Loaded {
        path,
        books: is_readable.then_some(books),
        config: config.filter(|_| is_sound),
        mistakes,
        settings,
        fleet,
        way_out,
        is_unset,
    }
}

/// Far more than any configuration; a path to something endless must not fill the memory.
const LONGEST_FILE: u64 = 1024 * 1024;

fn read_limited(path: &Path) -> Result<String, Wrong> {
    let mut text = String::new();
    let read =
        File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_string(&mut text));
    match read {
        Ok(length) if length as u64 > LONGEST_FILE => Err(Wrong::new(
            "this file is far too long for a configuration",
            "name the right file",
        )),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Wrong::new("this is not UTF-8", "save it as UTF-8"))
        }
        Err(error) => Err(Wrong::new(
            format!("it cannot be read: {}", secret_file::cause(&error)),
            "name a file that the kiosk's user may read, with --config or $COUPON_KIOSK_CONFIG",
        )),
    }
}
