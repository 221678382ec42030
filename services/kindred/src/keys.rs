//! Makes the keys that roles sign with, and those that they share.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kindred_service_kit::caller::{Role, SigningKey};
use kindred_service_kit::position::PositionKey;
use kindred_vault::FileRootKey;

/// `kindred keys`.
#[derive(Debug, clap::Args)]
pub struct Keys {
    /// Folder for the key files; those that are there stay as they are.
    folder: PathBuf,
}

impl Keys {
    /// Makes what is missing and prints every public key; each also lies beside its private
    /// half, as `<role>.pub`, for those who verify.
    ///
    /// # Errors
    ///
    /// If a file cannot be written or read.
    #[expect(clippy::print_stdout, reason = "the answer of a command line")]
    pub fn run(&self) -> anyhow::Result<()> {
        for (role, public) in make(&self.folder)? {
            println!("{role} = \"{public}\"");
        }
        Ok(())
    }
}

/// Makes a signing key per role, the key of position tokens, the key of unsubscribe links
/// and the vault's root key, where they are missing; the public keys by role.
///
/// # Errors
///
/// If a file cannot be written or read.
pub fn make(folder: &Path) -> anyhow::Result<Vec<(Role, String)>> {
    std::fs::create_dir_all(folder).with_context(|| format!("make folder `{}`", folder.display()))?;
    let mut public = Vec::new();
    for role in Role::ALL {
        let path = folder.join(format!("{role}.key"));
        if !path.exists() {
            write_secret(&path, &SigningKey::generate()?.1)?;
        }
        let key = SigningKey::load(&path)?.public().to_string();
        write(&folder.join(format!("{role}.pub")), &format!("{key}\n"), 0o644)?;
        public.push((*role, key));
    }
    for name in ["position.key", "unsubscribe.key"] {
        let path = folder.join(name);
        if !path.exists() {
            let key = PositionKey::generate().ok().context("draw random bytes")?;
            write_secret(&path, &key)?;
        }
    }
    FileRootKey::load_or_create(&folder.join("root.key"))?;
    Ok(public)
}

/// Writes a file that only this user reads, whole or not at all.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    write(path, text, 0o600)
}

fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let attempt = || format!("write `{}`", path.display());
    // A name of its own: a file that is there keeps the rights that it was made with.
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&partial)
        .with_context(attempt)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(attempt)?;
    std::fs::rename(&partial, path).with_context(attempt)
}
