//! Why a command on a comment may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such comment in this tenant.
    #[error("there is no such reply")]
    NotFound,
    /// The comment was posted before, by another command.
    #[error("the reply was already posted")]
    AlreadyPosted,
    /// It was taken out.
    #[error("the reply was taken out")]
    Deleted,
    /// Only who wrote it may do this.
    #[error("only its author may do this to the reply")]
    NotTheAuthor,
    /// A moderator says why.
    #[error("a moderator gives a reason for taking a reply out")]
    ReasonMissing,
    /// There is no such thread in this tenant.
    #[error("there is no such thread")]
    ThreadNotFound,
    /// The thread takes no replies any more.
    #[error("the thread was taken out")]
    ThreadDeleted,
    /// The reply that is answered is not in this thread.
    #[error("there is no such reply in this thread")]
    ParentNotFound,
    /// The reply that is answered was taken out.
    #[error("the reply that is answered was taken out")]
    ParentDeleted,
}
