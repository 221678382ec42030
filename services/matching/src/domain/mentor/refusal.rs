//! Why a command on a mentor's offer may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The member offers nothing.
    #[error("there is no such mentor")]
    NotEnrolled,
    /// Nobody says of themselves that they are trained.
    #[error("somebody else has to confirm your training")]
    OwnTraining,
}
