//! Who Postgres runs as: the caller, or an unprivileged user when that is root,
//! as whom Postgres refuses to run.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use crate::error::{Attempt, Error};

/// The user that stands in for root.
pub(crate) const STAND_IN: &str = "nobody";

/// Whether this process is root's.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Words to put before a command that root may not run itself; none for others.
pub(crate) fn drop_root() -> Vec<OsString> {
    if !is_root() {
        return Vec::new();
    }
    let (user, group) = stand_in_ids();
    let words = ["setpriv".into(), format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".into()];
    words.into_iter().map(OsString::from).collect()
}

/// Gives a folder to the user that Postgres will run as.
pub(crate) fn hand_over(folder: &Path) -> Result<(), Error> {
    if !is_root() {
        return Ok(());
    }
    let (user, group) = stand_in_ids();
    chown(folder, Some(user), Some(group)).attempt("hand over", folder)
}

/// Refuses a path that the stand-in could not reach, naming the folder in the way.
///
/// # Errors
///
/// [`Error::Closed`], or the folder cannot be examined.
pub(crate) fn require_reachable(path: &Path, setting: &'static str) -> Result<(), Error> {
    if !is_root() {
        return Ok(());
    }
    let (user, _) = stand_in_ids();
    for folder in path.ancestors().filter(|folder| folder.is_dir()) {
        let found = fs::metadata(folder).attempt("examine", folder)?;
        let open = found.permissions().mode() & 0o001 != 0 || found.uid() == user;
        if !open {
            let (path, closed) = (path.to_owned(), folder.to_owned());
            return Err(Error::Closed { path, closed, user: STAND_IN, setting });
        }
    }
    Ok(())
}

/// User and group number of the stand-in; 65534 where the system does not say.
fn stand_in_ids() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    users.lines().find_map(parse_ids).unwrap_or((65534, 65534))
}

fn parse_ids(line: &str) -> Option<(u32, u32)> {
    let mut fields = line.split(':');
    (fields.next()? == STAND_IN).then_some(())?;
    let user = fields.nth(1)?.parse().ok()?;
    Some((user, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse_ids;

    #[test]
    fn ids_are_read_from_the_stand_ins_line_only() {
        let nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
        assert_eq!(parse_ids(nobody), Some((65534, 65533)));
        assert_eq!(parse_ids("root:x:0:0:root:/root:/bin/bash"), None);
    }
}
