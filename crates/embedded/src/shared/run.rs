//! Which run a test process belongs to.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process;
use std::sync::OnceLock;

use crate::error::{Attempt, Error};
use crate::process::children::parent_of;
use crate::{folder, random};

/// Set by nextest for every test: the same for all of one run.
const NEXTEST_RUN: &str = "NEXTEST_RUN_ID";
/// How nextest's process is called.
const NEXTEST: &str = "cargo-nextest";

/// One run of tests.
#[derive(Debug)]
pub(super) struct Run {
    id: String,
    /// The process whose end is the end of the run.
    pub leader: i32,
}

impl Run {
    /// The run of nextest, else of this process alone.
    pub fn of_this_process() -> Result<Self, Error> {
        static ALONE: OnceLock<String> = OnceLock::new();
        let own = i32::try_from(process::id()).unwrap_or_default();
        if let (Ok(id), Some(leader)) = (env::var(NEXTEST_RUN), nextest_above(own)) {
            return Ok(Self { id, leader });
        }
        let drawn = random::token()?;
        Ok(Self { id: ALONE.get_or_init(|| drawn).clone(), leader: own })
    }

    /// Makes the folder of one shared server; it goes with the server.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        let run = folder::create(&env::temp_dir().join(format!("kindred-run-{}", self.id)))?;
        let owner = fs::metadata(&run).attempt("examine", &run)?.uid();
        if owner != rustix::process::geteuid().as_raw() {
            let source = std::io::ErrorKind::PermissionDenied.into();
            return Err(Error::Io { action: format!("use `{}`, which is another user's", run.display()), source });
        }
        folder::create(&run.join(name))
    }
}

/// Finds nextest among the ancestors: a wrapper may stand between.
fn nextest_above(process: i32) -> Option<i32> {
    let parent = parent_of(process)?.as_raw_nonzero().get();
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default();
    if name.trim_end() == NEXTEST { Some(parent) } else { nextest_above(parent) }
}
