//! Why a reaction may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The post was taken out.
    #[error("the post was taken out")]
    PostDeleted,
}
