//! An index into its snapshots.

use std::collections::{BTreeSet, HashMap};
use std::sync::PoisonError;

use kindred_eventsourcing::EventStore;
use kindred_ids::{EntityKey, MemberId, TenantSlug};
use kindred_service_kit::placement::Share;
use kindred_vault::{Aad, Sealer};
use sqlx::{query_file, query_file_as, query_file_scalar};

use super::rounds::split_of;
use super::rows::{Row, manifest};
use super::{SnapshotError, Snapshots};
use crate::index::profile::{PlainField, SealedField, SealedProfile};
use crate::index::snapshot::{
    Chunk, Manifest, Origin, Plan, Portion, Refused, Rules, checksum, chunk_of, sealing_command,
};
use crate::index::{Held, LogName, LogPositions, TenantPosition};

/// The lock of whoever writes snapshots into a database.
const WRITER: i64 = 7_220_110;
/// Facts of a tenant that are worth a new snapshot, at least.
const ENOUGH: u64 = 1_000;
/// The part of a tenant's people that as many facts are worth one.
const SHARE: u64 = 20;
/// How far the log may go on behind a snapshot, however little of it is the tenant's.
const FAR: u64 = 100_000;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Tenants whose snapshots were written.
    pub written: usize,
    /// Tenants whose snapshots still hold further on.
    pub moved: usize,
}

/// What a writer remembers from one round to the next.
#[derive(Debug, Default)]
pub struct Round {
    /// Facts that had been taken in of each tenant when their snapshot was made, and erasures
    /// among them.
    taken: HashMap<TenantSlug, (u64, u64)>,
}

impl<S: EventStore> Snapshots<S> {
    /// Writes what changed enough; none if another process is at it. `all` writes whatever
    /// changed at all.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] if Postgres, a log or the keys are not to be had.
    pub async fn write(&self, round: &mut Round, all: bool) -> Result<Option<Written>, SnapshotError> {
        let mut only = self.database.projector().begin().await?;
        if !query_file_scalar!("src/snapshots/only_writer.sql", WRITER).fetch_one(&mut *only).await? {
            return Ok(None);
        }
        query_file!("src/snapshots/drop_unfinished.sql").execute(self.database.projector()).await?;
        // Read before the tenants: whoever is not among them has no fact up to here.
        let positions = self.index.all_positions();
        let (mut written, mut tenants) = (Written::default(), Vec::new());
        for held in self.index.held() {
            tenants.push(held.slug.to_string());
            self.write_tenant(held, positions, round, all, &mut written).await?;
        }
        let (holding, [membership, posting, matching]) = (self.index.holding(), self.streams(positions));
        let (Share { placement, replica }, split) = (holding.share(), split_of(holding));
        query_file!(
            "src/snapshots/round.sql",
            placement.replicas().cast_signed(),
            placement.copies().cast_signed(),
            replica.cast_signed(),
            membership.identity,
            membership.position.cast_signed(),
            posting.identity,
            posting.position.cast_signed(),
            matching.identity,
            matching.position.cast_signed(),
            &tenants,
            &split
        )
        .execute(self.database.projector())
        .await?;
        only.rollback().await?;
        Ok(Some(written))
    }

