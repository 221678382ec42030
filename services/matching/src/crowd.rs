//! Everybody of a tenant, also where the people are split among replicas: whoever is asked
//! gathers what the others hold.
//!
//! # Promises
//!
//! * An answer is that of a whole tenant or an error: where nobody answers for some of the
//!   people, nothing is answered.
//! * Each part answers once it has come as far in every log as whoever asks.
//! * A part is asked of its holders in turn, so that it is missing only when all of them are.

mod neighbors;
pub(crate) mod wire;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use kindred_ids::{CommunityId, MemberId, TenantSlug};
use kindred_service_kit::avoidance::Avoidance;
use kindred_service_kit::error::ApiError;

use crate::index::ask::{Answer, Ask, PAGE};
use crate::index::inquiry::{Aim, Inquiry, inside};
use crate::index::{Alike, CommunitySuggestion, Draft, Found, Index, LOOKED_AT, Match, Scale, Writers};

pub(crate) use neighbors::unreachable;
use neighbors::{AGAIN, AVOIDED, mistaken};
pub use neighbors::{Neighbors, Nobody};

/// See the module.
#[derive(Clone)]
pub struct Crowd {
    index: Index,
    neighbors: Arc<dyn Neighbors>,
    avoidance: Arc<Avoidance>,
    patience: Duration,
}

/// Whom a viewer's question may come to, before it is put in order and explained.
#[derive(Debug)]
pub(crate) enum Candidates {
    /// All of a tenant that is held here whole: looked up when they are explained.
    Held,
    /// Nobody, as the viewer may not look, and what is found beside people.
    Nobody(Found),
    /// The best of all parts.
    Gathered(Gathered),
}

/// The best of all parts for a viewer.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// What is found beside them, as it was before they were asked for: the answer stands at
    /// that position or a later one.
    rest: Found,
    inquiry: Inquiry,
    /// Each with their score.
    best: Vec<(MemberId, u64)>,
}

impl From<Index> for Crowd {
    /// For an index of which nothing is split.
    fn from(index: Index) -> Self {
        Self::new(index, Arc::new(Nobody), AGAIN)
    }
}

impl Crowd {
    /// What `index` holds, and the rest through `neighbors`, each of whom is given `patience`.
    #[must_use]
    pub fn new(index: Index, neighbors: Arc<dyn Neighbors>, patience: Duration) -> Self {
        let replicas = index.holding().share().placement.replicas();
        Self { index, neighbors, avoidance: Arc::new(Avoidance::new(replicas, AVOIDED)), patience }
    }

    /// What is held here.
    #[must_use]
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// As [`Index::find`].
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if nobody answers for some of the people.
    pub async fn find(&self, tenant: &TenantSlug, viewer: MemberId, limit: usize) -> Result<Found, ApiError> {
        let candidates = self.candidates(tenant, viewer, limit).await?;
        self.found(tenant, viewer, limit, candidates, None).await
    }

    /// The best for a viewer: so many as are to be found, or as are looked at where the viewer
    /// agreed that what they wrote is compared.
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub(crate) async fn candidates(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        limit: usize,
    ) -> Result<Candidates, ApiError> {
        if !self.is_split(tenant) {
            return Ok(Candidates::Held);
        }
        let rest = self.index.rest(tenant, viewer);
        let Some(inquiry) = self.inquiry(tenant, viewer, Aim::Meeting).await? else {
            return Ok(Candidates::Nobody(rest));
        };
        let compares = self.index.compares(tenant, viewer);
        let best = self.best(tenant, &inquiry, if compares { LOOKED_AT.max(limit) } else { limit }).await?;
        Ok(Candidates::Gathered(Gathered { rest, inquiry, best }))
    }

    /// Of those the ones who may be compared by what they wrote, as [`Index::writers`].
    pub(crate) fn writers(&self, tenant: &TenantSlug, viewer: MemberId, candidates: &Candidates) -> Writers {
        match candidates {
            Candidates::Held => self.index.writers(tenant, viewer),
            Candidates::Nobody(_) => Writers::default(),
            Candidates::Gathered(gathered) => {
                let best = self.index.best_of_all(tenant, viewer, gathered.best.clone(), LOOKED_AT);
                self.index.writers_of(tenant, viewer, &best)
            }
        }
    }

    /// The best of those with their reasons; by what they wrote as [`Index::find_by_writing`],
    /// where that is known, else as [`Index::find`].
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub(crate) async fn found(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        limit: usize,
        candidates: Candidates,
        alike: Option<&Alike>,
    ) -> Result<Found, ApiError> {
        let Gathered { rest, inquiry, best } = match (candidates, alike) {
            (Candidates::Held, None) => return Ok(self.index.find(tenant, viewer, limit)),
            (Candidates::Held, Some(alike)) => return Ok(self.index.find_by_writing(tenant, viewer, limit, alike)),
            (Candidates::Nobody(rest), _) => return Ok(rest),
            (Candidates::Gathered(gathered), _) => gathered,
        };
        let raised = self.index.raised(tenant, viewer, best, alike.unwrap_or(&Alike::new()), limit);
        let order = raised.iter().map(|(member, _)| *member).collect();
        let raises: HashMap<MemberId, u32> = raised.into_iter().collect();
        let matches = self.compared(tenant, inquiry, order).await?.into_iter();
        let raised = matches.map(|found| {
            let raise = raises.get(&found.member).copied().unwrap_or_default();
            found.raised(raise)
        });
        Ok(Found { matches: raised.collect(), ..rest })
    }

