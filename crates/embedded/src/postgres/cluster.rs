//! A database cluster on the disk, and the command that serves it.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::folder::Folder;
use crate::guard::Guarded;
use crate::identity;
use crate::process::children;

/// How long a server may take to end.
const GRACE: Duration = Duration::from_secs(15);

/// What is needed to start a server as it was.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    /// Folder of `postgres`.
    pub programs: PathBuf,
    pub folder: Folder,
    /// The superuser's.
    pub password: String,
    pub port: u16,
    /// Later ones win.
    pub parameters: Vec<(String, String)>,
}

impl Cluster {
    /// Where Postgres keeps its files.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join(super::initialize::DATA)
    }

    /// The command that serves the data.
    pub fn guarded(&self) -> Guarded {
        let mut command = identity::drop_root();
        command.push(self.programs.join("postgres").into());
        command.extend([OsString::from("-D"), self.data().into(), "-p".into(), self.port.to_string().into()]);
        for (name, value) in &self.parameters {
            command.extend([OsString::from("-c"), format!("{name}={value}").into()]);
        }
        // Interrupt is the fast shutdown: it waits for no client.
        Guarded { command, stop_signal: "INT", grace: GRACE }
    }

    /// Whether the server itself says that it is this process and ready.
    pub fn says_ready(&self, pid: i32) -> bool {
        let lines = self.pid_file();
        let says = |index: usize, what: &str| lines.get(index).is_some_and(|line| line.trim() == what);
        says(0, &pid.to_string()) && says(7, "ready")
    }

    /// Removes a stale `postmaster.pid` that names a living process: some other
    /// program has that number by now, and Postgres would take it for its own.
    ///
    /// Only while no server holds the folder (see `log_file`).
    pub fn disown_stranger(&self) {
        let named = self.pid_file().first().and_then(|line| line.trim().parse().ok());
        if named.and_then(children::parent_of).is_some() {
            drop(fs::remove_file(self.pid_path()));
        }
    }

    /// Frees the block of shared memory that a server just killed left behind; the
    /// system has room for so many only.
    pub fn free_shared_memory(&self) {
        let lines = self.pid_file();
        let Some(block) = lines.get(6).and_then(|line| line.split_whitespace().nth(1)) else { return };
        let mut command = Command::new("ipcrm");
        command.args(["--shmem-id", block]).stdout(Stdio::null()).stderr(Stdio::null());
        // Without `ipcrm` a few bytes stay until the machine restarts.
        drop(command.status());
    }

    /// The lines of `postmaster.pid`; none without a server.
    fn pid_file(&self) -> Vec<String> {
        let text = fs::read_to_string(self.pid_path()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn pid_path(&self) -> PathBuf {
        self.data().join("postmaster.pid")
    }
}
