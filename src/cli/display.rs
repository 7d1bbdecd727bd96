//! Whether a window can be opened here, and what is missing where it cannot.

use std::path::Path;

/// What has to be there before eframe is asked: it panics, or blames something else, where one is missing.
const ON_X11: [(&str, &str); 6] = [
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libGL.so.1", "libgl1"),
];
const ON_WAYLAND: [(&str, &str); 4] = [
    ("libwayland-client.so.0", "libwayland-client0"),
    ("libwayland-egl.so.1", "libwayland-egl1"),
    ("libEGL.so.1", "libegl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
];

/// What there is to draw on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Display {
    /// Nothing: neither `WAYLAND_DISPLAY` nor `DISPLAY` is set.
    None,
    /// A display, but these Debian packages are missing.
    Lacking(Vec<&'static str>),
    /// A window can be opened.
    Ready,
}

impl Display {
    /// Looks at the environment and at the libraries that are loaded when a window opens.
    pub(super) fn of_process() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let wanted: &[(&str, &str)] = match (is_set("WAYLAND_DISPLAY"), is_set("DISPLAY")) {
            (true, _) => &ON_WAYLAND,
            (false, true) => &ON_X11,
            (false, false) => return Self::None,
        };
        let missing: Vec<_> = wanted
            .iter()
            .filter(|(library, _)| !is_installed(library))
            .map(|(_, package)| *package)
            .collect();
        if missing.is_empty() {
            Self::Ready
        } else {
            Self::Lacking(missing)
        }
    }
}

fn is_installed(library: &str) -> bool {
    let listed = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&listed).collect();
    for root in ["/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64"] {
        folders.push(root.into());
        let arch = format!("{root}/{}-linux-gnu", std::env::consts::ARCH);
        folders.push(arch.into());
    }
    folders
        .iter()
        .any(|folder| Path::new(folder).join(library).exists())
}
