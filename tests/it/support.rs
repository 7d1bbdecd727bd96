//! Runs the program as a person would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use coupon_kiosk::frame::Luma;
use serde_json::Value;
use tempfile::TempDir;

use crate::platform::Platform;

/// Known secrets: none of them may ever be seen.
pub const APP_SECRET: &str = "s3cret-of-the-account-0123456789";

/// A desk: a folder with a configuration, a secret and a journal.
pub struct Desk {
    pub folder: TempDir,
}

/// How the program ended.
pub struct Ended {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(output: &Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The one object on stdout.
    pub fn object(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }
}

pub fn program() -> Command {
    // Figures are taken from an optimized build, where there is one.
    let other = std::env::var_os("COUPON_KIOSK_PROGRAM");
    let own = env!("CARGO_BIN_EXE_coupon-kiosk").into();
    let mut command = Command::new(other.unwrap_or(own));
    command.env_clear().env("LANG", "C.UTF-8");
    command
}

pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path)
}

impl Desk {
    /// A desk whose Weixin is `platform`.
    pub fn of(platform: &Platform) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), format!("{APP_SECRET}\n")).unwrap();
        let desk = Self { folder };
        desk.configure(&format!(
            "[weixin]\nbase_url = \"http://{}\"\ntimeout_secs = 1\ndoubt_secs = 1\n\
             [weixin.token]\nsource = \"stable_token\"\nappid = \"wx0123\"\nsecret_file = \"{}\"\n\
             [store]\ndesk = \"desk 1\"\n[journal]\npath = \"{}\"\n",
            platform.address(),
            desk.path("secret").display(),
            desk.path("state/journal.sqlite").display(),
        ));
        desk
    }

    pub fn configure(&self, text: &str) {
        std::fs::write(self.path("kiosk.toml"), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command
            .args(args)
            .arg("--config")
            .arg(self.path("kiosk.toml"))
            .env("RUST_LOG", "trace");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        Ended::of(&self.command(args).output().unwrap())
    }

    /// The journal's lines.
    pub fn lines(&self) -> Vec<Value> {
        let listed = self.run(&["journal", "list", "--json"]);
        assert_eq!(listed.exit, 0, "{}", listed.stderr);
        listed
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The outcomes of all attempts.
    pub fn attempts(&self) -> Vec<String> {
        let attempts = self
            .lines()
            .into_iter()
            .filter(|line| line["kind"] == "attempt");
        attempts
            .map(|line| line["outcome"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A phone with this code, upright before the lens.
pub fn phone_with(text: &str) -> Luma {
    const MODULE: usize = 6;
    let code = qrcode::QrCode::new(text).unwrap();
    let modules = code.width() + 8;
    let side = modules * MODULE;
    let mut pixels = vec![u8::MAX; side * side];
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = (index % side / MODULE, index / side / MODULE);
        let is_code = (4..modules - 4).contains(&x) && (4..modules - 4).contains(&y);
        if is_code && code[(x - 4, y - 4)] == qrcode::Color::Dark {
            *pixel = 20;
        }
    }
    Luma::new(side, side, pixels).unwrap()
}
