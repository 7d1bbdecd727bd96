//! Stage two: what each key means, its range, and its default, stated here and nowhere else.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};

use crate::payload::PaymentCodes;
use crate::screen::Shade;

use super::address::HttpUrl;
use super::environment::Environment;
use super::mistake::{Origin, Wrong};
use super::reader::{Reader, Shown, choice, flag, integer, text};
use super::values::{
    LOUD, ZOOM, card_ids, check_pem, device, language, loopback, percent, region, rotation, shade,
    symbologies, time_zone,
};
use super::{
    Books, Camera, Cards, Config, Health, Log, Rotation, Scan, Store, Symbology, Ui, WayOut, Weixin,
};
use super::{online, place, retention, token, witness};

/// What everything means together; no configuration where something that has to be written is missing or wrong.
pub(super) fn of(
    reader: &mut Reader,
    environment: &Environment,
) -> (Books, WayOut, Option<Config>) {
    // All of them are asked before the first `None` ends it, so that all their mistakes are told.
    let (way_out, weixin) = weixin(reader, environment);
    let cards = cards(reader);
    let store = store(reader);
    let camera = camera(reader);
    let journal = journal(reader, environment);
    let retention = retention::of(reader, &journal);
    let ui = ui(reader);
    let scan = scan(reader);
    let listen = reader.optional("health.listen", |raw| loopback("health.listen", raw));
    let witness = witness::of(reader, environment);
    let log = log(reader, &journal);
    let appid = weixin.as_ref().and_then(|weixin| weixin.token.appid());
    let online = online::of(reader, environment, appid);
    let hand_off = online::hand_off(reader, environment, &store);
    let books = Books {
        journal: journal.clone(),
        retention: retention.clone(),
        time_zone: store.time_zone.clone(),
    };
    let config = weixin.map(|weixin| Config {
        weixin,
        cards,
        store,
        camera,
        journal,
        retention,
        ui,
        scan,
        online,
        hand_off,
        witness,
        health: Health { listen },
        log,
    });
    (books, way_out, config)
}

fn weixin(reader: &mut Reader, environment: &Environment) -> (WayOut, Option<Weixin>) {
    let official = HttpUrl::base("https://api.weixin.qq.com").ok();
    let base_url = official.map(|official| {
        reader.or("weixin.base_url", official, |raw| {
            HttpUrl::base(&text("weixin.base_url", raw)?)
        })
    });
    let timeout_secs = reader.or("weixin.timeout_secs", 10, |raw| {
        integer("weixin.timeout_secs", raw, &(1..=120))
    });
    let doubt_secs = reader.or("weixin.doubt_secs", 30, |raw| {
        integer("weixin.doubt_secs", raw, &(1..=3600))
    });
    if doubt_secs < timeout_secs {
        let wrong = format!("it is shorter than timeout_secs = {timeout_secs}");
        let instead = "write at least as many seconds: only after them is a late answer given up";
        reader.warn("weixin.doubt_secs", Wrong::new(wrong, instead));
    }
    let proxy = reader.optional("weixin.proxy", |raw| {
        HttpUrl::any(&text("weixin.proxy", raw)?)
    });
    let ca_file = path(reader, "weixin.ca_file", check_pem);
    let way_out = WayOut { proxy, ca_file };
    let token = token::of(reader, environment);
    let weixin = base_url.zip(token).map(|(base_url, token)| Weixin {
        base_url,
        timeout: Duration::from_secs(timeout_secs.into()),
        doubt: Duration::from_secs(doubt_secs.into()),
        way_out: way_out.clone(),
        token,
    });
    (way_out, weixin)
}

fn cards(reader: &mut Reader) -> Cards {
    let default = Cards::default();
    let mut read = |key, default| reader.or(key, default, |raw| card_ids(key, raw));
    Cards {
        custom_code: read("cards.custom_code", default.custom_code),
        honoured: read("cards.honoured", default.honoured),
    }
}

fn store(reader: &mut Reader) -> Store {
    let mut name = |key| reader.optional(key, |raw| text(key, raw));
    let (called, id, desk) = (name("store.name"), name("store.id"), name("store.desk"));
    Store {
        name: called,
        id,
        desk,
        time_zone: reader.or("store.time_zone", Store::default().time_zone, time_zone),
    }
}

fn camera(reader: &mut Reader) -> Camera {
    let device = reader.optional("camera.device", device);
    let mut pixels = |key| reader.optional(key, |raw| integer(key, raw, &(64..=8192)));
    let size = match (pixels("camera.width"), pixels("camera.height")) {
        (Some(width), Some(height)) => Some((width, height)),
        (Some(_), None) if !reader.is_written("camera.height") => {
            let wrong = Wrong::new(
                "there is a width without a height",
                "write height = 720 too",
            );
            reader.wrong("camera.width", wrong);
            None
        }
        (None, Some(_)) if !reader.is_written("camera.width") => {
            let wrong = Wrong::new(
                "there is a height without a width",
                "write width = 1280 too",
            );
            reader.wrong("camera.height", wrong);
            None
        }
        (None | Some(_), None) | (None, Some(_)) => None,
    };
    let default = Camera::default();
    Camera {
        device,
        size,
        mirror: reader.or("camera.mirror", default.mirror, |raw| {
            flag("camera.mirror", raw)
        }),
        rotate: reader.or("camera.rotate", default.rotate, rotation),
        zoom: reader.or("camera.zoom", default.zoom, |raw| {
            integer("camera.zoom", raw, &ZOOM)
        }),
        region: reader.or("camera.region", default.region, region),
        sleep_minutes: reader.or("camera.sleep_minutes", default.sleep_minutes, |raw| {
            integer("camera.sleep_minutes", raw, &(0..=1440))
        }),
    }
}

