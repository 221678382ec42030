//! The script that fills the cache, with a wheel made here: no network is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::support::Scratch;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/wheel.py");

/// Makes a wheel with one program in it and prints its SHA-256.
const MAKE: &str = r##"
import hashlib, pathlib, sys, zipfile
wheel = pathlib.Path(sys.argv[1]) / "sample-1.0-py3-none-any.whl"
with zipfile.ZipFile(wheel, "w") as archive:
    archive.writestr("sample/program", "#!/bin/sh\necho runs\n")
    archive.writestr("sample-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n")
    archive.writestr("sample-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    archive.writestr("sample-1.0.dist-info/RECORD", "")
print(hashlib.sha256(wheel.read_bytes()).hexdigest(), end="")
"##;

/// A folder with a wheel, its requirement, and a cache to be filled.
struct Sample {
    scratch: Scratch,
    sha256: String,
}

impl Sample {
    fn new() -> anyhow::Result<Self> {
        let scratch = Scratch::new()?;
        let output = Command::new("python3").args(["-c", MAKE]).arg(scratch.path()).output()?;
        Ok(Self { sha256: String::from_utf8(output.stdout)?, scratch })
    }

    fn cache(&self) -> PathBuf {
        self.scratch.path().join("cache")
    }

    fn start(&self, wheels: &Path, sha256: &str) -> anyhow::Result<Child> {
        let requirements = self.scratch.path().join("requirements.txt");
        fs::write(&requirements, format!("sample==1.0 \\\n    --hash=sha256:{sha256}\n"))?;
        let mut command = Command::new("python3");
        command.arg(SCRIPT).arg(self.cache()).arg("sample").stdin(fs::File::open(requirements)?);
        command.env("PIP_NO_INDEX", "1").env("PIP_FIND_LINKS", wheels);
        Ok(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
    }

    fn run(&self, wheels: &Path, sha256: &str) -> anyhow::Result<Output> {
        Ok(self.start(wheels, sha256)?.wait_with_output()?)
    }
}

#[test]
fn processes_that_race_to_fill_the_cache_all_get_a_whole_one() -> anyhow::Result<()> {
    let sample = Sample::new()?;
    let racers = (0..4).map(|_| sample.start(sample.scratch.path(), &sample.sha256));
    let racers = racers.collect::<anyhow::Result<Vec<_>>>()?;
    for racer in racers {
        let output = racer.wait_with_output()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let folder = PathBuf::from(String::from_utf8(output.stdout)?.trim());
        let program = Command::new(folder.join("sample/program")).output()?;
        assert_eq!(program.stdout, b"runs\n");
    }
    let left: Vec<_> = fs::read_dir(sample.cache())?.collect::<Result<_, _>>()?;
    assert_eq!(left.len(), 1, "something else was left in the cache: {left:?}");
    Ok(())
}

#[test]
fn a_warm_cache_needs_no_wheel() -> anyhow::Result<()> {
    let sample = Sample::new()?;
    assert!(sample.run(sample.scratch.path(), &sample.sha256)?.status.success());
    assert!(sample.run(Path::new("/nonexistent"), &sample.sha256)?.status.success());
    Ok(())
}

#[test]
fn a_wheel_with_another_hash_is_refused() -> anyhow::Result<()> {
    let sample = Sample::new()?;
    let output = sample.run(sample.scratch.path(), &"0".repeat(64))?;
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("pip could not download `sample==1.0`"), "{told}");
    assert_eq!(fs::read_dir(sample.cache())?.count(), 0, "something was left in the cache");
    Ok(())
}
