//! A root key in a file that only its owner can read.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::future::{BoxFuture, ready};
use zeroize::Zeroizing;

use crate::data_key::mac;
use crate::{NoRandomness, RootKey, RootKeyError, Secret, secret, wrap};

/// Why there is no root key.
#[derive(Debug, thiserror::Error)]
pub enum FileRootKeyError {
    /// The file cannot be read.
    #[error("read the root key file `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("create the root key file `{path}`")]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others can read the key.
    #[error("root key file `{path}` has mode {mode:04o}: only its owner may read it (0600)")]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It holds something else.
    #[error("root key file `{path}` holds neither 32 bytes nor their base64 text")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// No key could be drawn.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// The root key of an installation without a key management service.
#[derive(Debug, Clone)]
pub struct FileRootKey(Secret);

impl FileRootKey {
    /// Reads 32 bytes, or their base64 text, from a file of mode 0600 or less. A file of
    /// root's may also be readable by the group: so Kubernetes hands out secrets.
    ///
    /// # Errors
    ///
    /// [`FileRootKeyError`] naming the file.
    pub fn load(path: &Path) -> Result<Self, FileRootKeyError> {
        let failed = |source| FileRootKeyError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        check_permissions(path, &file)?;
        let mut content = Zeroizing::new(Vec::with_capacity(64));
        file.take(64).read_to_end(&mut content).map_err(failed)?;
        parse(&content).map(Self).ok_or_else(|| FileRootKeyError::Malformed { path: path.to_owned() })
    }

    /// Like [`load`](Self::load), after making the file if there is none. Of several
    /// processes that do so at once one makes it, and all read the same.
    ///
    /// # Errors
    ///
    /// [`FileRootKeyError`] naming the file.
    pub fn load_or_create(path: &Path) -> Result<Self, FileRootKeyError> {
        let failed = |source| FileRootKeyError::Create { path: path.to_owned(), source };
        if !path.try_exists().map_err(failed)? {
            create(path, &Secret::random()?).map_err(failed)?;
        }
        Self::load(path)
    }

    /// A root key from bytes that the caller keeps.
    #[must_use]
    pub const fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }
}

fn check_permissions(path: &Path, file: &File) -> Result<(), FileRootKeyError> {
    let metadata = file.metadata().map_err(|source| FileRootKeyError::Read { path: path.to_owned(), source })?;
    let foreign_root = metadata.uid() == 0 && !rustix::process::geteuid().is_root();
    let forbidden = if foreign_root { 0o037 } else { 0o077 };
    let mode = metadata.mode() & 0o7777;
    if mode & forbidden == 0 { Ok(()) } else { Err(FileRootKeyError::Permissions { path: path.to_owned(), mode }) }
}

fn parse(content: &[u8]) -> Option<Secret> {
    if content.len() == 32 {
        return Secret::from_slice(content);
    }
    let decoded = Zeroizing::new(BASE64_STANDARD.decode(content.trim_ascii_end()).ok()?);
    Secret::from_slice(&decoded)
}

/// Writes beside and links into place: nobody ever sees half a key, and a file that is
/// there already stays.
fn create(path: &Path, key: &Secret) -> io::Result<()> {
    let text = Zeroizing::new(format!("{}\n", BASE64_STANDARD.encode(key.expose())));
    let unique = secret::random_uuid().map_err(io::Error::other)?;
    let beside = path.with_added_extension(unique.simple().to_string());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let written = file
        .set_permissions(Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| file.sync_all())
        .and_then(|()| link(&beside, path));
    std::fs::remove_file(&beside).and(written)
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        }
    }
}

impl RootKey for FileRootKey {
    fn name(&self) -> String {
        let digest = mac(&self.0, &[b"name"]);
        format!("file:{}", uuid::Uuid::from_bytes(digest).simple().to_string().split_at(12).0)
    }

    fn wrap<'a>(&'a self, key: &'a Secret, aad: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, RootKeyError>> {
        Box::pin(ready(wrap::wrap(&self.0, key, aad).map_err(RootKeyError::from)))
    }

    fn unwrap<'a>(&'a self, wrapped: &'a [u8], aad: &'a [u8]) -> BoxFuture<'a, Result<Secret, RootKeyError>> {
        Box::pin(ready(wrap::unwrap(&self.0, wrapped, aad).ok_or(RootKeyError::Refused)))
    }
}
