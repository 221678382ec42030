//! The folder of one server: a named one that is kept, or one that goes with it.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::error::{Attempt, Error};
use crate::random;

/// Others may pass through, since Postgres may run as another user; not look around.
const PASSABLE: u32 = 0o711;

#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    /// What is removed when the server is gone: the folder or one that it is in.
    doomed: Option<PathBuf>,
}

impl Folder {
    /// A folder that outlives its server; made if missing.
    pub fn kept(path: &Path) -> Result<Self, Error> {
        if !path.is_dir() {
            create(path)?;
        }
        let path = path.canonicalize().attempt("resolve", path)?;
        Ok(Self { path, doomed: None })
    }

    /// A new folder that is removed with its server, as is its parent: the guard
    /// removes no parent that is not called `kindred-…` or is not empty.
    pub fn ephemeral(name: &str) -> Result<Self, Error> {
        let parent = std::env::temp_dir().join(format!("kindred-{}", random::token()?));
        let path = create(&parent.join(name))?;
        Ok(Self { doomed: Some(path.clone()), path })
    }

    /// A new folder in one that is removed, with all it holds, when the server is gone.
    pub fn ephemeral_in(doomed: &Path, name: &str) -> Result<Self, Error> {
        // Not a name used before: one of a failed start may still be being removed.
        let path = create(&doomed.join(format!("{name}-{}", random::token()?)))?;
        Ok(Self { path, doomed: Some(doomed.to_owned()) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the guard is to remove.
    pub fn doomed(&self) -> Option<&Path> {
        self.doomed.as_deref()
    }

    /// Removes what is doomed at once, the server being gone.
    pub fn remove_if_ephemeral(&self) -> Result<(), Error> {
        let Some(doomed) = self.doomed() else { return Ok(()) };
        match fs::remove_dir_all(doomed) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).attempt("remove", doomed),
            _ => {}
        }
        // A parent that others still use stays.
        drop(doomed.parent().map(fs::remove_dir));
        Ok(())
    }

    /// Removes the folder of a start that failed and nothing around it.
    pub fn remove_own_if_ephemeral(&self) {
        if self.doomed.is_some() {
            let own = Self { path: self.path.clone(), doomed: Some(self.path.clone()) };
            // What cannot be removed now goes with the folder that it is in.
            own.remove_if_ephemeral().ok();
        }
    }
}

/// Makes a folder, with modes that the umask has no say in.
pub(crate) fn create(path: &Path) -> Result<PathBuf, Error> {
    DirBuilder::new().recursive(true).mode(PASSABLE).create(path).attempt("create", path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(PASSABLE)).attempt("open up", path)?;
    path.canonicalize().attempt("resolve", path)
}
