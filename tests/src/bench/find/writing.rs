//! Members who change their profiles while others are looked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use kindred_ids::MemberId;
use kindred_proto::matching::FindPeopleRequest;
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::{ProfileField, ProfileFieldKind, SetProfileRequest, Visibility};
use kindred_service_kit::caller::metadata;
use kindred_service_kit::position;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;

use super::{VIEWERS, people};
use crate::bench::load::Measured;
use crate::bench::stage::Stage;
use crate::bench::world::{World, id};
use crate::bench::written::scattered;

/// Who write at the same time.
const AT_ONCE: u64 = 4;
/// Changes that are waited for.
const CHANGES: u64 = 1_000;

/// See the module.
pub struct Writers {
    membership: MembersClient<Channel>,
    tokens: Vec<MetadataValue<Ascii>>,
    next: AtomicU64,
}

/// What was measured while they wrote.
pub struct Written {
    /// Of the measurement.
    pub inner: Measured,
    /// Profiles a second.
    pub rate: f64,
}

impl Writers {
    /// Some of the members, others than those who look.
    pub fn of(stage: &Stage, world: &World, members: &Arc<[MemberId]>, channel: Channel) -> anyhow::Result<Self> {
        let writers = (VIEWERS..2 * VIEWERS).map(|number| members[scattered(number) as usize % members.len()]);
        let tokens: anyhow::Result<Vec<_>> = writers.map(|writer| stage.token(&world.tenant, writer)).collect();
        Ok(Self { membership: MembersClient::new(channel), tokens: tokens?, next: AtomicU64::new(0) })
    }

    /// Measures while they write.
    pub async fn while_they_write(
        &self,
        measured: impl Future<Output = anyhow::Result<Measured>>,
    ) -> anyhow::Result<Written> {
        let (done, begun, before) = (AtomicBool::new(false), Instant::now(), self.next.load(Ordering::Relaxed));
        let writing = (0..AT_ONCE).map(|_| async {
            while !done.load(Ordering::Relaxed) {
                self.write().await?;
            }
            anyhow::Ok(())
        });
        let measured = async {
            let inner = measured.await;
            done.store(true, Ordering::Relaxed);
            inner
        };
        let (inner, _) = tokio::try_join!(measured, futures::future::try_join_all(writing))?;
        let written = self.next.load(Ordering::Relaxed) - before;
        Ok(Written { inner, rate: written as f64 / begun.elapsed().as_secs_f64() })
    }

    /// How long it takes from the answer to a change until its writer finds people by it, one
    /// after the other.
    pub async fn visible(&self, matching: Channel) -> anyhow::Result<Measured> {
        let (mut matching, begun) = (MatchingClient::new(matching), Instant::now());
        let mut times = Vec::with_capacity(CHANGES as usize);
        for _ in 0..CHANGES {
            let (writer, position) = self.write().await?;
            let acknowledged = Instant::now();
            let mut request = Request::new(FindPeopleRequest { limit: super::LIMIT });
            request.metadata_mut().insert(metadata::CALLER, writer);
            request.metadata_mut().insert(position::METADATA, position.parse().context("read a position")?);
            let found = matching.find_people(request).await?.into_inner();
            ensure!(!found.stale, "a change is not seen in time");
            times.push(acknowledged.elapsed());
        }
        Ok(Measured::of(times, begun.elapsed()))
    }

    /// Replaces one profile; whose, and where that stands.
    async fn write(&self) -> anyhow::Result<(MetadataValue<Ascii>, String)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let token = self.tokens[number as usize % self.tokens.len()].clone();
        let field = |kind: ProfileFieldKind, value: &str| ProfileField {
            kind: kind.into(),
            value: value.to_owned(),
            label: String::new(),
            visibility: Visibility::Matched.into(),
        };
        let interest = people::INTERESTS[scattered(number) as usize % people::INTERESTS.len()];
        let fields = vec![field(ProfileFieldKind::Interest, interest), field(ProfileFieldKind::Language, "en")];
        let asked = SetProfileRequest { command_id: id(), fields, ..SetProfileRequest::default() };
        let mut request = Request::new(asked);
        request.metadata_mut().insert(metadata::CALLER, token.clone());
        let answer = self.membership.clone().set_profile(request).await?.into_inner();
        Ok((token, answer.receipt.context("a receipt")?.position))
    }
}