fn journal(reader: &mut Reader, environment: &Environment) -> PathBuf {
    let written = path(reader, "journal.path", |path| {
        if path.is_dir() {
            let wrong = Wrong::new("this is a folder", "write the path of a file in it");
            return Err(wrong);
        }
        Ok(())
    });
    written.unwrap_or_else(|| {
        let default = place::default_journal(environment);
        if !reader.is_written("journal.path") {
            reader.settings.pop();
            reader.note("journal.path", Some(default.shown()), Origin::Default);
        }
        default
    })
}

fn ui(reader: &mut Reader) -> Ui {
    let default = Ui::default();
    Ui {
        language: reader.optional("ui.language", language),
        fullscreen: reader.or("ui.fullscreen", default.fullscreen, |raw| {
            flag("ui.fullscreen", raw)
        }),
        shade: reader.or("ui.shade", default.shade, shade),
        sound: reader.or("ui.sound", default.sound, |raw| percent("ui.sound", raw)),
        lock_after: lock_after(reader),
    }
}

/// Never, or after half a minute at the soonest: a desk that locks itself under the clerk's hands is not used.
fn lock_after(reader: &mut Reader) -> Duration {
    const KEY: &str = "ui.lock_after_secs";
    let seconds = reader.or(KEY, 0, |raw| match integer(KEY, raw, &(0..=3600))? {
        seconds @ 1..30 => Err(Wrong::new(
            format!("{seconds} seconds are too few to work with"),
            "write 0 for never, or 30 and more",
        )),
        seconds => Ok(seconds),
    });
    Duration::from_secs(seconds.into())
}

fn scan(reader: &mut Reader) -> Scan {
    let default = Scan::default();
    let refused = default.payment_codes == PaymentCodes::Refused;
    let refused = reader.or("scan.refuse_payment_codes", refused, |raw| {
        flag("scan.refuse_payment_codes", raw)
    });
    Scan {
        payment_codes: if refused {
            PaymentCodes::Refused
        } else {
            PaymentCodes::TakenAsCodes
        },
        symbologies: reader.or("scan.symbologies", default.symbologies, symbologies),
    }
}

fn log(reader: &mut Reader, journal: &Path) -> Log {
    const WORDS: [(&str, LogTo); 3] = [
        ("stderr", LogTo::Stderr),
        ("journald", LogTo::Journald),
        ("file", LogTo::File),
    ];
    let to = reader.or("log.to", LogTo::Stderr, |raw| choice("log.to", raw, &WORDS));
    let file = path(reader, "log.file", |_path| Ok(()));
    match to {
        LogTo::Stderr => Log::Stderr,
        LogTo::Journald => Log::Journald,
        LogTo::File => Log::File(file.unwrap_or_else(|| journal.with_file_name("kiosk.log"))),
    }
}

#[derive(Clone, Copy)]
enum LogTo {
    Stderr,
    Journald,
    File,
}

impl Shown for LogTo {
    fn shown(&self) -> String {
        let word = match self {
            Self::Stderr => "stderr",
            Self::Journald => "journald",
            Self::File => "file",
        };
        word.to_owned()
    }
}

pub(super) fn path(
    reader: &mut Reader,
    key: &'static str,
    check: impl FnOnce(&Path) -> Result<(), Wrong>,
) -> Option<PathBuf> {
    let meant = reader
        .written
        .value(key)
        .map(|(raw, _)| reader.path(key, raw));
    reader.optional(key, |_| {
        let path = meant.unwrap_or_else(|| Ok(PathBuf::new()))?;
        check(&path)?;
        Ok(path)
    })
}

impl Default for Store {
    fn default() -> Self {
        Self {
            name: None,
            id: None,
            desk: None,
            time_zone: beijing(),
        }
    }
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            device: None,
            size: None,
            mirror: false,
            rotate: Rotation::None,
            zoom: 100,
            region: [0, 0, 100, 100],
            sleep_minutes: 3,
        }
    }
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            language: None,
            fullscreen: true,
            shade: Shade::Dark,
            sound: LOUD,
            lock_after: Duration::ZERO,
        }
    }
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            payment_codes: PaymentCodes::Refused,
            symbologies: vec![Symbology::Qr, Symbology::Code128],
        }
    }
}

/// The system's database may be missing; Beijing has not changed its clocks since 1991.
fn beijing() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap_or_else(|_missing| TimeZone::fixed(Offset::constant(8)))
}
