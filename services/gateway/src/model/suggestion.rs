//! Where you might go.

use serde::Serialize;
use utoipa::ToSchema;

use super::matching::tenths;
use super::{Community, Reason};

/// A community that suits you.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SuggestedCommunity {
    /// Which.
    pub community: Community,
    /// The sum of the reasons' weights.
    pub score: u32,
    /// Strongest first.
    pub reasons: Vec<Reason>,
    /// The community of yours that most of it is because of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because_of_community_id: Option<String>,
}

impl SuggestedCommunity {
    /// A reason's weight against the strongest one, in tenths, 1 to 10.
    #[must_use]
    pub fn tenths(&self, reason: &Reason) -> u32 {
        tenths(&self.reasons, reason)
    }
}

/// A thread in which those wrote who wrote where you did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SuggestedThread {
    /// Which.
    pub thread_id: String,
    /// Where it stands.
    pub community_id: String,
    /// Its title.
    pub title: String,
    /// How many replies it has.
    pub replies: u32,
}
