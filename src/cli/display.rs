//! Whether a window can be opened here, and what is missing where it cannot.

pub(super) mod panels;

use std::path::Path;

/// What has to be there before eframe is asked: it panics, or blames something else, where one is missing. Lines of a
/// display's kind, a library and its Debian package; `./dev` reads them too.
const LIBRARIES: &str = include_str!("../../assets/libraries.txt");

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
        let kind = match (is_set("WAYLAND_DISPLAY"), is_set("DISPLAY")) {
            (true, _) => "wayland",
            (false, true) => "x11",
            (false, false) => return Self::None,
        };
        let missing: Vec<_> = wanted(kind)
            .filter(|(library, _)| !is_installed(library))
            .map(|(_, package)| package)
            .collect();
        if missing.is_empty() {
            Self::Ready
        } else {
            Self::Lacking(missing)
        }
    }
}

/// Libraries and their packages.
fn wanted(kind: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    LIBRARIES.lines().filter_map(move |line| {
        let mut words = line.split(' ');
        (words.next()? == kind).then_some((words.next()?, words.next()?))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_display_have_their_libraries() {
        assert_eq!(wanted("x11").count(), 6);
        assert_eq!(wanted("wayland").count(), 4);
        assert!(
            wanted("x11")
                .all(|(library, package)| library.contains(".so.") && package.starts_with("lib"))
        );
    }
}
