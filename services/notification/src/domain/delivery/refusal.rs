//! Why a command on a delivery may be turned down.

/// A rule that does not allow the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such delivery was ever queued.
    #[error("there is no such delivery")]
    NotQueued,
}
