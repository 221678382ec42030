//! Finding people among 100,000, who all came through the log.

mod people;
mod writing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use kindred_ids::MemberId;
use kindred_jetstream::Durability;
use kindred_proto::matching::FindPeopleRequest;
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_service_kit::caller::Role;
use kindred_vault::{FileRootKey, Vault};
use prost::Message as _;
use tonic::Request;
use tonic::transport::Channel;

use super::Report;
use super::floor;
use super::load::{Call, call, measure, one_by_one};
use super::report::Goal;
use super::stage::{Stage, channel};
use super::world::World;
use super::written::scattered;

/// Members of the one tenant.
const MEMBERS: usize = 100_000;
/// The same from the environment, for who has the time.
const MEMBERS_VARIABLE: &str = "KINDRED_BENCH_MEMBERS";
/// Answers measured one by one.
const TIMES: usize = 2_000;
/// Members whose answers are asked for.
const VIEWERS: u64 = 1_000;
/// Matches asked for.
const LIMIT: u32 = 20;
/// Milliseconds that 99 of a hundred answers may take.
const MOST: f64 = 25.0;
/// Milliseconds after which 99 of a hundred changes must be seen.
const VISIBLE: f64 = 1_000.0;

/// Measures `FindPeople` through gRPC, beside an echo of as many bytes.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    if !report.demand.wants("find-people") {
        return Ok(());
    }
    let count = match std::env::var(MEMBERS_VARIABLE) {
        Ok(count) => count.parse().with_context(|| format!("read {MEMBERS_VARIABLE}"))?,
        Err(_unset) => MEMBERS,
    };
    let stage = Stage::start(Durability::ProcessCrash).await?;
    // A million members are more than the demo's streams hold.
    stage.make_stream("membership").await?;
    let membership = stage.serve(Role::Membership, &[]).await?;
    let world = World::make(&stage, 1).await?;
    // Its read models would take the time of those who write; they catch up afterwards.
    membership.stop().await?;
    let members: Arc<[MemberId]> = people::write(&stage, &world.tenant, count).await?.into();
    let membership = stage.serve(Role::Membership, &[]).await?;
    stage.settled(&[Role::Membership]).await?;

    let begun = Instant::now();
    let matching = stage.serve(Role::Matching, &[]).await?;
    let indexed = count as f64 / begun.elapsed().as_secs_f64();
    let find = find_call(&stage, &world, &members, matching.channel().await?)?;
    let answered = Arc::new(AtomicU64::new(0));
    let sample = sample(&stage, &world, &members, matching.channel().await?).await?;
    let echo = floor::serve(sample, |_| async { Ok(()) }).await?;
    let echo_channel = channel(echo.address).await?;
    let tokens = world.tokens(&stage)?;
    let echoed = call(move || {
        let call = floor::Call::by(tokens.of(answered.fetch_add(1, Ordering::Relaxed)));
        call.send(echo_channel.clone(), Bytes::from_static(b"\x08\x14"))
    });

    let (bare, found) = (one_by_one(TIMES, &echoed).await?, one_by_one(TIMES, &find).await?);
    report
        .remark(&format!("find-people: best {LIMIT} of {count} members; beside an echo of as many bytes ({sample})"))?;
    report.add("find-people.p50", found.p50, "ms", Some(bare.p50), Goal::None)?;
    report.add("find-people.p99", found.p99, "ms", Some(bare.p99), Goal::AtMost(MOST))?;
    let (bare, found) = (measure(16, &echoed).await?, measure(16, &find).await?);
    report.add("find-people.16", found.rate, "1/s", Some(bare.rate), Goal::None)?;
    report.add("find-people.16.p99", found.p99, "ms", Some(bare.p99), Goal::None)?;
    report.add("find-people.indexed", indexed, "members/s", None, Goal::None)?;
    let writers = writing::Writers::of(&stage, &world, &members, membership.channel().await?)?;
    let written = writers.while_they_write(one_by_one(TIMES, &find)).await?;
    report.remark(&format!("find-people.writing: beside {:.0} profiles a second", written.rate))?;
    report.add("find-people.writing.p99", written.inner.p99, "ms", None, Goal::AtMost(MOST))?;
    let visible = writers.visible(matching.channel().await?).await?;
    report.remark("find-people.visible: from the answer to a new profile to people found by it")?;
    report.add("find-people.visible.p50", visible.p50, "ms", None, Goal::None)?;
    report.add("find-people.visible.p99", visible.p99, "ms", None, Goal::AtMost(VISIBLE))?;
    matching.stop().await?;
    membership.stop().await?;
    stage.stop().await
}

/// Asks for the people who suit one member after the other, far apart.
fn find_call(stage: &Stage, world: &World, members: &Arc<[MemberId]>, channel: Channel) -> anyhow::Result<Call> {
    let client = MatchingClient::new(channel);
    let viewers = (0..VIEWERS).map(|number| members[scattered(number) as usize % members.len()]);
    let tokens: anyhow::Result<Vec<_>> = viewers.map(|viewer| stage.token(&world.tenant, viewer)).collect();
    let (tokens, next) = (Arc::new(tokens?), AtomicU64::new(0));
    Ok(call(move || {
        let (mut client, number) = (client.clone(), next.fetch_add(1, Ordering::Relaxed));
        let token = tokens[number as usize % tokens.len()].clone();
        async move {
            let mut request = Request::new(FindPeopleRequest { limit: LIMIT });
            request.metadata_mut().insert(kindred_service_kit::caller::metadata::CALLER, token);
            let found = client.find_people(request).await?.into_inner();
            ensure!(found.matches.len() == LIMIT as usize, "{} people were found", found.matches.len());
            Ok(())
        }
    }))
}

/// Bytes of an answer.
async fn sample(stage: &Stage, world: &World, members: &Arc<[MemberId]>, channel: Channel) -> anyhow::Result<usize> {
    let mut request = Request::new(FindPeopleRequest { limit: LIMIT });
    let token = stage.token(&world.tenant, members[0])?;
    request.metadata_mut().insert(kindred_service_kit::caller::metadata::CALLER, token);
    Ok(MatchingClient::new(channel).find_people(request).await?.into_inner().encoded_len())
}

/// The key vault, as membership opens it.
pub async fn vault(stage: &Stage) -> anyhow::Result<Vault> {
    let root = FileRootKey::load(&stage.folder().join("keys/root.key"))?;
    let database = stage.environment.postgres.url_of("kindred_vault").parse()?;
    Ok(Vault::open(&database, 16, Arc::new(root)).await?)
}
