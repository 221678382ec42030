//! Why a command on an inbox item may be turned down.

/// A rule that does not allow the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such item in the inbox of whoever asks.
    #[error("there is no such item in this inbox")]
    NotFound,
}
