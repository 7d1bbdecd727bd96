//! `./dev` on machines where this or that is missing: what it says, what it installs, what it runs.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};
use tempfile::TempDir;

/// A machine with the tools that every system has, and those that a test adds.
///
/// What the fake tools are called with goes to `calls`, one line each.
struct Machine {
    folder: TempDir,
}

impl Machine {
    /// Without compiler, apt-get, sudo and cargo; a person who is not root.
    fn bare() -> Self {
        let machine = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["bin", "home", "project", "project/assets", "system"] {
            fs::create_dir(machine.path(folder)).unwrap();
        }
        fs::copy(project.join("dev"), machine.path("project/dev")).unwrap();
        let libraries = "assets/libraries.txt";
        fs::copy(
            project.join(libraries),
            machine.path("project").join(libraries),
        )
        .unwrap();
        machine.write("system/etc/ssl/certs/ca-certificates.crt", "");
        machine.write("project/Cargo.toml", "[package]\nrust-version = \"1.95\"\n");
        machine.write("project/Cargo.lock", "[[package]]\nname = \"serde\"\n");
        for tool in ["sh", "cat", "dirname", "env", "grep", "sed"] {
            symlink(real(tool), machine.path("bin").join(tool)).unwrap();
        }
        machine.tool("id", "echo 1000")
    }

