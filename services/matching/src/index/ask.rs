//! A question about some parts of a tenant, as one replica puts it to another.

use std::collections::BTreeMap;

use kindred_ids::{MemberId, TenantSlug};

use super::feature::Feature;
use super::inquiry::{Counts, Inquiry, Said};
use super::search::Match;
use super::suggest::Tally;
use super::tenant::Tenant;
use super::{Index, LogName, LogPositions};

/// How many coded values one answer holds.
pub(crate) const PAGE: usize = 20_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// What a member says of themselves.
    Said(MemberId),
    /// How many hold each of these.
    Count(Vec<Feature>),
    /// Who suits best, at most so many.
    Best(Inquiry, u32),
    /// What the viewer shares with each of these.
    Compare(Inquiry, Vec<MemberId>),
    /// What each of these adds up to.
    AddUp(Inquiry, Vec<MemberId>),
    /// Who is where.
    Tally(Inquiry),
    /// Which coded values there are behind this one, and how many hold each.
    Coded(Option<Feature>),
}

/// What is answered, of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Said(Vec<Said>),
    Counts(Counts),
    Best(Vec<(MemberId, u64)>),
    Compared(Vec<Match>),
    AddedUp(Vec<u64>),
    Tally(Tally),
    /// Ascending; as many as fit where there may be more.
    Coded(Vec<(Feature, u32)>),
}

/// What one replica asks another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// About whom: the people of these parts.
    pub(crate) parts: Vec<u32>,
    /// How far the logs must have come that the answer rests on.
    pub(crate) positions: LogPositions,
    pub(crate) ask: Ask,
}

impl Index {
    /// Answers about parts that are held here.
    pub(crate) fn answer(&self, tenant: &TenantSlug, parts: &[u32], ask: &Ask) -> Answer {
        let known = self.look(tenant, |tenant| tenant.answer(parts, ask));
        known.unwrap_or_else(|| self.empty(tenant).answer(parts, ask))
    }

    /// How far each log is in.
    pub(crate) fn all_positions(&self) -> LogPositions {
        LogName::ALL.map(|log| self.position_in(log))
    }
}

impl Tenant {
    fn answer(&self, parts: &[u32], ask: &Ask) -> Answer {
        match ask {
            Ask::Said(member) => Answer::Said(self.said(*member).unwrap_or_default()),
            Ask::Count(features) => Answer::Counts(self.count(parts, features)),
            Ask::Best(inquiry, limit) => Answer::Best(self.best_for(parts, inquiry, *limit as usize)),
            Ask::Compare(inquiry, members) => Answer::Compared(self.compare(parts, inquiry, members)),
            Ask::AddUp(inquiry, members) => Answer::AddedUp(self.add_up(parts, inquiry, members)),
            Ask::Tally(inquiry) => Answer::Tally(self.tally_for(parts, inquiry)),
            Ask::Coded(behind) => Answer::Coded(self.coded(parts, behind.as_ref(), PAGE)),
        }
    }
}

impl Answer {
    /// Of these parts and those; none of answers to different questions.
    pub(crate) fn with(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Said(one), Self::Said(other)) => Self::Said(if one.is_empty() { other } else { one }),
            (Self::Counts(one), Self::Counts(other)) => Self::Counts(one.with(other)),
            (Self::Best(one), Self::Best(other)) => Self::Best(one.into_iter().chain(other).collect()),
            (Self::Compared(one), Self::Compared(other)) => Self::Compared(one.into_iter().chain(other).collect()),
            (Self::AddedUp(one), Self::AddedUp(other)) if one.len() == other.len() => {
                Self::AddedUp(one.into_iter().zip(other).map(|(one, other)| one + other).collect())
            }
            (Self::Tally(one), Self::Tally(other)) => Self::Tally(one.with(other)),
            (Self::Coded(one), Self::Coded(other)) => Self::Coded(both(one, other)),
            _ => return None,
        })
    }
}

/// What two counted, up to where each of them did.
fn both(one: Vec<(Feature, u32)>, other: Vec<(Feature, u32)>) -> Vec<(Feature, u32)> {
    let ends = [&one, &other].into_iter().filter(|values| values.len() >= PAGE);
    let end = ends.filter_map(|values| values.last()).map(|(feature, _)| feature.clone()).min();
    let mut sums: BTreeMap<Feature, u32> = BTreeMap::new();
    for (feature, holders) in one.into_iter().chain(other) {
        *sums.entry(feature).or_default() += holders;
    }
    sums.into_iter().take_while(|(feature, _)| end.as_ref().is_none_or(|end| feature <= end)).collect()
}
