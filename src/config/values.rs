//! One value at a time: what the keys of the sections take, and how `check` shows it.

use std::fs::File;
use std::io::Read;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::Path;

use jiff::tz::TimeZone;

use crate::card::CardId;
use crate::screen::Shade;
use crate::wording::Language;

use super::keys;
use super::mistake::Wrong;
use super::reader::{Shown, choice, integer, list, text};
use super::secret_file;
use super::written::Raw;
use super::{Device, Rotation};

pub(super) fn check_pem(path: &Path) -> Result<(), Wrong> {
    /// No bundle of authorities is near as long.
    const LONGEST: u64 = 16 * 1024 * 1024;
    let mut pem = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut pem));
    if let Err(error) = read {
        return Err(Wrong::new(
            format!(
                "{} cannot be read: {}",
                path.display(),
                secret_file::cause(&error)
            ),
            "name a PEM file that the kiosk's user may read",
        ));
    }
    let begin = b"-----BEGIN CERTIFICATE-----";
    if pem.windows(begin.len()).any(|window| window == begin) {
        return Ok(());
    }
    Err(Wrong::new(
        format!("{} holds no certificate", path.display()),
        "name a PEM file, with -----BEGIN CERTIFICATE----- in it",
    ))
}

pub(super) fn card_ids(key: &str, raw: &Raw) -> Result<Vec<CardId>, Wrong> {
    let texts = list(key, raw)?;
    let parsed = texts.iter().enumerate().map(|(at, text)| {
        CardId::parse(text).map_err(|malformed| {
            Wrong::new(
                format!("number {} is no card_id: {malformed}", at + 1),
                "write each as the platform shows it, such as \"pFS7Fjg8kV1IdDz01r4SQwMkuCKc\"",
            )
        })
    });
    parsed.collect()
}

pub(super) fn device(raw: &Raw) -> Result<Device, Wrong> {
    if let Raw::Integer(_) = raw {
        return integer("camera.device", raw, &(0..=255)).map(Device::Index);
    }
    let name = text("camera.device", raw)?;
    Ok(name.parse().map_or(Device::Name(name), Device::Index))
}

/// What `true` means of a volume, in percent: heard over a counter, and no alarm.
pub(super) const LOUD: u8 = 70;

/// A volume: on, off, or how loud.
pub(super) fn percent(key: &str, raw: &Raw) -> Result<u8, Wrong> {
    let percent = match raw {
        Raw::Flag(flag) => return Ok(if *flag { LOUD } else { 0 }),
        Raw::Typed(text) if text == "true" => return Ok(LOUD),
        Raw::Typed(text) if text == "false" => return Ok(0),
        Raw::Typed(text) => text.trim().parse().ok(),
        Raw::Integer(number) => u8::try_from(*number).ok(),
        Raw::Text(_) | Raw::List(_) | Raw::Other(_) => None,
    };
    percent.filter(|percent| *percent <= 100).ok_or_else(|| {
        Wrong::new(
            "it is neither true nor false nor a number from 0 to 100",
            format!("write it like {}", keys::example(key)),
        )
    })
}

/// How much a picture may be magnified, in hundredths.
pub(super) const ZOOM: RangeInclusive<u32> = 100..=800;

pub(super) fn rotation(raw: &Raw) -> Result<Rotation, Wrong> {
    let degrees = integer("camera.rotate", raw, &(0..=u32::MAX)).ok();
    degrees.and_then(rotation_of).ok_or_else(|| {
        Wrong::new(
            "a picture can be turned by quarters only",
            "write 0, 90, 180 or 270",
        )
    })
}

pub(super) fn rotation_of(degrees: u32) -> Option<Rotation> {
    match degrees {
        0 => Some(Rotation::None),
        90 => Some(Rotation::By90),
        180 => Some(Rotation::By180),
        270 => Some(Rotation::By270),
        _ => None,
    }
}

/// Whether it is a part of a picture, in hundredths.
pub(super) fn is_region([x, y, width, height]: [u32; 4]) -> bool {
    width > 0 && height > 0 && x.saturating_add(width) <= 100 && y.saturating_add(height) <= 100
}

/// The numbers are for this machine's own monitoring: they are never shown to the network.
pub(super) fn loopback(key: &str, raw: &Raw) -> Result<SocketAddr, Wrong> {
    let written = text(key, raw)?;
    let address: SocketAddr = written.parse().map_err(|_malformed| {
        Wrong::new(
            "this is no address with a port",
            r#"write it like "127.0.0.1:9464""#,
        )
    })?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(Wrong::new(
        "this is served to this machine itself only",
        format!(
            r#"write "127.0.0.1:{}", and let an agent on this machine ask there"#,
            address.port()
        ),
    ))
}

