//! Where servers come from and where they may keep things.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::identity;

/// Environment variable that names the cache folder.
pub(crate) const CACHE: &str = "KINDRED_CACHE";
/// Environment variable that names the folder of servers that are kept.
const DATA: &str = "KINDRED_DATA";
/// Environment variable that names a `nats-server` program.
pub(crate) const NATS_SERVER: &str = "KINDRED_NATS_SERVER";
/// Environment variable that names a folder with `postgres` and `initdb`.
pub(crate) const POSTGRES_BIN: &str = "KINDRED_POSTGRES_BIN";

/// Where servers come from; [`Settings::from_env`] unless a test needs otherwise.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder for unpacked servers (`KINDRED_CACHE`). Postgres must be able to enter
    /// it, so for root it lies outside root's home.
    pub cache: PathBuf,
    /// Folder for servers that are to be kept, such as the demo's (`KINDRED_DATA`); for
    /// root it, too, lies outside root's home. Servers are put where their builders say:
    /// this is where a program that has no better place should say.
    pub data: PathBuf,
    /// A `nats-server` to use instead of the pinned one (`KINDRED_NATS_SERVER`).
    pub nats_server: Option<PathBuf>,
    /// A folder with `postgres` and `initdb` to use instead of the pinned ones
    /// (`KINDRED_POSTGRES_BIN`).
    pub postgres_bin: Option<PathBuf>,
    /// Folders to look in when the pinned servers cannot be had (`PATH`).
    pub path: OsString,
}

impl Settings {
    /// Reads the environment; an empty variable counts as unset.
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            cache: variable(CACHE).unwrap_or_else(default_cache),
            data: variable(DATA).unwrap_or_else(default_data),
            nats_server: variable(NATS_SERVER),
            postgres_bin: variable(POSTGRES_BIN),
            path: env::var_os("PATH").unwrap_or_default(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::from_env()
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn default_cache() -> PathBuf {
    place("/var/cache/kindred", "XDG_CACHE_HOME", ".cache")
}

fn default_data() -> PathBuf {
    place("/var/lib/kindred", "XDG_STATE_HOME", ".local/state")
}

/// The system's place for root, else the user's own.
fn place(system: &str, variable_name: &str, below_home: &str) -> PathBuf {
    if identity::is_root() {
        return PathBuf::from(system);
    }
    let home = || variable("HOME").map(|home| home.join(below_home));
    variable(variable_name).or_else(home).unwrap_or_else(env::temp_dir).join("kindred")
}
