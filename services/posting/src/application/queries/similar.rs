//! What was asked before that may answer what somebody is about to ask.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use futures::future::try_join_all;
use kindred_eventsourcing::EventStore;
use kindred_ids::MemberId;
use kindred_projections::Projection as _;
use kindred_sentences::{ModelVersion, Similarity, Vector, nearest};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use super::{Answer, Queries};
use crate::application::Question;
use crate::application::fusion::fused;
use crate::application::refusals::community_unknown;
use crate::projections::{Questions, ThreadList};
use crate::read_model::{Reading, ThreadRow, VectorRow};

/// How many each way of looking may bring.
const MOST_OF_ONE: usize = 30;
/// Less than this is another question: the same asked in other words measured 0.46 to 0.87,
/// unrelated questions up to 0.11.
const NEAR: Similarity = Similarity::thousandths(450);

impl<S: EventStore> Queries<S> {
    /// Threads of a community of the caller that may answer their question, the nearest
    /// first and those with replies before equal ones without; none of anybody who is apart
    /// from the caller.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller has no standing there, or something does not answer.
    #[tracing::instrument(name = "query.thread.similar", skip_all, fields(kindred.community.id = %question.community))]
    pub async fn similar(
        &self,
        caller: &Caller,
        question: &Question,
        metadata: &MetadataMap,
    ) -> Result<Answer<Vec<ThreadRow>>, ApiError> {
        let member = caller.member()?;
        if !question.community.0.is_root_of(member.tenant.as_str()) {
            return Err(community_unknown());
        }
        // Nobody spends a model's time where they have no standing.
        self.application.membership.standing(caller, question.community).await?;
        let meant = self.meanings.of(question.meanings()).await;
        let projections = [(ThreadList::NAME, ThreadList::VERSION), (Questions::NAME, Questions::VERSION)];
        let snapshot = self.snapshots.begin(metadata, &member.tenant, &projections).await?;
        let mut reading = Reading::new(snapshot.transaction, member.tenant.clone());
        let by_words = reading.threads_by_words(question.community, &question.words(), MOST_OF_ONE as i64).await?;
        let by_meaning = match &meant {
            Some((model, asked)) => by_vectors(&mut reading, question, *model, asked).await?,
            None => Vec::new(),
        };
        let scores: HashMap<Uuid, u64> = fused(&[by_words, by_meaning]).into_iter().collect();
        let ids: Vec<Uuid> = scores.keys().copied().collect();
        let mut rows = reading.standing_threads(question.community, &ids).await?;
        reading.end().await?;
        rows.sort_by_key(|row| (Reverse(worth(scores[&row.thread_id], row)), row.thread_id));
        let rows = self.together(caller, rows, question.most).await?;
        Ok(Answer { rows, stale: snapshot.stale })
    }

    /// The first of these threads whose authors are not apart from the caller.
    async fn together(
        &self,
        caller: &Caller,
        mut rows: Vec<ThreadRow>,
        most: usize,
    ) -> Result<Vec<ThreadRow>, ApiError> {
        let own = caller.member()?.member;
        rows.truncate(3 * most);
        let authors: HashSet<Uuid> = rows.iter().map(|row| row.author_id).collect();
        let asked = authors.into_iter().filter_map(|id| MemberId::try_from(id).ok()).filter(|author| *author != own);
        let apart = try_join_all(asked.map(|author| async move {
            let apart = self.application.membership.are_apart(caller, own, author).await?;
            Ok::<_, ApiError>(apart.then(|| author.as_uuid()))
        }));
        let apart: HashSet<Uuid> = apart.await?.into_iter().flatten().collect();
        rows.retain(|row| !apart.contains(&row.author_id));
        rows.truncate(most);
        Ok(rows)
    }
}

/// A thread that nobody answered is worth half: it is asked there, not answered.
fn worth(score: u64, row: &ThreadRow) -> u64 {
    if row.replies > 0 { score } else { score / 2 }
}

/// Threads by the nearest of their title and text to any part of the question.
async fn by_vectors(
    reading: &mut Reading,
    question: &Question,
    model: ModelVersion,
    asked: &[Vector],
) -> Result<Vec<Uuid>, ApiError> {
    let rows = reading.vectors(question.community, model.number()).await?;
    let mut near: HashMap<Uuid, Similarity> = HashMap::new();
    for VectorRow { thread_id, vector } in rows {
        let Some(vector) = Vector::from_bytes(&vector) else { continue };
        let Some(most) = nearest(asked, &[vector]) else { continue };
        if most >= NEAR {
            let known = near.entry(thread_id).or_insert(most);
            *known = most.max(*known);
        }
    }
    let mut near: Vec<(Uuid, Similarity)> = near.into_iter().collect();
    near.sort_by_key(|(id, near)| (Reverse(*near), *id));
    near.truncate(MOST_OF_ONE);
    Ok(near.into_iter().map(|(id, _)| id).collect())
}
