//! The first start on the screen, walked by its keys against a stand-in for Weixin; and what it keeps.

use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use coupon_kiosk::camera::Source;
use coupon_kiosk::camera::pictures::{self, Phones};
use coupon_kiosk::cli::first_start::SettingUp;
use coupon_kiosk::config::{self, Environment, TokenSource};
use coupon_kiosk::office::CameraLine;
use coupon_kiosk::office::first_start::{NotProvided, Tested};
use coupon_kiosk::ui::drawn;
use coupon_kiosk::ui::first_start::FirstStart;
use coupon_kiosk::wording::{Language, Wording};
use coupon_kiosk::worker::Worker;
use eframe::App as _;
use eframe::egui::{Event, RawInput};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tokio::sync::watch;

use crate::platform::{Odd, Platform};
use crate::provision::HeadOffice;
use crate::support::{APP_SECRET, phone_with, program};
use crate::window::enter;
use crate::window::layout::{look_over, must_be_without};

const SOON: Duration = Duration::from_mins(1);

struct First {
    harness: Harness<'static, FirstStart>,
    seen: watch::Receiver<Tested>,
    wording: Wording,
    /// Whoever holds phones up before the camera that was opened.
    hands: Receiver<Phones>,
    _worker: Worker,
}

impl First {
    fn new(folder: &std::path::Path, environment: Environment) -> Self {
        Self::sized(folder, environment, [1024.0, 600.0])
    }

    fn sized(folder: &std::path::Path, environment: Environment, size: [f32; 2]) -> Self {
        let journal = folder.join("coupon-kiosk/journal.sqlite");
        let (opened, hands) = sync_channel(8);
        let lens = move |_demand| {
            let (phones, pictures) = pictures::pair();
            opened.send(phones).unwrap();
            Source::Pictures(pictures)
        };
        let SettingUp {
            mut parts,
            seen,
            worker,
        } = SettingUp::begin(&journal, environment, lens).unwrap();
        // Whatever is plugged into this machine.
        let names = [
            "HD Pro Webcam C920",
            "USB 2.0 Camera: USB Camera (0bda:58f4)",
        ];
        let cameras = names.map(|name| CameraLine {
            name: name.to_owned(),
            id: name.to_owned(),
            is_free: true,
        });
        parts.cameras = watch::channel(cameras.into()).1;
        let harness = Harness::builder()
            .with_size(size)
            .build_eframe(|created| FirstStart::new(&created.egui_ctx, parts));
        Self {
            harness,
            seen,
            wording: Wording::new(Language::Zh),
            hands,
            _worker: worker,
        }
    }

    fn touch(&mut self, key: &str) {
        let label = self.wording.say(key);
        self.harness.get_by_label(&label).click();
        self.harness.run_steps(3);
    }

    /// By a keyboard that is plugged in.
    fn type_in(&mut self, text: &str) {
        let mut input = RawInput {
            events: vec![Event::Text(text.to_owned())],
            ..RawInput::default()
        };
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().raw_input_hook(&ctx, &mut input);
        self.harness.run_steps(2);
    }

    fn wait(&mut self, is_there: impl FnMut(&Tested) -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let seen = &mut self.seen;
        let waited = runtime.block_on(async {
            let wait = seen.wait_for(is_there);
            let waited = tokio::time::timeout(Duration::from_mins(1), wait).await;
            waited.map(|tested| drop(tested.unwrap()))
        });
        assert!(waited.is_ok(), "{:?}", self.seen.borrow());
        self.harness.run_steps(3);
    }

    /// Chinese, a store, and the account with this appid.
    fn fill_in(&mut self, appid: &str) {
        self.go_to_appid(appid);
        self.touch("staff-next");
        self.type_in("s3cret-of-the-account");
        self.touch("staff-next");
    }

    /// Chinese, and the page for head office's code: whoever holds phones up there.
    fn go_to_code(&mut self) -> Phones {
        self.harness.get_by_label("中文").click();
        self.harness.run_steps(3);
        self.touch("first-how-code");
        self.hands.recv_timeout(SOON).unwrap()
    }