    /// One that has it all.
    fn complete() -> Self {
        Self::bare().tool("cc", "cat >/dev/null").cargo("1.95.0")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Adds a tool: a shell script of this body.
    ///
    /// Another process writes it. A file that this one had open for writing could not be run while a test beside
    /// this one is just starting a process, which for a moment has it open too.
    fn tool(self, name: &str, body: &str) -> Self {
        let status = Command::new(real("sh"))
            .args([
                "-c",
                r#"printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod 755 "$1""#,
                "sh",
            ])
            .arg(self.path("bin").join(name))
            .arg(body)
            .status()
            .unwrap();
        assert!(status.success());
        self
    }

    /// Adds a tool that notes how it was called, then does `body`.
    fn noting_tool(self, name: &str, body: &str) -> Self {
        let calls = self.path("calls").display().to_string();
        self.tool(name, &format!("echo \"{name} $*\" >>{calls}\n{body}"))
    }

    fn cargo(self, version: &str) -> Self {
        let answer = format!("[ \"$1\" != --version ] || echo 'cargo {version} (abc 2026-01-01)'");
        self.noting_tool("cargo", &answer)
    }

    /// Adds an apt-get that brings a compiler.
    fn apt_get(self) -> Self {
        let cc = self.path("bin/cc").display().to_string();
        let chmod = real("chmod").display().to_string();
        let install = format!(
            "[ \"$1\" != install ] || {{ printf '#!/bin/sh\\ncat >/dev/null\\n' >{cc}; {chmod} 755 {cc}; }}"
        );
        self.noting_tool("apt-get", &install)
    }

    fn root(self) -> Self {
        self.tool("id", "echo 0")
    }

    /// What `./dev` says and which fake tools it called, and how it ended.
    fn run(&self, arguments: &[&str]) -> String {
        self.run_on("", arguments)
    }

    /// The same on a machine with this `DISPLAY`.
    fn run_on(&self, display: &str, arguments: &[&str]) -> String {
        let output = Command::new(real("sh"))
            .arg(self.path("project/dev"))
            .args(arguments)
            .current_dir(self.path("home"))
            .env_clear()
            .env("PATH", self.path("bin"))
            .env("HOME", self.path("home"))
            .env("DISPLAY", display)
            .env("DEV_SYSTEM_ROOT", self.path("system"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        format!(
            "{}{}{}exit {}\n",
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
            calls.replace("cargo --version\n", ""),
            output.status.code().unwrap_or(-1),
        )
    }

    fn check(&self, arguments: &[&str], expected: &Expect) {
        expected.assert_eq(&self.run(arguments));
    }
}

fn real(tool: &str) -> PathBuf {
    let folders = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(tool));
    folders.into_iter().find(|path| path.exists()).unwrap()
}

#[test]
fn it_can_be_run_as_it_is() {
    for script in ["dev", ".ci/run"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o111,
            0o111,
            "{script}"
        );
    }
}

#[test]
fn nothing_is_installed_where_nothing_is_missing() {
    let machine = Machine::complete().apt_get().noting_tool("sudo", "\"$@\"");
    machine.check(
        &["demo", "--lang", "zh"],
        &expect![[r#"
        cargo run --locked -- demo --lang zh
        exit 0
    "#]],
    );
}

#[test]
fn the_tests_run_with_what_is_locked() {
    Machine::complete().check(
        &["test"],
        &expect![[r#"
        cargo test --locked
        exit 0
    "#]],
    );
}

#[test]
fn a_long_round_of_crashes_is_one_command() {
    let machine = Machine::complete();
    let calls = machine.path("calls").display().to_string();
    let said = format!(
        "[ \"$1\" = --version ] && echo 'cargo 1.95.0' || echo \"$CRASH_KILLS $*\" >>{calls}"
    );
    let machine = machine.tool("cargo", &said);
    machine.check(
        &["crash", "200"],
        &expect![[r#"
        200 test --locked --test it -- crash::killed --nocapture
        exit 0
    "#]],
    );
}

#[test]
fn a_missing_compiler_is_installed_by_root() {
    let machine = Machine::bare().cargo("1.96.1").apt_get().root();
    machine.check(
        &["test"],
        &expect![[r#"
        Installing gcc libc6-dev with apt-get: a C compiler for SQLite, TLS and the linking.
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends gcc libc6-dev
        cargo test --locked
        exit 0
    "#]],
    );
}

#[test]
fn a_missing_compiler_is_installed_with_sudo_by_anybody_else() {
    let machine = Machine::bare().cargo("2.0.0").apt_get();
    let machine = machine.noting_tool("sudo", "shift; \"$@\"");
    machine.check(&["test"], &expect![[r#"
        Installing gcc libc6-dev with sudo apt-get: a C compiler for SQLite, TLS and the linking.
        sudo -n apt-get update -qq
        apt-get update -qq
        sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev
        apt-get install -y -qq --no-install-recommends gcc libc6-dev
        cargo test --locked
        exit 0
    "#]]);
}

#[test]
fn a_compiler_without_the_headers_of_libc_counts_as_missing() {
    let machine = Machine::bare().tool("cc", "exit 1").cargo("1.95.0");
    machine.check(&["test"], &expect![[r#"
        Missing: gcc libc6-dev (a C compiler for SQLite, TLS and the linking). There is no apt-get here, so they cannot be installed by this script. Install them, under whatever names this system gives them, and start again.
        exit 2
    "#]]);
}

#[test]
fn without_apt_get_it_says_what_is_missing() {
    Machine::bare()
        .cargo("1.95.0")
        .check(&["demo"], &expect![[r#"
            Missing: gcc libc6-dev (a C compiler for SQLite, TLS and the linking). There is no apt-get here, so they cannot be installed by this script. Install them, under whatever names this system gives them, and start again.
            exit 2
        "#]]);
}

#[test]
fn without_root_and_sudo_it_says_what_to_do() {
    Machine::bare()
        .cargo("1.95.0")
        .apt_get()
        .check(&["demo"], &expect![[r#"
            Missing: gcc libc6-dev (a C compiler for SQLite, TLS and the linking). This is not root and there is no sudo. Install them yourself: as root, apt-get install gcc libc6-dev
            exit 2
        "#]]);
}

#[test]
fn packages_that_cannot_be_had_are_told() {
    let machine = Machine::bare().cargo("1.95.0").root();
    let machine = machine.noting_tool("apt-get", "exit 100");
    machine.check(&["demo"], &expect![[r#"
        Installing gcc libc6-dev with apt-get: a C compiler for SQLite, TLS and the linking.
        The package lists could not be renewed; trying with those that are there.
        apt-get could not install gcc libc6-dev. Install them yourself: as root, apt-get install gcc libc6-dev
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends gcc libc6-dev
        exit 2
    "#]]);
}

#[test]
fn libclang_is_installed_once_something_needs_it() {
    let machine = Machine::complete().apt_get().root();
    machine.write("project/Cargo.lock", "[[package]]\nname = \"clang-sys\"\n");
    machine.check(
        &["test"],
        &expect![[r#"
        Installing libclang-dev with apt-get: libclang for the camera's bindings.
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends libclang-dev
        cargo test --locked
        exit 0
    "#]],
    );

    let machine = Machine::complete().apt_get().root();
    machine.write("project/Cargo.lock", "[[package]]\nname = \"clang-sys\"\n");
    machine.write("system/usr/lib/llvm-14/lib/libclang-cpp.so.14", "");
    machine.write("system/usr/lib/llvm-14/lib/libclang-14.so.1", "");
    machine.write(
        "system/usr/lib/llvm-14/lib/clang/14.0.6/include/stddef.h",
        "",
    );
    machine.check(
        &["test"],
        &expect![[r#"
        cargo test --locked
        exit 0
    "#]],
    );
}

#[test]
fn a_system_that_trusts_no_authority_gets_certificates() {
    let machine = Machine::complete().apt_get().root();
    fs::remove_file(machine.path("system/etc/ssl/certs/ca-certificates.crt")).unwrap();
    machine.check(
        &["test"],
        &expect![[r#"
        Installing ca-certificates with apt-get: certificates for fetching crates.
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends ca-certificates
        cargo test --locked
        exit 0
    "#]],
    );
}

#[test]
fn with_a_display_the_demo_gets_the_windows_libraries() {
    let machine = Machine::complete().apt_get().root();
    for library in [
        "libX11.so.6",
        "libX11-xcb.so.1",
        "libXcursor.so.1",
        "libXi.so.6",
    ] {
        machine.write(&format!("system/usr/lib/x86_64-linux-gnu/{library}"), "");
    }
    expect![[r#"
        Installing libxkbcommon-x11-0 libgl1 with apt-get: the window's libraries.
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends libxkbcommon-x11-0 libgl1
        cargo run --locked -- demo
        exit 0
    "#]]
    .assert_eq(&machine.run_on(":0", &["demo"]));
}

#[test]
fn without_the_windows_libraries_the_demo_goes_on_all_the_same() {
    expect![[r#"
        Missing: libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 (the window's libraries). There is no apt-get here, so they cannot be installed by this script. Install them, under whatever names this system gives them, and start again.
        cargo run --locked -- demo
        exit 0
    "#]].assert_eq(&Machine::complete().run_on(":0", &["demo"]));
}

#[test]
fn without_cargo_it_says_how_to_get_it() {
    Machine::bare()
        .tool("cc", "cat >/dev/null")
        .check(&["test"], &expect![[r#"
            cargo 1.95 or later is needed, and there is none. Get it from https://rustup.rs: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh
            exit 2
        "#]]);
}

#[test]
fn cargo_is_found_where_rustup_puts_it() {
    let machine = Machine::complete();
    fs::create_dir_all(machine.path("home/.cargo/bin")).unwrap();
    fs::rename(
        machine.path("bin/cargo"),
        machine.path("home/.cargo/bin/cargo"),
    )
    .unwrap();
    machine.check(
        &["test", "name"],
        &expect![[r#"
        cargo test --locked name
        exit 0
    "#]],
    );
}

#[test]
fn an_old_cargo_is_refused() {
    for version in ["1.94.1", "0.99.0", "1.63.0"] {
        let machine = Machine::complete().cargo(version);
        let expected = format!(
            "cargo 1.95 or later is needed, and this is {version}. With rustup: rustup update stable. Without it, get \
             rustup from https://rustup.rs (Debian's own cargo is too old).\nexit 2\n"
        );
        assert_eq!(machine.run(&["test"]), expected);
    }
}

#[test]
fn help_needs_nothing() {
    Machine::bare().check(&["help"], &expect![[r#"
        ./dev demo [--lang zh|en] ...   build, and play a redemption on recorded answers: nothing to set up
        ./dev test [NAME]               all tests, or those whose names hold NAME
        ./dev lint                      format, clippy, documentation, licences and bans of dependencies, the project's own rules
        ./dev bench [NAME]              benchmarks; peers: the scanner beside other decoders
        ./dev crash [KILLS]             kill the program 1000 times at any moment of its work, reconcile, compare the books
        ./dev fuzz [TARGET [SECS]]      hostile inputs for one way in (all, each for 60 s), led by coverage where cargo-fuzz is at hand
        ./dev simulate [N]              N seeds of the simulation (20,000); SEED=n tells the story of one
        ./dev planted-faults [NAME...]  faults planted in copies of the product, and after how many seeds each is caught
        ./dev soak [N]                  N customers (10,000) as fast as they go: memory, handles, threads, journal
        ./dev gallery [SIZE...]         pictures of every screen of the real window, into target/gallery
        ./dev touch                     the real window under real fingers: Xorg's dummy display and a touch screen's driver
        ./dev kiosk                     kiosk mode by keys, buttons and window messages: it cannot be left, closed or typed out of
        ./dev atspi                     every story walked by an AT-SPI client, as a screen reader would
        ./dev rig                       the main job before a real camera device, where a camera rig is at hand (CAMERA_RIG)
        ./dev web                       the page for customers' phones, in a real Chromium
        ./dev package                   the Debian package, into target/debian
        ./dev reproduce                 the release build in two folders: not a byte may differ
        ./dev boot                      the package booted, in QEMU or systemd-nspawn: touched, pulled, killed (BOOT, KILLS, ONLY)
        ./dev fixtures                  make the fixtures anew
        ./dev fonts                     cut the window's fonts anew
        ./dev help                      this

        Whatever packages are missing for it are installed with apt-get first.
        exit 0
    "#]]);
}

#[test]
fn a_command_that_is_none_is_refused() {
    let machine = Machine::complete();
    machine.check(&["tset"], &expect![[r#"
        ./dev demo [--lang zh|en] ...   build, and play a redemption on recorded answers: nothing to set up
        ./dev test [NAME]               all tests, or those whose names hold NAME
        ./dev lint                      format, clippy, documentation, licences and bans of dependencies, the project's own rules
        ./dev bench [NAME]              benchmarks; peers: the scanner beside other decoders
        ./dev crash [KILLS]             kill the program 1000 times at any moment of its work, reconcile, compare the books
        ./dev fuzz [TARGET [SECS]]      hostile inputs for one way in (all, each for 60 s), led by coverage where cargo-fuzz is at hand
        ./dev simulate [N]              N seeds of the simulation (20,000); SEED=n tells the story of one
        ./dev planted-faults [NAME...]  faults planted in copies of the product, and after how many seeds each is caught
        ./dev soak [N]                  N customers (10,000) as fast as they go: memory, handles, threads, journal
        ./dev gallery [SIZE...]         pictures of every screen of the real window, into target/gallery
        ./dev touch                     the real window under real fingers: Xorg's dummy display and a touch screen's driver
        ./dev kiosk                     kiosk mode by keys, buttons and window messages: it cannot be left, closed or typed out of
        ./dev atspi                     every story walked by an AT-SPI client, as a screen reader would
        ./dev rig                       the main job before a real camera device, where a camera rig is at hand (CAMERA_RIG)
        ./dev web                       the page for customers' phones, in a real Chromium
        ./dev package                   the Debian package, into target/debian
        ./dev reproduce                 the release build in two folders: not a byte may differ
        ./dev boot                      the package booted, in QEMU or systemd-nspawn: touched, pulled, killed (BOOT, KILLS, ONLY)
        ./dev fixtures                  make the fixtures anew
        ./dev fonts                     cut the window's fonts anew
        ./dev help                      this

        Whatever packages are missing for it are installed with apt-get first.
        There is no ./dev tset.
        exit 2
    "#]]);
}
