//! Why a command on an introduction may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody asks to meet themselves.
    #[error("nobody is introduced to themselves")]
    Oneself,
    /// The other cannot be met: unknown, gone, suspended, without consent, or blocked
    /// either way; which of them is not told.
    #[error("there is no such member")]
    MemberNotFound,
    /// There is no such introduction for this member, or the other cannot be met any more.
    #[error("there is no such introduction")]
    NotFound,
    /// The one who asks has not agreed to be matched.
    #[error("agree to be matched before asking for an introduction")]
    OwnConsentMissing,
    /// The question is open, or was asked too recently; the same after a decline.
    #[error("you have asked this member already")]
    AlreadyAsked,
    /// They asked as often today as one may.
    #[error("you have asked as many people today as one may; ask again tomorrow")]
    TooManyToday,
    /// Another question of theirs at the same moment was faster.
    #[error("you asked somebody else at the same moment; ask again")]
    TurnTaken,
    /// The two know each other already.
    #[error("you are introduced already")]
    AlreadyAccepted,
    /// The question was taken back.
    #[error("the introduction was taken back")]
    Withdrawn,
}
