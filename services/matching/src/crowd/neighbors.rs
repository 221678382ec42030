//! How replicas are asked about the parts that they hold.
//!
//! # Promises
//!
//! * Whoever did not answer is asked last for a while, so that not every question waits for
//!   them; of it there is one line in the log, not one a question.

use std::collections::BTreeMap;
use std::time::Duration;
use std::vec::IntoIter;

use futures::future::{BoxFuture, join_all};
use kindred_ids::TenantSlug;
use kindred_proto::matching::{AskRequest, AskResponse};
use kindred_service_kit::error::{ApiError, chain};

use super::{Crowd, wire};
use crate::index::ask::{Answer, Ask, Question};

/// How soon to ask again where nobody answered.
pub(super) const AGAIN: Duration = Duration::from_millis(500);
/// For so long a replica that did not answer is asked last.
pub(super) const AVOIDED: Duration = Duration::from_secs(5);

/// Asks other replicas about the people that they hold.
pub trait Neighbors: Send + Sync + 'static {
    /// What `replica` answers.
    fn ask(&self, replica: u32, request: AskRequest) -> BoxFuture<'_, Result<AskResponse, ApiError>>;
}

/// Nobody else: for an index of which nothing is split.
pub struct Nobody;

impl Neighbors for Nobody {
    fn ask(&self, _: u32, _: AskRequest) -> BoxFuture<'_, Result<AskResponse, ApiError>> {
        Box::pin(async { Err(unreachable("no setting names the other replicas")) })
    }
}

impl Crowd {
    /// What everybody of a tenant answers together.
    pub(super) async fn of_all(&self, tenant: &TenantSlug, ask: Ask) -> Result<Answer, ApiError> {
        let parts = (0..self.index.holding().share().placement.replicas()).collect();
        self.asked(tenant, parts, ask).await
    }

    /// What all of these parts answer together.
    pub(super) async fn asked(&self, tenant: &TenantSlug, parts: Vec<u32>, ask: Ask) -> Result<Answer, ApiError> {
        let (holding, positions) = (self.index.holding(), self.index.all_positions());
        let whom = |part| (part, self.avoidance.order(holding.holders(part)).into_iter());
        let mut left: Vec<(u32, IntoIter<u32>)> = parts.into_iter().map(whom).collect();
        let mut together: Option<Answer> = None;
        while !left.is_empty() {
            let mut asked: BTreeMap<u32, Vec<(u32, IntoIter<u32>)>> = BTreeMap::new();
            for (part, mut holders) in std::mem::take(&mut left) {
                let away = || unreachable("some of the people cannot be looked up at the moment; ask again");
                let holder = holders.next().ok_or_else(away)?;
                asked.entry(holder).or_default().push((part, holders));
            }
            let questions = asked.into_iter().map(|(replica, parts)| {
                let of = parts.iter().map(|(part, _)| *part).collect();
                let question = Question { parts: of, positions, ask: ask.clone() };
                async move { (parts, self.answered(replica, tenant, question).await) }
            });
            for (parts, answer) in join_all(questions).await {
                match (answer, together.take()) {
                    (Some(answer), Some(before)) => together = Some(before.with(answer).ok_or_else(mistaken)?),
                    (Some(answer), None) => together = Some(answer),
                    (None, before) => {
                        together = before;
                        left.extend(parts);
                    }
                }
            }
        }
        together.ok_or_else(mistaken)
    }

    /// What a replica answers; none where it does not, which is noted.
    async fn answered(&self, replica: u32, tenant: &TenantSlug, question: Question) -> Option<Answer> {
        match self.one(replica, tenant, &question).await {
            Ok(answer) => {
                self.avoidance.trust(replica);
                Some(answer)
            }
            Err(error) => {
                if self.avoidance.avoid(replica) {
                    let chain = chain(&error);
                    tracing::warn!(kindred.replica = replica, %chain, "a replica does not answer for its people");
                }
                None
            }
        }
    }

    async fn one(&self, replica: u32, tenant: &TenantSlug, question: &Question) -> Result<Answer, ApiError> {
        if replica == self.index.holding().share().replica {
            return Ok(self.index.answer(tenant, &question.parts, &question.ask));
        }
        let asked = self.neighbors.ask(replica, wire::request(tenant.to_string(), question.clone()));
        match tokio::time::timeout(self.patience, asked).await {
            Ok(answer) => wire::read_response(answer?),
            Err(_elapsed) => Err(unreachable("another replica takes too long")),
        }
    }
}

/// Some people cannot be asked for.
pub(crate) fn unreachable(why: &str) -> ApiError {
    ApiError::unavailable("PART_UNREACHABLE", why).with_retry_after(AGAIN)
}

/// Another replica answered something that it was not asked.
pub(super) fn mistaken() -> ApiError {
    unreachable("another replica does not understand this one; ask again")
}
