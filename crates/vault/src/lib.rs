//! The keys to what people wrote.
#![doc = include_str!("../README.md")]

mod aad;
mod cached;
mod data_key;
mod error;
mod keys;
mod memory;
mod reservation;
mod root_key;
mod seal;
mod secret;
mod source;
mod vault;
mod wrap;

pub use aad::Aad;
pub use cached::{CacheSettings, CachedKeys, LONGEST_LIFETIME, SettingsError};
pub use data_key::{DataKey, KeyState};
pub use error::VaultError;
pub use keys::Keys;
pub use memory::MemoryVault;
pub use reservation::TenantReservationKey;
pub use root_key::{FileRootKey, FileRootKeyError, RootKey, RootKeyError};
pub use seal::{LONGEST_TEXT, OpenError, Opened, Opener, SealError, Sealer, check_size};
pub use secret::{NoRandomness, Secret};
pub use source::{Keeper, KeyError, KeyRing, KeySource, LARGEST_BATCH, Receipt};
pub use vault::Vault;
pub use zeroize::Zeroizing;
