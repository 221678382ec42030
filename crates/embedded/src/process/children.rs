//! Children and parents of processes. Postgres gives each child of its own a session
//! to itself, so a signal to a process group does not reach them.

use std::fs;

use rustix::process::Pid;

/// Returns the direct children of `parent`; none where there is no `/proc`.
pub(crate) fn of(parent: Pid) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|number| parent_of(*number) == Some(parent)).filter_map(Pid::from_raw).collect()
}

/// Returns the parent of a process.
pub(crate) fn parent_of(number: i32) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    parse_parent(&stat)
}

/// The parent is the second field after the program's name, which is in parentheses
/// and may itself hold some.
fn parse_parent(stat: &str) -> Option<Pid> {
    let (_, fields) = stat.rsplit_once(") ")?;
    Pid::from_raw(fields.split(' ').nth(1)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::{Pid, parse_parent};

    #[test]
    fn a_program_named_to_confuse_does_not() {
        assert_eq!(parse_parent("77 (a) S 5 (b) S 41 77 0"), Pid::from_raw(41));
    }
}
