//! Why a command on a conversation may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody talks to themselves.
    #[error("a conversation needs somebody else")]
    Oneself,
    /// There is no such conversation for this member.
    #[error("there is no such conversation")]
    NotFound,
    /// No introduction of the two was accepted.
    #[error("you have not met this member yet: ask them for an introduction first")]
    NotIntroduced,
    /// The other cannot be written to: gone, suspended, or blocked either way; which of
    /// them is not told.
    #[error("this member cannot be reached")]
    Unreachable,
}
