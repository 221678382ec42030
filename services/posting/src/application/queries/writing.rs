//! How alike what somebody wrote is to what others wrote.
//!
//! # Promises
//!
//! * Only threads count that stand, whose authors are members, and that the caller may read now:
//!   for each community the caller's standing is asked for.
//! * Between two people only what either wrote where both are counts, so it is the same from
//!   either side, and nothing that one of them may not read changes it.
//! * Whole numbers decide, of as many threads as there may be, the newest.

use std::collections::{BTreeSet, HashMap};

use kindred_eventsourcing::EventStore;
use kindred_ids::{CommunityId, MemberId};
use kindred_sentences::{Vector, likeness};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use super::Queries;
use crate::application::Comparison;
use crate::projections::ThreadList;
use crate::read_model::{Authored, WrittenRow};

/// How many threads of one member count, the newest: what somebody writes about changes. Of 500
/// people five each are read in 60 ms on two cores that do other work besides, ten in 120.
const MOST_THREADS: usize = 5;

/// How alike, in thousandths.
pub type Alike = (MemberId, u32);

impl<S: EventStore> Queries<S> {
    /// How alike what the caller wrote is to what each of these wrote; nothing of those with
    /// whom there is nothing to compare, and nothing at all without a model.
    ///
    /// # Errors
    ///
    /// [`ApiError`] for anybody but a member, or if something does not answer.
    #[tracing::instrument(name = "query.writing.compare", skip_all, fields(kindred.member.id = tracing::field::Empty))]
    pub async fn compare(
        &self,
        caller: &Caller,
        asked: Comparison,
        metadata: &MetadataMap,
    ) -> Result<Vec<Alike>, ApiError> {
        let member = caller.member()?;
        tracing::Span::current().record("kindred.member.id", tracing::field::display(member.member));
        let Some(model) = self.meanings.version() else { return Ok(Vec::new()) };
        let own_tenants = asked.communities.iter().filter(|community| community.0.is_root_of(member.tenant.as_str()));
        let distinct: BTreeSet<Uuid> = own_tenants.map(|community| community.as_uuid()).collect();
        let open = self.standings(caller, distinct.into_iter().collect()).await?;
        // No transaction stays open while another service is asked.
        let (mut reading, _) = self.begin::<ThreadList>(metadata, &member.tenant).await?;
        // By community, so that the newest of any of them are at hand.
        let each = open.keys().map(|community| Authored { author: member.member.as_uuid(), places: vec![*community] });
        let own = reading.written(&each.collect::<Vec<_>>(), model.number(), MOST_THREADS as i64).await?;
        if own.is_empty() {
            reading.end().await?;
            return Ok(Vec::new());
        }
        let writers = asked.writers.into_iter().filter(|(writer, _)| *writer != member.member);
        let writers: Vec<(MemberId, Authored)> = writers
            .map(|(writer, places)| {
                let places = places.into_iter().map(CommunityId::as_uuid).filter(|place| open.contains_key(place));
                (writer, Authored { author: writer.as_uuid(), places: places.collect() })
            })
            .collect();
        let (writers, authored): (Vec<MemberId>, Vec<Authored>) = writers.into_iter().unzip();
        let theirs = reading.written(&authored, model.number(), MOST_THREADS as i64).await?;
        reading.end().await?;
        // Up to twenty million products: not for a thread that others wait for.
        let compared = tokio::task::spawn_blocking(move || compared(&writers, &authored, &own, &theirs));
        compared.await.map_err(|error| ApiError::internal(&error))
    }
}

/// A thread's vectors.
struct Thread {
    started_at: i64,
    thread: Uuid,
    community: Uuid,
    vectors: Vec<Vector>,
}

/// Each of the writers, by their number in `theirs`, with how alike they are.
fn compared(writers: &[MemberId], places: &[Authored], own: &[WrittenRow], theirs: &[WrittenRow]) -> Vec<Alike> {
    let mut own: Vec<Thread> = threads(own).into_values().flatten().collect();
    own.sort_by(|one, other| (other.started_at, one.thread).cmp(&(one.started_at, other.thread)));
    let theirs = threads(theirs);
    let alike = (0..).zip(writers.iter().zip(places)).filter_map(|(number, (writer, there))| {
        let shared = own.iter().filter(|thread| there.places.contains(&thread.community));
        let own: Vec<&Vector> = shared.take(MOST_THREADS).flat_map(|thread| &thread.vectors).collect();
        let theirs: Vec<&Vector> = theirs.get(&number)?.iter().flat_map(|thread| &thread.vectors).collect();
        // Nothing alike is nothing, however unlike.
        let alike = likeness(&own, &theirs)?.in_thousandths().clamp(0, 1_000);
        Some((*writer, u32::try_from(alike).unwrap_or_default()))
    });
    alike.collect()
}

/// Threads by the number of whom they were asked of.
fn threads(rows: &[WrittenRow]) -> HashMap<i32, Vec<Thread>> {
    let mut threads: HashMap<i32, Vec<Thread>> = HashMap::new();
    for row in rows {
        let Some(vector) = Vector::from_bytes(&row.vector) else { continue };
        let known = threads.entry(row.number).or_default();
        match known.last_mut().filter(|thread| thread.thread == row.thread_id) {
            Some(thread) => thread.vectors.push(vector),
            None => known.push(Thread {
                started_at: row.started_at,
                thread: row.thread_id,
                community: row.community_id,
                vectors: vec![vector],
            }),
        }
    }
    threads
}
