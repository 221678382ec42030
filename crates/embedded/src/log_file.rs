//! A server's log, which is also the lock on its folder.
//!
//! The open log is locked and handed to the server as its output. The lock belongs
//! to the open file, so it is held until the last process of that server is gone,
//! whoever started it and however that one ended. The next start in the folder waits
//! for it; that is what keeps two servers from ever sharing one folder.
//!
//! A second lock is held by whoever started the server, for as long as it wants it.
//! Where that one is taken, waiting is useless, and the start is refused.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tokio::time::{Instant, sleep};

use crate::error::{Attempt, Error};

const NAME: &str = "server.log";
const OWNER: &str = "owner.lock";
/// A log that has grown beyond this starts anew with the server.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;
/// How much of a log an error carries.
const TAIL_BYTES: u64 = 4 * 1024;
/// How long a server that is being stopped may still hold its folder.
const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// A process being started holds copies of its parent's files for a moment.
const OWNER_PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Where one start of a server writes; owns the folder.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    start: u64,
    _owner: File,
}

impl LogFile {
    /// Takes `folder` and opens its log, once no server holds it any more.
    ///
    /// # Errors
    ///
    /// [`Error::FolderInUse`] if somebody has the folder, or does not let go of it.
    pub async fn lock(folder: &Path) -> Result<(Self, File), Error> {
        let owner = open_locked(folder, OWNER, OWNER_PATIENCE).await?;
        let file = open_locked(folder, NAME, STOP_PATIENCE).await?;
        let path = folder.join(NAME);
        let mut start = file.metadata().attempt("examine", &path)?.len();
        if start > KEPT_BYTES {
            file.set_len(0).attempt("shorten", &path)?;
            start = 0;
        }
        Ok((Self { path, start, _owner: owner }, file))
    }

    /// Returns the end of what this start of the server has written.
    pub fn tail(&self) -> String {
        self.read_tail().unwrap_or_else(|error| format!("(no log: {error})"))
    }

    fn read_tail(&self) -> std::io::Result<String> {
        let length = fs::metadata(&self.path)?.len();
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.start.max(length.saturating_sub(TAIL_BYTES))))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        Ok(String::from_utf8_lossy(&tail).trim_end().to_owned())
    }
}

/// Opens a file of the folder and locks it, within some time.
async fn open_locked(folder: &Path, name: &str, patience: Duration) -> Result<File, Error> {
    let path = folder.join(name);
    let file = OpenOptions::new().create(true).append(true).open(&path).attempt("open", &path)?;
    let deadline = Instant::now() + patience;
    while let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
        if error != Errno::WOULDBLOCK {
            return Err(error).attempt("lock", &path);
        }
        if Instant::now() >= deadline {
            return Err(Error::FolderInUse { folder: folder.to_owned() });
        }
        sleep(PAUSE).await;
    }
    Ok(file)
}
