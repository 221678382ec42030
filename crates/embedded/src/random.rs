//! Unguessable names and passwords, from the operating system.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Attempt, Error};

const SOURCE: &str = "/dev/urandom";

/// Returns 16 random bytes in hex.
pub(crate) fn token() -> Result<String, Error> {
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes()?)))
}

/// Returns a random number below `limit`.
pub(crate) fn below(limit: u16) -> Result<u16, Error> {
    let number = u32::from_ne_bytes(bytes()?) % u32::from(limit.max(1));
    Ok(u16::try_from(number).unwrap_or(0))
}

fn bytes<const COUNT: usize>() -> Result<[u8; COUNT], Error> {
    let source = Path::new(SOURCE);
    let mut drawn = [0; COUNT];
    let mut file = File::open(source).attempt("open", source)?;
    file.read_exact(&mut drawn).attempt("read", source)?;
    Ok(drawn)
}
