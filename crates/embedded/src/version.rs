//! Versions as servers print them, compared by major and minor number.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub major: u32,
    pub minor: u32,
}

impl Version {
    /// Reads the first `<number>.<number>` or, as of a beta of Postgres, `<number>`.
    pub fn find(text: &str) -> Option<Self> {
        let start = text.find(|character: char| character.is_ascii_digit())?;
        let numbers = text[start..].split(|character: char| !character.is_ascii_digit() && character != '.').next()?;
        let mut parts = numbers.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        Some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_found_in_what_servers_print() {
        for (text, major, minor) in [
            ("nats-server: v2.15.1\n", 2, 15),
            ("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n", 15, 13),
            ("postgres (PostgreSQL) 19beta1\n", 19, 0),
        ] {
            assert_eq!(Version::find(text), Some(Version { major, minor }));
        }
        assert_eq!(Version::find("no number"), None);
    }

    #[test]
    fn ten_is_newer_than_nine() {
        assert!(Version { major: 2, minor: 10 } > Version { major: 2, minor: 9 });
    }
}
