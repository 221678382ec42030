//! Mails as files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Writes a mail as `<milliseconds>-<n>.eml`; the file is complete once it has that
/// name.
pub(super) fn write(folder: &Path, raw: &[u8]) -> io::Result<PathBuf> {
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let unfinished = folder.join(format!(".{}-{number}", process::id()));
    fs::write(&unfinished, raw)?;
    let path = folder.join(format!("{:013}-{number}.eml", milliseconds()));
    fs::rename(&unfinished, &path)?;
    Ok(path)
}

#[expect(clippy::disallowed_methods, reason = "the name of a file, which nothing decides by")]
fn milliseconds() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis())
}
