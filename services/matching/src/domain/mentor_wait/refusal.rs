//! Why a command on a wish for a mentor may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They do not wait, or another mentor's answer is open.
    #[error("this member does not wait for a mentor")]
    NotWaiting,
}
