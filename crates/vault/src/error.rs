//! What the vault can fail at.

use kindred_eventsourcing::KeyId;
use kindred_ids::{MemberId, TenantSlug};

use crate::{NoRandomness, RootKeyError};

/// Why the vault did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The configured root key is not the one that sealed this vault. Nothing is served.
    #[error("root key `{given}` does not open this vault, which root key `{sealed_by}` sealed")]
    RootKeyMismatch {
        /// The configured one.
        given: String,
        /// The one that sealed the canary.
        sealed_by: String,
    },
    /// The vault holds keys but not the row that proves the root key.
    #[error("vault holds tenant keys but no canary row (table `vault_canary`)")]
    CanaryMissing,
    /// The root key could not be used.
    #[error("use the root key")]
    RootKey(#[source] RootKeyError),
    /// The database failed.
    #[error("{attempt}")]
    Database {
        /// What was attempted.
        attempt: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// The tables could not be made or changed.
    #[error("migrate the vault")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The member was erased; there will be no other key.
    #[error("member `{0}` was erased and gets no new key")]
    Erased(MemberId),
    /// A wrapped data key does not unwrap: changed on disk, or under another tenant key.
    #[error("wrapped data key `{0}` is damaged")]
    DataKeyDamaged(KeyId),
    /// A tenant's wrapped keys do not unwrap, or are not there although its data keys are.
    #[error("wrapped keys of tenant `{0}` are missing or damaged")]
    TenantKeyDamaged(TenantSlug),
    /// No key could be drawn.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The failure of another caller who asked for the same at the same time.
    #[error(transparent)]
    Shared(std::sync::Arc<Self>),
}

impl VaultError {
    pub(crate) fn database(attempt: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Database { attempt, source }
    }
}
