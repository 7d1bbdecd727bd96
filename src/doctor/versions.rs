//! What is installed here.

use super::Finding;

/// The program, the system, the kernel.
pub fn examine() -> Finding {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .map_or("?", |name| name.trim_matches('"'));
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    Finding::good("versions", "doctor-versions")
        .with("program", env!("CARGO_PKG_VERSION"))
        .with("schema", crate::journal::schema::MIGRATIONS.len())
        .with("system", system)
        .with("kernel", kernel.trim())
}
