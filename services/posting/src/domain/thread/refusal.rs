//! Why a command on a thread may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such thread in this tenant.
    #[error("there is no such thread")]
    NotFound,
    /// The thread was started before, by another command.
    #[error("the thread was already started")]
    AlreadyStarted,
    /// It was taken out.
    #[error("the thread was taken out")]
    Deleted,
    /// Only who wrote it may do this.
    #[error("only its author may do this to the thread")]
    NotTheAuthor,
    /// A moderator says why.
    #[error("a moderator gives a reason for taking a thread out")]
    ReasonMissing,
}
