//! Why a command on a pairing may be turned down.

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody mentors themselves.
    #[error("nobody is their own mentor")]
    Oneself,
    /// The mentor cannot be asked: unknown, gone, suspended, not trained, or blocked
    /// either way; which of them is not told.
    #[error("there is no such mentor")]
    MentorNotFound,
    /// The mentor rests, or has no place.
    #[error("this mentor takes nobody new at the moment")]
    MentorBusy,
    /// There is no such pairing for this member, or the other cannot be met any more.
    #[error("there is no such pairing")]
    NotFound,
    /// The question is open, or was asked too recently; the same after a decline.
    #[error("you have asked this mentor already")]
    AlreadyAsked,
    /// The two are paired.
    #[error("you are paired already")]
    AlreadyPaired,
    /// The question was taken back.
    #[error("the question was taken back")]
    Withdrawn,
    /// It is over.
    #[error("this pairing has ended")]
    Ended,
    /// A round had asked, and the mentee does not wait for this mentor any more.
    #[error("this question is not open any more")]
    Lapsed,
    /// It never began, as far as the one who asks may know.
    #[error("this pairing does not go on")]
    NotActive,
    /// The one who accepts is no mentor, or no longer.
    #[error("offer to mentor before accepting anybody")]
    NotEnrolled,
    /// The one who accepts waits for their training to be confirmed.
    #[error("your training has to be confirmed before you accept anybody")]
    NotTrained,
    /// The one who accepts takes nobody new for now.
    #[error("go on mentoring before accepting anybody")]
    Paused,
    /// All places of the one who accepts are taken.
    #[error("all of your places are taken")]
    NoFreePlace,
    /// This one place was taken a moment ago; another may be free.
    #[error("that place was taken a moment ago")]
    PlaceTaken,
}
