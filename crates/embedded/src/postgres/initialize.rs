//! Makes a database cluster, once per folder.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::error::{Attempt, Error};
use crate::folder::Folder;
use crate::guard::Guarded;
use crate::process::Process;
use crate::version::Version;
use crate::{identity, random};

/// Where Postgres keeps its files, below the server's folder.
pub(super) const DATA: &str = "data";
const PASSWORD: &str = "superuser.password";
/// Since this version Postgres brings its own Unicode rules.
const BUILTIN_LOCALE: u32 = 17;
const GRACE: Duration = Duration::from_secs(5);

/// A folder to be filled, if it is not yet.
pub(super) struct Initialize<'a> {
    pub programs: &'a Path,
    pub folder: &'a Folder,
    /// Whether the files are to be on the disk when done.
    pub synced: bool,
}

impl Initialize<'_> {
    /// Makes data and password unless the folder has them; returns the password.
    ///
    /// # Errors
    ///
    /// [`Error::Start`] with what `initdb` printed.
    pub async fn run(&self) -> Result<String, Error> {
        let data = self.folder.path().join(DATA);
        if data.is_dir() {
            let kept = data.join(PASSWORD);
            return fs::read_to_string(&kept).attempt("read", &kept);
        }
        let password = random::token()?;
        // Data is complete from the moment it has its name, whatever is killed.
        let work = self.folder.path().join(format!("{DATA}-{}", random::token()?));
        fs::create_dir(&work).attempt("create", &work)?;
        identity::hand_over(&work)?;
        self.initdb(&work, &password).await?;
        write_private(&work.join(PASSWORD), &password)?;
        fs::rename(&work, &data).attempt("name", &data)?;
        Ok(password)
    }

    async fn initdb(&self, work: &Path, password: &str) -> Result<(), Error> {
        let secret = work.with_extension("password");
        write_private(&secret, password)?;
        identity::hand_over(&secret)?;
        let guarded = Guarded { command: self.command(work, &secret), stop_signal: "TERM", grace: GRACE };
        let process = Process::start("initdb", self.folder, guarded, || ()).await?;
        let status = process.ended().await;
        fs::remove_file(&secret).attempt("remove", &secret)?;
        if !status.is_some_and(|status| status.success()) {
            return Err(process.failed("it did not succeed".to_owned()));
        }
        process.release();
        Ok(())
    }

    fn command(&self, work: &Path, secret: &Path) -> Vec<OsString> {
        let program = self.programs.join("initdb");
        let mut words = identity::drop_root();
        words.extend([program.clone().into(), "--pgdata".into(), work.into(), "--pwfile".into(), secret.into()]);
        let fixed = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"];
        words.extend(fixed.map(OsString::from));
        words.extend(locale(&program).iter().map(OsString::from));
        if !self.synced {
            words.push("--no-sync".into());
        }
        words
    }
}

/// Unicode rules that do not depend on the machine, as far as the version has them.
fn locale(program: &PathBuf) -> &'static [&'static str] {
    let output = Command::new(program).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    match Version::find(&String::from_utf8_lossy(&output)) {
        Some(version) if version.major >= BUILTIN_LOCALE => {
            &["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        }
        _ => &["--locale=C.UTF-8"],
    }
}

fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path).attempt("create", path)?;
    file.write_all(text.as_bytes()).attempt("write", path)
}
