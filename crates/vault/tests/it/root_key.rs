//! The root key's file: private, whole, and never replaced.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use kindred_vault::{FileRootKey, FileRootKeyError, RootKey, Secret};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let random = uuid::Uuid::from_bytes(*Secret::random().unwrap().expose().first_chunk().unwrap());
        let path = std::env::temp_dir().join(format!("kindred-root-key-{}", random.simple()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("root.key")
    }

    fn holding(content: impl AsRef<[u8]>, mode: u32) -> Self {
        let folder = Self::new();
        fs::write(folder.file(), content).unwrap();
        fs::set_permissions(folder.file(), Permissions::from_mode(mode)).unwrap();
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_key_is_made_when_asked_for_only_its_owner_to_read_and_stays() {
    let folder = Folder::new();
    let missing = FileRootKey::load(&folder.file()).unwrap_err();
    assert!(matches!(missing, FileRootKeyError::Read { .. }), "{missing}");
    let made = FileRootKey::load_or_create(&folder.file()).unwrap();
    assert_eq!(mode(&folder.file()), 0o600);
    assert_eq!(FileRootKey::load_or_create(&folder.file()).unwrap().name(), made.name());
    assert_eq!(FileRootKey::load(&folder.file()).unwrap().name(), made.name());
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "something was left beside the key");
    assert_ne!(FileRootKey::load_or_create(&Folder::new().file()).map(|key| key.name()).ok(), Some(made.name()));
}

#[test]
fn of_many_who_make_the_key_at_once_all_read_the_same() {
    let folder = Folder::new();
    let names: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..16).map(|_| scope.spawn(|| FileRootKey::load_or_create(&folder.file()).unwrap().name())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    for mode in [0o640, 0o604, 0o644, 0o660, 0o601, 0o777] {
        let folder = Folder::holding([1; 32], mode);
        let error = FileRootKey::load(&folder.file()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&format!("mode {mode:04o}")) && text.contains("root.key"), "{text}");
        assert!(FileRootKey::load_or_create(&folder.file()).is_err());
    }
    for mode in [0o600, 0o400] {
        assert!(FileRootKey::load(&Folder::holding([1; 32], mode).file()).is_ok(), "{mode:o} was refused");
    }
}

#[test]
fn a_key_is_32_bytes_or_their_base64_text() {
    let text = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let raw = FileRootKey::load(&Folder::holding([1; 32], 0o600).file()).unwrap();
    for same in [text.to_owned(), format!("{text}\n"), format!("{text}\r\n")] {
        assert_eq!(FileRootKey::load(&Folder::holding(same, 0o600).file()).unwrap().name(), raw.name());
    }
    let short = [1; 31];
    let long = [1; 33];
    let wrong: [&[u8]; 5] = [b"", b"\n", &short, &long, &text.as_bytes()[..43]];
    for content in wrong {
        let error = FileRootKey::load(&Folder::holding(content, 0o600).file()).unwrap_err();
        assert!(matches!(error, FileRootKeyError::Malformed { .. }), "{error}");
    }
    assert!(FileRootKey::load(&Folder::holding(text.repeat(50), 0o600).file()).is_err());
    assert!(!format!("{raw:?}").contains('1'));
}
