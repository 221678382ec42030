//! A role as a process, and what it logs.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use kindred_service_host::heads::SignedHeads;
use kindred_testkit::eventually;
use serde_json::Value;
use tokio::process::{Child, Command};

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module.
pub struct Serving {
    child: Child,
    pub log: PathBuf,
}

impl Serving {
    pub(super) fn spawn(role: &str, settings: &Path, folder: &Path) -> Self {
        let log = folder.join(format!("{role}.log"));
        let child = Command::new(env!("CARGO_BIN_EXE_kindred"))
            .args(["serve", role, "--config"])
            .arg(settings)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log).expect("a log"))
            .kill_on_drop(true)
            .spawn()
            .expect("it runs");
        Self { child, log }
    }

    /// What it has logged so far.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    /// Where it answers calls.
    pub async fn address(&self) -> String {
        eventually("an address", PATIENCE, async || {
            let log = self.logged();
            let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines.find_map(|line| Some(line.get("listen")?.as_str()?.to_owned()))
        })
        .await
    }

    /// Waits until it has signed a head at `sequence` or behind it.
    pub async fn signed(&self, sequence: u64) {
        eventually("signed heads", PATIENCE, async || {
            let log = self.logged();
            let mut heads = log.lines().filter_map(SignedHeads::read).flat_map(|read| read.expect("a line").heads);
            heads.any(|head| head.sequence >= sequence).then_some(())
        })
        .await;
    }

    /// Ends it as an orchestrator does.
    pub async fn stop(mut self) {
        let id = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())).expect("it runs");
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it is ours");
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("a status");
        assert!(status.success(), "{status}: {}", self.logged());
    }

    /// Waits until it has given up; its last words.
    pub async fn refused(mut self) -> String {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("a status");
        assert_eq!(status.code(), Some(1), "{}", self.logged());
        self.logged()
    }
}

/// A test that fails shows what its services said, those that have ended too.
impl Drop for Serving {
    #[expect(clippy::print_stderr, reason = "the harness shows it where a test fails")]
    fn drop(&mut self) {
        eprintln!("{}", std::fs::read_to_string(&self.log).unwrap_or_default());
    }
}
