//! People like you, why, and meeting them.

use kindred_proto::matching as wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Author, Authors, Community, Member, Moment, Post, some_text};
use crate::wire::IntroductionState;

/// Why somebody is suggested.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reason {
    /// A whole sentence.
    pub text: String,
    /// How much it counts; the weights of a match add up to its score.
    pub weight: u32,
    /// condition, interest, language, area, role, year, stage, treatment, age_band, sex,
    /// offer, want, community, thread, asked, likely or writing.
    pub kind: String,
    /// The language of the text (BCP 47).
    pub language: String,
}

/// Somebody like you.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Match {
    /// Who, as far as you may see them.
    pub member: Member,
    /// The sum of the reasons' weights.
    pub score: u32,
    /// Strongest first.
    pub reasons: Vec<Reason>,
    /// Communities that you share.
    pub communities: Vec<Community>,
    /// Posts of theirs that you may read, newest first.
    pub sample_posts: Vec<Post>,
}

impl Match {
    /// The reasons of a match on the wire.
    #[must_use]
    pub fn reasons_of_wire(reasons: Vec<wire::Reason>) -> Vec<Reason> {
        let told =
            |one: wire::Reason| Reason { text: one.text, weight: one.weight, kind: one.kind, language: one.language };
        reasons.into_iter().map(told).collect()
    }

    /// A reason's weight against the strongest one, in tenths, 1 to 10.
    #[must_use]
    pub fn tenths(&self, reason: &Reason) -> u32 {
        tenths(&self.reasons, reason)
    }
}

/// A reason's weight against the strongest of them, in tenths, 1 to 10.
pub(super) fn tenths(reasons: &[Reason], reason: &Reason) -> u32 {
    let most = reasons.iter().map(|one| one.weight).max().unwrap_or(1).max(1);
    (reason.weight.saturating_mul(10) / most).clamp(1, 10)
}

/// People like you, best first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct People {
    /// Best first.
    pub matches: Vec<Match>,
    /// What to add to your profile for better matches.
    pub advice: Vec<String>,
    /// The language of the advice (BCP 47): of those that `accept-language` wants the first that
    /// is spoken here, else English.
    pub language: String,
    /// Whether you agreed to be matched; without it there are no matches.
    pub matching: bool,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}

/// That one member asked to meet another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Introduction {
    /// Which.
    pub introduction_id: String,
    /// Who asked.
    pub from: Author,
    /// Who was asked.
    pub to: Author,
    /// How far it has come, as far as you may know.
    pub state: IntroductionState,
    /// What was written along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Moment>,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Moment>,
}

impl Introduction {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(introduction: wire::Introduction, authors: &Authors) -> Self {
        Self {
            from: authors.get(&introduction.from_member_id),
            to: authors.get(&introduction.to_member_id),
            introduction_id: introduction.introduction_id,
            state: IntroductionState::of_wire(introduction.state),
            note: some_text(introduction.note),
            asked_at: Moment::of_wire(introduction.asked_at),
            answered_at: Moment::of_wire(introduction.answered_at),
        }
    }

    /// Whether you were the one who was asked.
    #[must_use]
    pub const fn asked_of_you(&self) -> bool {
        self.to.is_you
    }

    /// The other one of the two.
    #[must_use]
    pub const fn other(&self) -> &Author {
        if self.to.is_you { &self.from } else { &self.to }
    }
}
