//! Mentors, and who is paired with whom.

use kindred_proto::matching as wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Author, Authors, Community, Member, Moment, Reason, some_text};
use crate::wire::{PairingEnd, PairingMood, PairingState, RoundMode};

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

/// A round: those who waited were brought together with mentors who had a place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MentorRound {
    /// Which.
    pub round_id: String,
    /// How it chose.
    pub mode: RoundMode,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Moment>,
    /// When it was over; absent while it runs, and the numbers are 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Moment>,
    /// How many waited.
    pub waiting: u32,
    /// How many mentors had a place.
    pub mentors: u32,
    /// How many places they had.
    pub places: u32,
    /// For how many a mentor was asked.
    pub proposed: u32,
    /// How many of those mentors said yes.
    pub accepted: u32,
    /// How long whoever waited longest had been waiting, in milliseconds.
    pub longest_wait_millis: u64,
}

impl MentorRound {
    fn of_wire(round: wire::MentorRound) -> Self {
        Self {
            round_id: round.round_id,
            mode: RoundMode::of_wire(round.mode),
            started_at: Moment::of_wire(round.started_at),
            finished_at: Moment::of_wire(round.finished_at),
            waiting: round.waiting,
            mentors: round.mentors,
            places: round.places,
            proposed: round.proposed,
            accepted: round.accepted,
            longest_wait_millis: round.longest_wait_millis,
        }
    }
}

/// Those who wait for a mentor in the whole organization, and what rounds do for them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MentorQueue {
    /// How many wait.
    pub waiting: u32,
    /// Since when whoever waits longest has been waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_since: Option<Moment>,
    /// The round that was started last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_round: Option<MentorRound>,
    /// How unevenly rounds of the last 90 days asked the mentors, in thousandths (Gini): 0 if
    /// all were asked as often, near 1,000 if one was every time. Absent if nobody was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposure_gini_permille: Option<u32>,
}

impl MentorQueue {
    /// From the wire.
    #[must_use]
    pub fn of_wire(queue: wire::MentorQueue) -> Self {
        Self {
            waiting: queue.waiting,
            longest_since: Moment::of_wire(queue.longest_since),
            last_round: queue.last_round.map(MentorRound::of_wire),
            exposure_gini_permille: (queue.exposures > 0).then_some(queue.exposure_gini_permille),
        }
    }
}

/// Whether you wait for a mentor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MentorWait {
    /// Since when; absent if you do not wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}

/// How much the mentors look after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MentorLoads {
    /// Those who look after most first.
    pub mentors: Vec<MentorLoad>,
    /// Whether there are more than are told.
    pub more: bool,
    /// Those who wait, and the last round.
    pub queue: MentorQueue,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}
