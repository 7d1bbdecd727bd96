//! The demo's stories: recordings and pictures inside the program.

use anyhow::{Context as _, bail};
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;

use super::set_up;
use crate::card::CardId;
use crate::frame::Luma;
use crate::kiosk::Parts;
use crate::kiosk::clock::Clock;
use crate::redemption::Rules;
use crate::scanner::picture;
use crate::weixin::Client;
use crate::weixin::recording::Player;

static STORIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/stories");
static CODES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/codes");

/// In the order in which a demo tells them.
const ORDER: [&str; 17] = [
    "redeemed",
    "already_redeemed",
    "expired",
    "not_yet_valid",
    "gifting",
    "deleted",
    "unknown_code",
    "custom_code",
    "link",
    "hand_off",
    "payment_code",
    "member_card",
    "token_renewed",
    "no_network",
    "answer_lost",
    "lost_for_good",
    "two_phones",
];

/// A recording and the phones that are held up for it.
pub(super) struct Story {
    pub(super) name: String,
    about: About,
    exchanges: Vec<&'static str>,
}

/// `story.json` beside a recording.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// When the recording was made: the demo's clock begins there.
    at: Timestamp,
    /// The phones that are held up, one after the other.
    pictures: Vec<String>,
    /// Held up side by side instead, for the clerk to choose.
    #[serde(default)]
    together: bool,
    #[serde(default)]
    custom_code: Vec<CardId>,
    /// The coupons on a phone that cannot be read: their customer scans the desk's own code.
    #[serde(default)]
    coupons: Vec<Coupon>,
}

/// A coupon of Weixin's own list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coupon {
    pub(super) title: String,
    pub(super) card_id: String,
    pub(super) encrypt_code: String,
}

/// The story whose customer chooses on his own phone.
pub(super) const HAND_OFF: &str = "hand_off";

/// Every story's name, those that the order does not know at the end.
pub(super) fn names() -> Vec<String> {
    let mut names: Vec<String> = STORIES
        .dirs()
        .map(|story| story.path().display().to_string())
        .collect();
    let place = |name: &String| {
        let known = ORDER.iter().position(|known| known == name);
        known.unwrap_or(ORDER.len())
    };
    names.sort_by_key(|name| (place(name), name.clone()));
    names
}

/// Those that need no phone but the one that is held up.
pub(super) fn without_handset() -> Vec<String> {
    let mut names = names();
    names.retain(|name| name != HAND_OFF);
    names
}

impl Story {
    pub(super) fn open(name: &str) -> anyhow::Result<Self> {
        let Some(folder) = STORIES.get_dir(name) else {
            bail!("there is no story {name}: --story list names them");
        };
        let about = folder
            .get_file(format!("{name}/story.json"))
            .and_then(include_dir::File::contents_utf8)
            .context("the story has no story.json")?;
        let mut files: Vec<_> = folder
            .files()
            .filter(|file| !file.path().ends_with("story.json"))
            .collect();
        files.sort_by_key(|file| file.path());
        Ok(Self {
            name: name.to_owned(),
            about: serde_json::from_str(about)?,
            exchanges: files
                .into_iter()
                .filter_map(include_dir::File::contents_utf8)
                .collect(),
        })
    }

    /// The phones that are held up, one after the other.
    pub(super) fn pictures(&self) -> &[String] {
        &self.about.pictures
    }

    /// The same before a lens: which of them are seen at once.
    pub(super) fn views(&self) -> Vec<&[String]> {
        let pictures = self.pictures();
        let at_once = if self.about.together {
            pictures.len()
        } else {
            1
        };
        pictures.chunks(at_once.max(1)).collect()
    }

    /// What is on the phone of a customer who scans the desk's own code.
    pub(super) fn coupons(&self) -> &[Coupon] {
        &self.about.coupons
    }

    /// A clock that begins when the recording was made.
    pub(super) fn clock(&self) -> Clock {
        Clock::recorded(self.about.at)
    }

    /// A kiosk on this recording, with a journal of its own in `folder`.
    pub(super) fn parts(
        &self,
        folder: &Path,
        clock: Clock,
        on_record: impl Fn() + Send + 'static,
    ) -> anyhow::Result<Parts> {
        let rules = Rules {
            timeout: Duration::from_secs(10),
            doubt: Duration::from_secs(30),
            custom_code: self.about.custom_code.clone(),
            honoured: Vec::new(),
            desk: Some("demo".to_owned()),
        };
        let player = Player::new(self.exchanges.iter().copied())?;
        let journal = folder.join("journal.sqlite");
        match set_up::parts_told(rules, Client::recorded(player), &journal, clock, on_record) {
            Ok(parts) => Ok(parts),
            Err(_held) => bail!("the demo's journal is held"),
        }
    }
}

/// What a phone of a story shows.
pub(super) fn picture(name: &str) -> anyhow::Result<Luma> {
    let file = CODES
        .get_file(format!("{name}.png"))
        .with_context(|| format!("no picture {name}"))?;
    Ok(picture::parse(file.contents())?)
}