/// Left, top, width and height in hundredths of the turned picture.
pub(super) fn region(raw: &Raw) -> Result<[u32; 4], Wrong> {
    const KEY: &str = "camera.region";
    let numbers: Vec<u32> = match raw {
        Raw::List(list) => {
            let numbers = list.iter().map(|item| integer(KEY, item, &(0..=100)));
            numbers.collect::<Result<_, _>>()?
        }
        Raw::Typed(json) => serde_json::from_str(json).unwrap_or_default(),
        Raw::Text(_) | Raw::Integer(_) | Raw::Flag(_) | Raw::Other(_) => Vec::new(),
    };
    let region = <[u32; 4]>::try_from(numbers).ok();
    region.filter(|region| is_region(*region)).ok_or_else(|| {
        Wrong::new(
            "this is no part of a picture",
            "write left, top, width and height in hundredths of it, like [25, 0, 50, 100]",
        )
    })
}

pub(super) fn language(raw: &Raw) -> Result<Language, Wrong> {
    let tag = text("ui.language", raw)?;
    Language::parse(&tag)
        .ok_or_else(|| Wrong::new("this language is not spoken here", r#"write "zh" or "en""#))
}

pub(super) fn shade(raw: &Raw) -> Result<Shade, Wrong> {
    choice(
        "ui.shade",
        raw,
        &[("dark", Shade::Dark), ("light", Shade::Light)],
    )
}

/// A kind of code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Symbology {
    /// `qr`
    Qr,
    /// `code128`
    Code128,
    /// `code39`
    Code39,
    /// `code93`
    Code93,
    /// `ean13`
    Ean13,
}

const SYMBOLOGIES: [(&str, Symbology); 5] = [
    ("qr", Symbology::Qr),
    ("code128", Symbology::Code128),
    ("code39", Symbology::Code39),
    ("code93", Symbology::Code93),
    ("ean13", Symbology::Ean13),
];

pub(super) fn symbologies(raw: &Raw) -> Result<Vec<Symbology>, Wrong> {
    const KEY: &str = "scan.symbologies";
    let texts = list(KEY, raw)?;
    if texts.is_empty() {
        let wrong = Wrong::new("nothing would ever be read", r#"write ["qr", "code128"]"#);
        return Err(wrong);
    }
    let words = texts.into_iter().map(Raw::Text);
    words.map(|word| choice(KEY, &word, &SYMBOLOGIES)).collect()
}

pub(super) fn time_zone(raw: &Raw) -> Result<TimeZone, Wrong> {
    let name = text("store.time_zone", raw)?;
    TimeZone::get(&name).map_err(|_unknown| {
        let known = jiff::tz::db().available().map(|known| known.to_string());
        let near = known.min_by_key(|known| strsim::osa_distance(known, &name));
        let is_near = |near: &String| strsim::osa_distance(near, &name) <= near.len() / 3;
        // The zone is named after Shanghai, which nobody guesses who thinks of Beijing time.
        let is_beijing = name.to_ascii_lowercase().contains("beijing");
        let near = if is_beijing {
            Some("Asia/Shanghai".to_owned())
        } else {
            near.filter(is_near)
        };
        let instead = match near {
            Some(near) => format!("did you mean: time_zone = \"{near}\""),
            None => "write it like time_zone = \"Asia/Shanghai\"".to_owned(),
        };
        Wrong::new("there is no such time zone", instead)
    })
}

impl Shown for TimeZone {
    fn shown(&self) -> String {
        self.iana_name().unwrap_or("UTC+08").to_owned()
    }
}

impl Shown for SocketAddr {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for CardId {
    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Shown for Device {
    fn shown(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Index(index) => index.to_string(),
        }
    }
}

impl Shown for u8 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for Rotation {
    fn shown(&self) -> String {
        let degrees = match self {
            Self::None => "0",
            Self::By90 => "90",
            Self::By180 => "180",
            Self::By270 => "270",
        };
        degrees.to_owned()
    }
}

impl Shown for Shade {
    fn shown(&self) -> String {
        let word = match self {
            Self::Dark => "dark",
            Self::Light => "light",
        };
        word.to_owned()
    }
}

impl Shown for [u32; 4] {
    fn shown(&self) -> String {
        format!("{self:?}")
    }
}

impl Shown for Language {
    fn shown(&self) -> String {
        let tag = match self {
            Self::En => "en",
            Self::Zh => "zh",
        };
        tag.to_owned()
    }
}

impl Shown for Symbology {
    fn shown(&self) -> String {
        let known = SYMBOLOGIES.iter().find(|(_, symbology)| symbology == self);
        known.map_or_else(String::new, |(word, _)| (*word).to_owned())
    }
}
