//! Why a command on a message may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such message for this member.
    #[error("there is no such message")]
    NotFound,
    /// The message was written before, by another command.
    #[error("the message was already written")]
    AlreadyWritten,
    /// Only who wrote it may do this.
    #[error("only its author may do this to the message")]
    NotTheAuthor,
    /// There is no such conversation for this member.
    #[error("there is no such conversation")]
    ConversationNotFound,
    /// Who writes has left the conversation.
    #[error("you left this conversation: come back to write")]
    Left,
    /// The other one has; why is theirs.
    #[error("they are not here any more")]
    OtherLeft,
    /// The other cannot be written to: gone, suspended, or blocked either way; which of
    /// them is not told.
    #[error("this member cannot be reached")]
    Unreachable,
}
