//! Mentors, and who is paired with whom.

use kindred_proto::matching as wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Author, Authors, Community, Member, Moment, Reason, some_text};
use crate::wire::{PairingEnd, PairingMood, PairingState};

/// A mentor who has a place for you.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Mentor {
    /// Who, as far as you may see them.
    pub member: Member,
    /// What they can help with, in their words.
    pub about: String,
    /// How many places are free.
    pub free: u32,
    /// The sum of the reasons' weights.
    pub score: u32,
    /// What you share, where both of you agreed to be matched; strongest first.
    pub reasons: Vec<Reason>,
    /// Communities that you share.
    pub communities: Vec<Community>,
}

/// Mentors who have a place for you, best first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Mentors {
    /// Best first.
    pub mentors: Vec<Mentor>,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}

/// What a mentor offers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MentorOffer {
    /// What they can help with, in their words.
    pub about: String,
    /// How many at once.
    pub capacity: u32,
    /// Whether somebody confirmed that they are trained.
    pub trained: bool,
    /// Whether they take nobody new for now.
    pub paused: bool,
    /// How many they look after.
    pub active: u32,
}

impl MentorOffer {
    /// From the wire.
    #[must_use]
    pub fn of_wire(offer: wire::MentorOffer) -> Self {
        let wire::MentorOffer { about, capacity, trained, paused, active } = offer;
        Self { about, capacity, trained, paused, active }
    }
}

/// What you offer as a mentor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnOffer {
    /// Absent if you are no mentor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<MentorOffer>,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}

/// What one of two said of how it goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckIn {
    /// How it goes.
    pub mood: PairingMood,
    /// What was written along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

impl CheckIn {
    fn of_wire(view: wire::CheckInView) -> Self {
        Self { mood: PairingMood::of_wire(view.mood), note: some_text(view.note), at: Moment::of_wire(view.at) }
    }
}

/// That one member asked another to mentor them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Pairing {
    /// Which.
    pub pairing_id: String,
    /// Who asked.
    pub mentee: Author,
    /// Who was asked.
    pub mentor: Author,
    /// How far it has come, as far as you may know.
    pub state: PairingState,
    /// What was written along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Moment>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Moment>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
    /// Why, if you ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<PairingEnd>,
    /// What the mentee said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mentee_check_in: Option<CheckIn>,
    /// What the mentor said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mentor_check_in: Option<CheckIn>,
}

impl Pairing {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(pairing: wire::Pairing, authors: &Authors) -> Self {
        Self {
            mentee: authors.get(&pairing.mentee_id),
            mentor: authors.get(&pairing.mentor_id),
            pairing_id: pairing.pairing_id,
            state: PairingState::of_wire(pairing.state),
            note: some_text(pairing.note),
            asked_at: Moment::of_wire(pairing.asked_at),
            accepted_at: Moment::of_wire(pairing.accepted_at),
            ended_at: Moment::of_wire(pairing.ended_at),
            reason: Some(PairingEnd::of_wire(pairing.reason)).filter(|reason| *reason != PairingEnd::Unknown),
            mentee_check_in: pairing.mentee_check_in.map(CheckIn::of_wire),
            mentor_check_in: pairing.mentor_check_in.map(CheckIn::of_wire),
        }
    }

    /// Whether you are the mentor.
    #[must_use]
    pub const fn you_mentor(&self) -> bool {
        self.mentor.is_you
    }

    /// The other one of the two.
    #[must_use]
    pub const fn other(&self) -> &Author {
        if self.mentor.is_you { &self.mentee } else { &self.mentor }
    }

    /// What the other one said last.
    #[must_use]
    pub const fn their_check_in(&self) -> Option<&CheckIn> {
        if self.mentor.is_you { self.mentee_check_in.as_ref() } else { self.mentor_check_in.as_ref() }
    }
}

/// How much a mentor looks after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MentorLoad {
    /// Who.
    pub mentor: Author,
    /// How many at once.
    pub capacity: u32,
    /// How many they look after.
    pub active: u32,
    /// How many of their pairings began within the last seven days.
    pub recent: u32,
    /// Whether somebody confirmed that they are trained.
    pub trained: bool,
    /// Whether they take nobody new for now.
    pub paused: bool,
}

impl MentorLoad {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(load: wire::MentorLoad, authors: &Authors) -> Self {
        let wire::MentorLoad { member_id, capacity, active, recent, trained, paused } = load;
        Self { mentor: authors.get(&member_id), capacity, active, recent, trained, paused }
    }
}

/// How much the mentors look after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MentorLoads {
    /// Those who look after most first.
    pub mentors: Vec<MentorLoad>,
    /// Whether there are more than are told.
    pub more: bool,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}