    async fn write_tenant(
        &self,
        held: Held,
        now: LogPositions,
        round: &mut Round,
        all: bool,
        written: &mut Written,
    ) -> Result<(), SnapshotError> {
        let rules = Rules::current(self.index.floor());
        let holder = self.index.holding().holder(&held.slug);
        let newest = query_file_as!(Row, "src/snapshots/newest.sql", held.slug.as_str(), holder);
        let row = newest.fetch_optional(self.database.projector()).await?;
        let newest = match row.map(|row| manifest(&held.slug, row)) {
            Some(newest) => match newest.check(rules, &self.origin_of(&newest, now)) {
                Ok(()) => Some(newest),
                // Another replica is further on.
                Err(Refused::AheadOfLog { .. }) => return Ok(()),
                // One that no start would use is as good as none.
                Err(_) => None,
            },
            None => None,
        };
        let TenantPosition { positions, taken, erasures, people } = held.position();
        let (taken_then, erasures_then) = round.taken.get(&held.slug).copied().unwrap_or_default();
        let since = taken - taken_then.min(taken);
        let due = match &newest {
            None => true,
            Some(_) if self.refused().contains(&held.slug) => true,
            Some(newest) => {
                let far = now.iter().zip(newest.origin.positions()).any(|(now, then)| now - then >= FAR);
                let enough = since >= ENOUGH.max(people / SHARE) || far;
                // Whoever was erased is in no chunk of theirs; here others' relations to them end.
                is_behind(newest, positions) && (all || enough || erasures > erasures_then)
            }
        };
        match newest {
            _ if due => {
                self.write_chunks(&held, rules, now).await?;
                self.refused().remove(&held.slug);
                round.taken.insert(held.slug, (taken, erasures));
                written.written += 1;
            }
            Some(newest) if !is_behind(&newest, positions) => {
                self.move_up(&newest, now).await?;
                written.moved += 1;
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    /// What a snapshot would be compared with if its weights and positions were all that differ.
    fn origin_of(&self, newest: &Manifest, now: LogPositions) -> Origin {
        Origin { streams: self.streams(now), weights: newest.origin.weights.clone() }
    }

    async fn move_up(&self, newest: &Manifest, now: LogPositions) -> Result<(), SnapshotError> {
        let weights = self.weights(&newest.tenant, now[LogName::Matching as usize]).await?.sum;
        let [membership, posting, matching] = now.map(u64::cast_signed);
        query_file!(
            "src/snapshots/move.sql",
            newest.tenant.as_str(),
            newest.number,
            membership,
            posting,
            matching,
            weights
        )
        .execute(self.database.projector())
        .await?;
        Ok(())
    }

    async fn write_chunks(&self, held: &Held, rules: Rules, began: LogPositions) -> Result<(), SnapshotError> {
        let (plan, noted) = self.index.planned(&held.tenant).await.map_err(|_panicked| SnapshotError::Ended)?;
        // Of membership's log everything up to where the round began is in, and may be taken in
        // again; of the others what was noted is, to the event.
        let ([membership, ..], [_, posting, matching]) = (began, noted);
        let weights = self.weights(&held.slug, matching).await?.sum;
        let origin = Origin { streams: self.streams([membership, posting, matching]), weights };
        let chunks = plan.portions.len();
        let number = self.begin(&held.slug, rules, &origin, &plan).await?;
        for (chunk, portion) in plan.portions.into_iter().enumerate() {
            self.write_chunk(held, number, (chunk, chunks), portion, membership).await?;
        }
        let (holder, fleet) = (self.index.holding().holder(&held.slug), self.index.holding().fleet(&held.slug));
        query_file!("src/snapshots/whole.sql", held.slug.as_str(), number, holder, fleet)
            .execute(self.database.projector())
            .await?;
        Ok(())
    }

    async fn begin(&self, slug: &TenantSlug, rules: Rules, origin: &Origin, plan: &Plan) -> Result<i64, SnapshotError> {
        let [membership, posting, matching] = &origin.streams;
        let number = query_file_scalar!(
            "src/snapshots/begin.sql",
            slug.as_str(),
            rules.format.cast_signed(),
            rules.cohort_floor.cast_signed(),
            rules.boosts.cast_signed(),
            rules.code_system.cast_signed(),
            membership.identity,
            membership.position.cast_signed(),
            posting.identity,
            posting.position.cast_signed(),
            matching.identity,
            matching.position.cast_signed(),
            origin.weights,
            plan.suspended,
            plan.portions.len() as i32,
            self.index.holding().holder(slug)
        );
        Ok(number.fetch_one(self.database.projector()).await?)
    }

    /// One chunk is one short transaction, which no record of an erasure overlaps: whoever
    /// is on record before it is left out, whoever comes later is taken out.
    async fn write_chunk(
        &self,
        held: &Held,
        number: i64,
        (chunk, chunks): (usize, usize),
        portion: Portion,
        position: u64,
    ) -> Result<(), SnapshotError> {
        let (tenant, slug) = (held.tenant.clone(), &held.slug);
        let kept = move || tenant.read().unwrap_or_else(PoisonError::into_inner).kept(chunk, chunks, &portion);
        let mut kept = blocking(kept).await?;
        self.seal_exposed(slug, position, &mut kept).await?;
        let mut transaction = self.database.unerasing().await?;
        let erased = query_file!("src/snapshots/erased.sql", slug.as_str()).fetch_all(&mut *transaction).await?;
        let erased: BTreeSet<MemberId> =
            erased.into_iter().filter_map(|row| MemberId::try_from(row.member).ok()).collect();
        kept.leave_out(&erased);
        kept.erase(&erased.into_iter().filter(|member| chunk_of(*member, chunks) == chunk).collect());
        let slug_too = slug.clone();
        let (content, sum) = blocking(move || {
            let content = kept.encode();
            let sum = checksum(&slug_too, chunk, &content);
            (content, sum)
        })
        .await?;
        query_file!("src/snapshots/chunk.sql", slug.as_str(), number, chunk as i32, content, sum)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Seals what was read of those who consent no more under their own keys, so that it can
    /// be read again if they do.
    async fn seal_exposed(&self, slug: &TenantSlug, position: u64, chunk: &mut Chunk) -> Result<(), SnapshotError> {
        for member in chunk.exposed() {
            let sealer = self.keys.sealer(slug, member).await?;
            let sealed = sealer.and_then(|sealer| sealed(slug, member, position, &sealer, &chunk.plain(member)));
            chunk.seal(member, sealed);
        }
        Ok(())
    }
}

/// A profile as its owner's own command would have sealed it; none if that fails, which is
/// told to whoever operates.
fn sealed(
    slug: &TenantSlug,
    member: MemberId,
    position: u64,
    sealer: &Sealer,
    plain: &[PlainField],
) -> Option<SealedProfile> {
    let command_id = sealing_command(slug, member, position);
    let entity = EntityKey::new(slug.clone(), "member", member);
    let mut fields = Vec::with_capacity(plain.len());
    for (index, field) in plain.iter().enumerate() {
        let name = SealedProfile::field_name(index);
        let aad = Aad::of(slug, member, &entity, command_id, &name);
        match sealer.seal(&format!("{}\n{}", field.value, field.label), &aad) {
            Ok(content) => fields.push(SealedField { index, kind: field.kind, release: field.release, content }),
            Err(error) => {
                tracing::error!(kindred.member.id = %member, %error, "a profile field of `{member}` is not sealed again");
                return None;
            }
        }
    }
    Some(SealedProfile { command_id, fields: fields.into(), withholds: false })
}

/// Whether something happened in a tenant that stands at these positions since a snapshot.
fn is_behind(snapshot: &Manifest, positions: LogPositions) -> bool {
    snapshot.origin.positions().iter().zip(positions).any(|(then, now)| now > *then)
}

/// Work that takes milliseconds, beside those who wait for answers.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, SnapshotError> {
    tokio::task::spawn_blocking(work).await.map_err(|_panicked| SnapshotError::Ended)
}
