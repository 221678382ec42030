//! Whose signatures count, by issuer.

use std::collections::HashMap;

use super::{PublicKey, Role};

/// The public keys of every issuer; two at a time while a key is rotated.
#[derive(Debug, Clone, Default)]
pub struct Trust(HashMap<Role, Vec<PublicKey>>);

impl Trust {
    /// Trusts nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Also trusts `key` under the name `issuer`.
    #[must_use]
    pub fn with(mut self, issuer: Role, key: PublicKey) -> Self {
        self.0.entry(issuer).or_default().push(key);
        self
    }

    pub(super) fn keys(&self, issuer: Role) -> Option<&[PublicKey]> {
        self.0.get(&issuer).map(Vec::as_slice).filter(|keys| !keys.is_empty())
    }
}

impl FromIterator<(Role, PublicKey)> for Trust {
    fn from_iter<I: IntoIterator<Item = (Role, PublicKey)>>(keys: I) -> Self {
        keys.into_iter().fold(Self::new(), |trust, (issuer, key)| trust.with(issuer, key))
    }
}
