//! Keys of personal text: made, wrapped, handed out and destroyed here, and nowhere else.
//!
//! # Promises
//!
//! * A root key wraps one key per tenant, that one a data key per member; only wrapped
//!   keys reach the disk, each bound to its tenant, id and owner.
//! * With a root key other than the one that sealed the vault nothing is served.
//! * A data key is committed before anybody learns its id, so no event can rest on a key
//!   that a crash takes away.
//! * A destroyed key opens nothing: its text reads as [`Opened::Redacted`], never as an
//!   error, and at most 60 seconds later also in a process that missed the erasure.
//! * Key material is wiped when dropped and never printed. What the cipher expands on the
//!   stack for one call is not wiped.
//!
//! # Limits
//!
//! The length of a text shows in its ciphertext. A copy of the database files, their
//! write-ahead log or a backup from before an erasure still holds the wrapped key: keep
//! backups of this database apart from the log's and short, and after a restore destroy
//! again what was erased since ([`Keeper::destroy`] may be repeated, also for a member
//! whose key the restored vault never had).

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