    fn go_to_appid(&mut self, appid: &str) {
        self.harness.get_by_label("中文").click();
        self.harness.run_steps(3);
        self.touch("first-how-hand");
        self.type_in("角落店");
        self.touch("staff-next");
        self.must_see(&self.wording.say("first-camera.do"));
        self.touch("first-camera-again");
        self.touch("first-camera-any");
        self.touch("first-way-account");
        self.type_in(appid);
    }

    fn must_see(&self, words: &str) {
        let mut found = self.harness.query_all_by_value(words);
        assert!(found.next().is_some(), "{words} is not seen");
    }
}

/// The environment of a person without a configuration, whose Weixin is the stand-in.
fn environment(folder: &std::path::Path, platform: &Platform) -> Environment {
    Environment::of([
        ("XDG_STATE_HOME", folder.display().to_string()),
        ("XDG_CONFIG_HOME", folder.join("none").display().to_string()),
        (
            "COUPON_KIOSK__WEIXIN__BASE_URL",
            format!("http://{}", platform.address()),
        ),
    ])
}

#[test]
fn every_page_of_a_first_start_can_be_read_and_hit() {
    let platform = Platform::with(&[]);
    let mut found = Vec::new();
    for language in Language::ALL {
        for size in [[1024.0, 600.0], [1920.0, 1080.0], [1080.0, 1920.0]] {
            let folder = tempfile::tempdir().unwrap();
            let environment = environment(folder.path(), &platform);
            let mut first = First::sized(folder.path(), environment, size);
            first.wording = Wording::new(language);
            drawn::keep(&first.harness.ctx);
            let mut look = |first: &mut First, page: &str| {
                let what = format!("{language:?} {size:?} {page}");
                look_over(&mut first.harness, &what, &mut found);
            };
            look(&mut first, "language");
            let label = Wording::new(language.other()).say("language-other");
            first.harness.get_by_label(&label).click();
            first.harness.run_steps(3);
            look(&mut first, "how");
            first.touch("first-how-code");
            look(&mut first, "scan");
            first.touch("day-close");
            first.touch("first-how-hand");
            look(&mut first, "store");
            first.touch("staff-next");
            look(&mut first, "camera");
            first.touch("first-camera-any");
            look(&mut first, "way");
            first.touch("first-way-account");
            for page in ["appid", "secret"] {
                first.harness.get_by_label("abc").click();
                first.harness.run_steps(3);
                first.type_in("wx0123456789abcdef");
                look(&mut first, page);
                first.touch("staff-next");
            }
            look(&mut first, "test");
            first.touch("first-try");
            first.wait(|tested| *tested == Tested::Works);
            look(&mut first, "works");
        }
    }
    must_be_without(&found);
}

