//! Why a command on a round may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was not started.
    #[error("there is no such round")]
    NotFound,
    /// Another part is next, or it has finished: somebody else holds it.
    #[error("another part of the round is next")]
    OutOfTurn,
    /// More than one part may hold.
    #[error("a part of a round holds too much")]
    TooLarge,
}