    /// As [`Index::shared`].
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub async fn shared(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        others: &[MemberId],
    ) -> Result<Vec<Match>, ApiError> {
        if !self.is_split(tenant) {
            return Ok(self.index.shared(tenant, viewer, others));
        }
        let Some(inquiry) = self.inquiry(tenant, viewer, Aim::Comparing).await? else { return Ok(Vec::new()) };
        self.compared(tenant, inquiry, others.to_vec()).await
    }

    /// As [`Index::scores`].
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub async fn scores(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        others: &[MemberId],
    ) -> Result<Vec<Option<u32>>, ApiError> {
        if !self.is_split(tenant) {
            return Ok(self.index.scores(tenant, viewer, others));
        }
        let sums = match self.inquiry(tenant, viewer, Aim::Comparing).await? {
            Some(inquiry) => match self.of_all(tenant, Ask::AddUp(inquiry, others.to_vec())).await? {
                Answer::AddedUp(sums) => sums,
                _ => return Err(mistaken()),
            },
            None => vec![0; others.len()],
        };
        let met = self.index.met(tenant, viewer, others).into_iter().zip(sums);
        Ok(met.map(|(met, sum)| met.then(|| u32::try_from(sum).unwrap_or(u32::MAX))).collect())
    }

    /// As [`Index::communities_for`].
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub async fn communities_for(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        limit: usize,
    ) -> Result<(Vec<CommunitySuggestion>, u64), ApiError> {
        if !self.is_split(tenant) {
            return Ok(self.index.communities_for(tenant, viewer, limit));
        }
        let position = self.index.rest(tenant, viewer).position;
        let Some(inquiry) = self.inquiry(tenant, viewer, Aim::Suggestions).await? else {
            return Ok((Vec::new(), position));
        };
        let Answer::Tally(tally) = self.of_all(tenant, Ask::Tally(inquiry.clone())).await? else {
            return Err(mistaken());
        };
        let own = self.index.places_of(tenant, viewer);
        let places: Vec<CommunityId> = tally.places().into_iter().chain(own).collect();
        let features = places.iter().map(|place| inside(*place)).collect();
        let Answer::Counts(counts) = self.of_all(tenant, Ask::Count(features)).await? else { return Err(mistaken()) };
        let sizes: BTreeMap<CommunityId, u32> = places.into_iter().zip(counts.holders).collect();
        Ok((self.index.suggestions(tenant, &inquiry, &tally, &sizes, limit), position))
    }

    /// What the next table of a split tenant's weights is made of, if it is time for one, and
    /// this is the replica that fixes them: of several that counted others at the same
    /// position, each could fix a part of its own.
    pub(crate) async fn weights_to_fix(&self, tenant: &TenantSlug) -> Result<Option<Draft>, ApiError> {
        if !self.is_split(tenant) || self.index.holding().share().replica != 0 {
            return Ok(None);
        }
        let Answer::Counts(counts) = self.of_all(tenant, Ask::Count(Vec::new())).await? else {
            return Err(mistaken());
        };
        let scale = Scale { population: counts.population, floor: self.index.floor() };
        if !self.index.weights_are_due(tenant, scale, counts.inferring) {
            return Ok(None);
        }
        let mut values = Vec::new();
        loop {
            let behind = values.last().map(|(feature, _)| feature).cloned();
            let Answer::Coded(page) = self.of_all(tenant, Ask::Coded(behind)).await? else { return Err(mistaken()) };
            let more = page.len() >= PAGE;
            values.extend(page);
            if !more {
                return Ok(self.index.draft(tenant, scale, counts.inferring, values));
            }
        }
    }

    pub(crate) fn is_split(&self, tenant: &TenantSlug) -> bool {
        self.index.holding().is_split(tenant)
    }

    /// What a viewer asks of all parts; none for one who may not look.
    async fn inquiry(&self, tenant: &TenantSlug, viewer: MemberId, aim: Aim) -> Result<Option<Inquiry>, ApiError> {
        if !self.index.is_findable(tenant, viewer) {
            return Ok(None);
        }
        let holding = self.index.holding();
        let Answer::Said(said) = self.asked(tenant, vec![holding.part_of(viewer)], Ask::Said(viewer)).await? else {
            return Err(mistaken());
        };
        let Some(outline) = self.index.outline(tenant, viewer, said, aim) else { return Ok(None) };
        let Answer::Counts(counts) = self.of_all(tenant, Ask::Count(outline.features())).await? else {
            return Err(mistaken());
        };
        Ok(self.index.inquiry(tenant, outline, &counts))
    }

    async fn best(
        &self,
        tenant: &TenantSlug,
        inquiry: &Inquiry,
        limit: usize,
    ) -> Result<Vec<(MemberId, u64)>, ApiError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        match self.of_all(tenant, Ask::Best(inquiry.clone(), limit)).await? {
            Answer::Best(best) => Ok(best),
            _ => Err(mistaken()),
        }
    }

    /// What the viewer shares with each of these, in their order.
    async fn compared(
        &self,
        tenant: &TenantSlug,
        inquiry: Inquiry,
        members: Vec<MemberId>,
    ) -> Result<Vec<Match>, ApiError> {
        let holding = self.index.holding();
        let mut parts: Vec<u32> = members.iter().map(|member| holding.part_of(*member)).collect();
        parts.sort_unstable();
        parts.dedup();
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let Answer::Compared(found) = self.asked(tenant, parts, Ask::Compare(inquiry, members.clone())).await? else {
            return Err(mistaken());
        };
        let mut found: HashMap<MemberId, Match> = found.into_iter().map(|found| (found.member, found)).collect();
        Ok(members.iter().filter_map(|member| found.remove(member)).collect())
    }
}
