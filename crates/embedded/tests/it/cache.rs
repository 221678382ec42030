//! Where servers come from.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kindred_embedded::{Settings, nats_server, postgres_bin};

use crate::support::Scratch;

fn settings(cache: &Path) -> Settings {
    Settings { cache: cache.to_owned(), nats_server: None, postgres_bin: None, path: "".into(), ..Settings::from_env() }
}

/// A program that says it is of a version.
fn pretend(path: &Path, version: &str) -> anyhow::Result<()> {
    fs::write(path, format!("#!/bin/sh\necho 'of version {version}'\n"))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

#[test]
fn a_setting_that_names_an_old_server_is_refused() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let old = scratch.path().join("nats-server");
    pretend(&old, "2.14.6")?;
    let settings = Settings { nats_server: Some(old.clone()), ..settings(scratch.path()) };
    let refused = nats_server(&settings).expect_err("2.14 is too old").to_string();
    let wanted = format!("`KINDRED_NATS_SERVER` names `{}`, which is nats-server 2.14; 2.15 or newer", old.display());
    assert!(refused.starts_with(&wanted), "{refused}");
    Ok(())
}

#[test]
fn a_setting_that_names_nothing_is_refused() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let settings = Settings { postgres_bin: Some(scratch.path().to_owned()), ..settings(scratch.path()) };
    let refused = postgres_bin(&settings).expect_err("there is no postgres").to_string();
    assert!(refused.contains("`KINDRED_POSTGRES_BIN` names") && refused.contains("cannot be run"), "{refused}");
    Ok(())
}

#[test]
fn the_path_helps_out_if_new_enough_when_nothing_can_be_fetched() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    // A file where the cache folder would be: nothing can be unpacked there.
    let cache = scratch.path().join("cache");
    fs::write(&cache, "")?;
    let settings = Settings { path: scratch.path().into(), ..settings(&cache) };
    let program = scratch.path().join("nats-server");
    pretend(&program, "2.14.6")?;
    let refused = nats_server(&settings).expect_err("2.14 is too old").to_string();
    assert!(refused.contains("`PATH` has none of version 2.15 or newer"), "{refused}");
    pretend(&program, "2.15.0")?;
    assert_eq!(nats_server(&settings)?, program);
    Ok(())
}
