//! Tenants and programmes: readable, immutable, never reused names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slug has 2 to 40 lower-case letters, digits and single hyphens, and starts with a letter")]
pub struct SlugError;

fn check(text: &str) -> Result<(), SlugError> {
    let fits = (2..=40).contains(&text.len())
        && text.as_bytes()[0].is_ascii_lowercase()
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    fits.then_some(()).ok_or(SlugError)
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = SlugError;
            fn from_str(text: &str) -> Result<Self, SlugError> {
                check(text).map(|()| Self(text.into()))
            }
        }
        impl TryFrom<String> for $name {
            type Error = SlugError;
            fn try_from(text: String) -> Result<Self, SlugError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(slug: $name) -> Self {
                slug.0.to_string()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

slug! {
    /// A tenant: a hospital, a practice group, a society.
    TenantSlug
}
slug! {
    /// A programme: an ACO or health system over several tenants.
    ProgrammeSlug
}

/// What the tenant token of a subject says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Inside one tenant.
    Tenant(TenantSlug),
    /// Above the tenants: programmes, and the tenants themselves as entities.
    Programme,
}

impl Scope {
    /// The token in a subject; a programme's is `_`, which no slug starts with.
    #[must_use]
    pub fn token(&self) -> &str {
        match self {
            Self::Tenant(slug) => slug.as_str(),
            Self::Programme => "_",
        }
    }

    /// The tenant, if this is inside one.
    #[must_use]
    pub const fn tenant(&self) -> Option<&TenantSlug> {
        match self {
            Self::Tenant(slug) => Some(slug),
            Self::Programme => None,
        }
    }
}

impl From<TenantSlug> for Scope {
    fn from(slug: TenantSlug) -> Self {
        Self::Tenant(slug)
    }
}

impl FromStr for Scope {
    type Err = SlugError;
    fn from_str(token: &str) -> Result<Self, SlugError> {
        if token == "_" { Ok(Self::Programme) } else { token.parse().map(Self::Tenant) }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.token())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_refused_unless_they_are_plain() {
        for bad in ["", "a", "_", "_a", "A-b", "a--b", "a-", "1a", "a.b", "a*", "a>", "a b", "é-a", &"a".repeat(41)] {
            assert!(bad.parse::<TenantSlug>().is_err(), "{bad:?} was taken");
        }
        for good in ["riverside", "north-shore-2", "ab"] {
            assert!(good.parse::<TenantSlug>().is_ok(), "{good:?} was refused");
        }
    }
}
