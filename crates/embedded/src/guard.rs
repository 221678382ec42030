//! Starts a command under a guard that outlives every kind of end of this process.
//!
//! The guard is a POSIX shell script (see `guard.sh`), so it needs no binary of its
//! own and works for every embedder, test executables included. It holds the read
//! end of a pipe whose only write end is here: end of file means that this process
//! is gone, killed or not. The command itself takes the guard's place, so it is our
//! own child, with its process number and exit status; a watcher stays behind.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SCRIPT: &str = include_str!("guard/guard.sh");

/// A command, and how it is to be ended.
#[derive(Debug, Clone)]
pub(crate) struct Guarded {
    /// Program and arguments.
    pub command: Vec<OsString>,
    /// Name of the signal that asks it to end, without `SIG`.
    pub stop_signal: &'static str,
    /// How long it may take to end before it is killed.
    pub grace: Duration,
}

impl Guarded {
    /// Spawns the command with `log` as its output; its standard input is the pipe
    /// that keeps it alive.
    pub fn spawn(&self, log: File, doomed: Option<&Path>) -> io::Result<Child> {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "kindred-guard", self.stop_signal])
            .arg(self.grace.as_secs().to_string())
            .arg(doomed.unwrap_or(Path::new("")))
            .args(&self.command)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A folder that every user may be in.
            .current_dir("/")
            // Out of reach of the terminal's Ctrl-C.
            .process_group(0);
        forget_client_settings(&mut command);
        command.spawn()
    }
}

/// What the environment says for a developer's own Postgres is not for this one.
fn forget_client_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
}