#[test]
fn a_secret_is_seen_as_dots_and_its_last_character() {
    let platform = Platform::with(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    first.go_to_appid("wx0123456789abcdef");
    first.must_see("wx0123456789abcdef");
    first.touch("staff-next");
    first.type_in("s3cret");
    first.must_see("\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}t");
}

#[test]
fn a_first_start_tries_the_way_to_weixin_and_keeps_what_the_next_start_reads() {
    let platform = Platform::with(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    first.fill_in("wx0123456789abcdef");
    first.touch("first-try");
    first.wait(|tested| *tested == Tested::Works);
    first.must_see(&first.wording.say("first-works"));
    assert!(
        !folder.path().join("coupon-kiosk").exists(),
        "kept before it was begun"
    );
    first.touch("first-begin");
    first.wait(|tested| *tested == Tested::Begun);

    let loaded = config::load(None, &environment(folder.path(), &platform));
    let config = loaded
        .config
        .unwrap_or_else(|| panic!("{:?}", loaded.mistakes));
    assert_eq!(config.store.name.as_deref(), Some("角落店"));
    assert_eq!(
        config.journal,
        folder.path().join("coupon-kiosk/journal.sqlite")
    );
    let TokenSource::StableToken { appid, secret_file } = config.weixin.token else {
        panic!("another source");
    };
    assert_eq!(appid, "wx0123456789abcdef");
    let mode = std::fs::metadata(&secret_file)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        std::fs::read_to_string(&secret_file).unwrap(),
        "s3cret-of-the-account\n"
    );
    let settings = folder.path().join("coupon-kiosk/settings.toml");
    assert!(
        !std::fs::read_to_string(settings)
            .unwrap()
            .contains("s3cret")
    );
    // The commands read it too.
    let checked = program()
        .env("XDG_STATE_HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path().join("none"))
        .args(["check", "--json"])
        .output()
        .unwrap();
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
}

#[test]
fn head_office_s_code_before_the_camera_sets_the_kiosk_up_with_its_secret() {
    let platform = Platform::with(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut office = HeadOffice::near(&["front"]);
    let code = office.code();
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    let phones = first.go_to_code();
    // A customer's coupon is none.
    phones.hold_up(vec![phone_with("409632457895")]);
    first.wait(|tested| *tested == Tested::NotProvided(NotProvided::Foreign));
    first.must_see(&first.wording.say("first-foreign"));
    phones.hold_up(vec![phone_with(&code)]);
    first.wait(|tested| matches!(tested, Tested::Provided(_)));
    assert_eq!(office.next()["event"], "claimed");
    let values = [
        ("from", "127.0.0.1".into()),
        ("desk", "front".into()),
        ("version", "4".into()),
    ];
    first.must_see(&first.wording.say_with("first-provided", &values));
    first.touch("first-try");
    first.wait(|tested| *tested == Tested::Works);
    let kept = folder.path().join("coupon-kiosk");
    assert!(!kept.exists(), "kept before it was begun");
    first.touch("first-begin");
    first.wait(|tested| *tested == Tested::Begun);
    assert_eq!(office.next()["event"], "kept");
    assert_eq!(office.end(), 0);

    let loaded = config::load(None, &environment(folder.path(), &platform));
    let config = loaded
        .config
        .unwrap_or_else(|| panic!("{:?}", loaded.mistakes));
    assert_eq!(config.store.name.as_deref(), Some("Nanjing Road"));
    assert_eq!(config.store.desk.as_deref(), Some("front"));
    let TokenSource::StableToken { secret_file, .. } = config.weixin.token else {
        panic!("another source");
    };
    let secret = std::fs::read_to_string(secret_file).unwrap();
    assert_eq!(secret.trim(), APP_SECRET);
}

#[test]
fn a_usb_scanner_reads_head_office_s_code_where_there_is_no_camera() {
    let platform = Platform::with(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut office = HeadOffice::near(&["front"]);
    let code = office.code();
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    first.go_to_code();
    let mut typed: Vec<Event> = code.chars().map(|one| Event::Text(one.into())).collect();
    typed.extend([enter(true), enter(false)]);
    let mut input = RawInput {
        events: typed,
        ..RawInput::default()
    };
    let ctx = first.harness.ctx.clone();
    first.harness.state_mut().raw_input_hook(&ctx, &mut input);
    first.wait(|tested| matches!(tested, Tested::Provided(_)));
    assert_eq!(office.next()["event"], "claimed");
}

#[test]
fn a_code_that_is_spent_is_told_and_the_kiosk_can_still_be_set_up_by_hand() {
    let platform = Platform::with(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut office = HeadOffice::near(&["front", "back"]);
    let code = office.code();
    let taken = tempfile::tempdir().unwrap();
    let another = program()
        .env("XDG_STATE_HOME", taken.path())
        .env("XDG_CONFIG_HOME", taken.path())
        .args(["fleet", "enrol", &code])
        .output()
        .unwrap();
    assert_eq!(another.status.code(), Some(0), "{another:?}");
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    let phones = first.go_to_code();
    phones.hold_up(vec![phone_with(&code)]);
    first.wait(|tested| *tested == Tested::NotProvided(NotProvided::Spent));
    first.must_see(&first.wording.say("first-spent"));
    first.touch("day-close");
    first.touch("day-close");
    first.fill_in("wx0123456789abcdef");
    first.touch("first-try");
    first.wait(|tested| *tested == Tested::Works);
}

#[test]
fn a_file_that_says_nothing_of_weixin_leaves_the_kiosk_to_be_set_up_and_holds_beside_what_was() {
    let platform = Platform::with(&[]);
    let folder = tempfile::tempdir().unwrap();
    let of_it = folder.path().join("none/coupon-kiosk");
    std::fs::create_dir_all(&of_it).unwrap();
    let of_package = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/kiosk.toml");
    std::fs::copy(of_package, of_it.join("kiosk.toml")).unwrap();
    let environment = || environment(folder.path(), &platform);
    assert!(config::load(None, &environment()).is_unset);
    let mut first = First::new(folder.path(), environment());
    first.fill_in("wx0123456789abcdef");
    first.touch("first-try");
    first.wait(|tested| *tested == Tested::Works);
    first.touch("first-begin");
    first.wait(|tested| *tested == Tested::Begun);
    let loaded = config::load(None, &environment());
    assert!(!loaded.is_unset);
    assert_eq!(loaded.config.unwrap().store.name.as_deref(), Some("角落店"));
    // What IT writes later has the last word, and a way of its own is not mixed with the one that was typed.
    std::fs::write(
        of_it.join("kiosk.toml"),
        "[store]\nname = \"Nanjing Road\"\n",
    )
    .unwrap();
    let loaded = config::load(None, &environment());
    assert_eq!(
        loaded.config.unwrap().store.name.as_deref(),
        Some("Nanjing Road")
    );
    let own = "[weixin.token]\nsource = \"stable_token\"\nappid = \"wx0123456789abcdef\"\n";
    std::fs::write(of_it.join("kiosk.toml"), own).unwrap();
    let loaded = config::load(None, &environment());
    assert!(loaded.config.is_none() && !loaded.is_unset);
    // A mistake in it is told, and not passed over for a first start.
    std::fs::write(of_it.join("kiosk.toml"), "[store\n").unwrap();
    assert!(!config::load(None, &environment()).is_unset);
}

#[test]
fn a_test_that_fails_is_told_to_somebody_who_has_scanned_nothing() {
    let platform = Platform::with(&[]);
    platform.answer_oddly(
        "/cgi-bin/stable_token",
        Odd::Body(br#"{"errcode":40125,"errmsg":"invalid appsecret"}"#.to_vec()),
    );
    let folder = tempfile::tempdir().unwrap();
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    first.fill_in("wx0123456789abcdef");
    first.touch("first-try");
    first.wait(|tested| matches!(tested, Tested::Trouble(..)));
    let values = [("happened", first.wording.say("why-credentials").into())];
    first.must_see(&first.wording.say_with("first-trouble", &values));
}

#[test]
fn what_can_mean_nothing_is_not_begun_with() {
    let platform = Platform::with(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    // The AppSecret in the place of the AppID.
    first.fill_in("0123456789abcdef0123456789abcdef");
    first.touch("first-try");
    first.wait(|tested| *tested == Tested::Wrong);
    first.must_see(&first.wording.say("first-wrong"));
    first.touch("first-begin");
    assert!(!folder.path().join("coupon-kiosk").exists());
}

#[test]
fn the_doctor_looks_at_the_desk_that_was_typed_before_it_is_kept() {
    let platform = Platform::with(&[]);
    let refusal = r#"{"errcode":40164,"errmsg":"invalid ip 203.0.113.7, not in whitelist"}"#;
    platform.answer_oddly(
        "/cgi-bin/stable_token",
        Odd::Body(refusal.as_bytes().to_vec()),
    );
    let folder = tempfile::tempdir().unwrap();
    let mut first = First::new(folder.path(), environment(folder.path(), &platform));
    first.fill_in("wx0123456789abcdef");
    first.touch("service-doctor");
    first.wait(|tested| matches!(tested, Tested::Examined(found) if found.summary.is_some()));
    // What IT has to add to the account's list stands on the first page.
    let facts = [("address", "203.0.113.7".into())];
    first.must_see(&first.wording.say_with("doctor-token-address", &facts));
    first.must_see(&first.wording.say_with("doctor-token-address.do", &facts));
    first.touch("day-close");
    first.must_see(&first.wording.say("first-test"));
    assert!(!folder.path().join("coupon-kiosk").exists(), "it was kept");
}

#[test]
fn run_without_configuration_and_display_says_so_and_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let told = program()
        .env("XDG_STATE_HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .args(["run", "--lang", "en"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert_eq!(told.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("there is no configuration"), "{stderr}");
}
