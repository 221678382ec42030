//! What can go wrong between asking for a server and having one.

use std::io;
use std::path::{Path, PathBuf};

/// Why a server could not be had; the text names what to change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting names a server that is too old.
    #[error("`{setting}` names `{}`, which is {program} {found}; {minimum} or newer is needed", path.display())]
    TooOld {
        /// Environment variable that names the program.
        setting: &'static str,
        /// The program it names.
        path: PathBuf,
        /// What the program is.
        program: &'static str,
        /// The version it says it is.
        found: String,
        /// The oldest version that will do.
        minimum: String,
    },
    /// A setting names something that does not run.
    #[error("`{setting}` names `{}`, which cannot be run: {reason}", path.display())]
    Unusable {
        /// Environment variable that names the program.
        setting: &'static str,
        /// What it names.
        path: PathBuf,
        /// What happened instead.
        reason: String,
    },
    /// The pinned server is not cached, cannot be fetched, and none is on `PATH`.
    #[error(
        "no {program}: fetching the pinned one failed ({reason}), `PATH` has none of version \
         {minimum} or newer, and `{setting}` is not set"
    )]
    Unavailable {
        /// What was looked for.
        program: &'static str,
        /// Environment variable that could name it.
        setting: &'static str,
        /// The oldest version that will do.
        minimum: String,
        /// Why fetching failed.
        reason: String,
    },
    /// A server stopped, or did not answer in time, while it was started.
    #[error("start {server} in `{}`: {reason}; its last log lines:\n{log}", folder.display())]
    Start {
        /// Which server.
        server: &'static str,
        /// Its folder.
        folder: PathBuf,
        /// Stopped, or silent.
        reason: String,
        /// The end of its log.
        log: String,
    },
    /// Another server still runs in this folder.
    #[error("folder `{}` is in use by another running server", folder.display())]
    FolderInUse {
        /// The folder asked for.
        folder: PathBuf,
    },
    /// Root may not run Postgres, and the user standing in for it cannot enter a folder.
    #[error(
        "`{}` cannot be entered by user `{user}`, as whom Postgres runs because root may not: \
         `{}` is closed to others; choose another folder (`{setting}`)", path.display(), closed.display()
    )]
    Closed {
        /// Where Postgres must get to.
        path: PathBuf,
        /// The folder on the way that is closed.
        closed: PathBuf,
        /// The user standing in for root.
        user: &'static str,
        /// Environment variable that moves the folder.
        setting: &'static str,
    },
    /// A server did not end within its grace.
    #[error("{server} (process {pid}) did not end within {seconds} s")]
    StillRunning {
        /// Which server.
        server: &'static str,
        /// Its process.
        pid: i32,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The operating system refused something.
    #[error("{action}")]
    Io {
        /// What was attempted.
        action: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Says what was attempted when the operating system refuses.
pub(crate) trait Attempt<T> {
    fn attempt(self, action: &str, path: &Path) -> Result<T, Error>;
}

impl<T, E: Into<io::Error>> Attempt<T> for Result<T, E> {
    fn attempt(self, action: &str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { action: format!("{action} `{}`", path.display()), source: source.into() })
    }
}
