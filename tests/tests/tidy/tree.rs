//! The files of the tree: those that are checked in, or all where there is no repository.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A text file.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl File {
    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The folder of its package, such as `crates/ids`.
    pub fn package(&self) -> &str {
        let mut slashes = self.path.match_indices('/');
        let depth = if self.path.starts_with("crates/") || self.path.starts_with("services/") { 2 } else { 1 };
        slashes.nth(depth - 1).map_or("", |(end, _)| &self.path[..end])
    }
}

static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().expect("the package lies in the workspace").to_owned()
});

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut paths = checked_in().unwrap_or_else(|| {
        let mut paths = Vec::new();
        walk(root(), &mut paths);
        paths
    });
    paths.sort();
    let files: Vec<File> = paths
        .into_iter()
        .filter_map(|path| {
            // What is no text (compressed samples) has no rules here; what was just removed has none left.
            let text = std::fs::read_to_string(root().join(&path)).ok()?;
            Some(File { path, text })
        })
        .collect();
    assert!(files.len() > 300, "only {} files were found: the rules below would hold of nothing", files.len());
    files
});

/// The root of the workspace.
pub fn root() -> &'static Path {
    &ROOT
}

/// All text files.
pub fn files() -> &'static [File] {
    &FILES
}

/// All files of Rust.
pub fn rust() -> impl Iterator<Item = &'static File> {
    files().iter().filter(|file| file.is_rust())
}

fn checked_in() -> Option<Vec<String>> {
    let output = Command::new("git").arg("-C").arg(root()).args(["ls-files", "-z"]).output().ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<String> = names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

fn walk(folder: &Path, paths: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the tree can be read") {
        let path = entry.expect("an entry of the tree can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", ".git", ".cache"].contains(&name.as_str()) {
                walk(&path, paths);
            }
        } else if let Ok(relative) = path.strip_prefix(root()) {
            paths.push(relative.to_string_lossy().into_owned());
        }
    }
}

/// Fails with every line, if there is one.
#[track_caller]
pub fn none(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}
