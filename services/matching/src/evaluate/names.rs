//! Names of a file by number.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The longest name, in bytes.
pub(super) const LONGEST: usize = 500;

/// Names in the order in which they came.
#[derive(Default)]
pub(super) struct Names {
    numbers: HashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

impl Names {
    /// The number of a name, a new one if need be; what is wrong with it otherwise. A
    /// space would be the end of it in an answer.
    pub(super) fn number(&mut self, name: &str) -> Result<u32, String> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        if name.len() > LONGEST || name.contains(char::is_whitespace) {
            return Err(format!("a name is longer than {LONGEST} bytes or holds a space"));
        }
        let number = u32::try_from(self.names.len()).map_err(|_| "too many names".to_owned())?;
        self.numbers.insert(name.into(), number);
        self.names.push(name.into());
        Ok(number)
    }

    pub(super) fn get(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    pub(super) fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    pub(super) fn len(&self) -> u32 {
        self.names.len() as u32
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.names.iter().enumerate().map(|(number, name)| (number as u32, &**name))
    }
}

/// What the order of equal scores depends on: both names.
pub(super) fn tie(who: &str, what: &str) -> u64 {
    xxh3_64_with_seed(what.as_bytes(), xxh3_64_with_seed(who.as_bytes(), 0))
}
