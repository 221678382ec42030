//! How long a reader waits for their own write, while others write, too.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use kindred_ids::ThreadId;
use kindred_jetstream::Durability;
use kindred_proto::posting as proto;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_service_kit::caller::Role;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use super::Report;
use super::commands::reply_call;
use super::load::{Call, Measured};
use super::report::Goal;
use super::stage::Stage;
use super::world::{Tokens, World, id, text};

/// Writes followed by a read, each.
const TIMES: usize = 400;
/// Writes a second of others meanwhile.
const OTHERS: u64 = 200;
/// Members of the community.
const MEMBERS: usize = 64;
/// Milliseconds that 99 of a hundred reads of one's own write may take.
const MOST: f64 = 150.0;

/// Measures reads that bring a position along, beside the same reads without.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    if !report.demand.wants("read-your-writes") {
        return Ok(());
    }
    let stage = Stage::start(Durability::ProcessCrash).await?;
    let membership = stage.serve(Role::Membership, &[]).await?;
    let world = World::make(&stage, MEMBERS).await?;
    let posting = stage.serve(Role::Posting, &[]).await?;
    let community = *world.communities(&stage, 1).await?.first().context("one community")?;
    world.all_join(&stage, community).await?;
    let (tokens, channel) = (world.tokens(&stage)?, posting.channel().await?);
    let threads: Arc<[ThreadId]> = world.threads(&channel, &tokens, community, TIMES + 1).await?.into();
    stage.settled(&[Role::Membership, Role::Posting]).await?;

    let others = threads[TIMES..].iter().copied().collect();
    let stop = CancellationToken::new();
    let writing = tokio::spawn(keep_writing(reply_call(&stage, &world, &posting, &others).await?, stop.clone()));
    let (with, without) = reads(&channel, &tokens, &threads).await?;
    stop.cancel();
    let written = writing.await??;
    report.remark(&format!(
        "read-your-writes: {written:.0} replies a second of others; beside the read without a position"
    ))?;
    report.add("read-your-writes.p50", with.p50, "ms", Some(without.p50), Goal::None)?;
    report.add("read-your-writes.p99", with.p99, "ms", Some(without.p99), Goal::AtMost(MOST))?;
    posting.stop().await?;
    membership.stop().await?;
    stage.stop().await
}

/// Writes in a thread of one's own, then reads it with the position of the write; and
/// once more without.
async fn reads(channel: &Channel, tokens: &Tokens, threads: &[ThreadId]) -> anyhow::Result<(Measured, Measured)> {
    let mut client = ThreadsClient::new(channel.clone());
    let (mut with, mut without) = (Vec::with_capacity(TIMES), Vec::with_capacity(TIMES));
    for (number, thread) in (0..TIMES as u64).zip(threads) {
        let thread_id = thread.to_string();
        let reply = proto::ReplyRequest {
            command_id: id(),
            thread_id: thread_id.clone(),
            parent_id: String::new(),
            text: text(number),
        };
        let receipt = client.reply(tokens.request(number, reply)).await?.into_inner().receipt.context("a receipt")?;
        for (position, latencies) in [(Some(&receipt.position), &mut with), (None, &mut without)] {
            let mut request =
                tokens.request(number, proto::GetThreadRequest { thread_id: thread_id.clone(), page: None });
            if let Some(position) = position {
                request.metadata_mut().insert("kindred-position", position.parse()?);
            }
            let begun = Instant::now();
            let answer = client.get_thread(request).await?.into_inner();
            latencies.push(begun.elapsed());
            ensure!(!answer.stale && answer.reply_count == 1, "a reader does not see their own write");
        }
    }
    let window = |latencies: &Vec<Duration>| latencies.iter().sum();
    let (all, bare) = (window(&with), window(&without));
    Ok((Measured::of(with, all), Measured::of(without, bare)))
}

/// Writes at an even pace until told to stop; how many a second it came to.
async fn keep_writing(call: Call, stop: CancellationToken) -> anyhow::Result<f64> {
    let mut ticks = interval(Duration::from_micros(1_000_000 / OTHERS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (begun, mut running) = (Instant::now(), tokio::task::JoinSet::new());
    let mut written = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => drop(running.spawn(call())),
        }
        while let Some(ended) = running.try_join_next() {
            ended??;
            written += 1;
        }
    }
    let rate = f64::from(written) / begun.elapsed().as_secs_f64();
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(rate)
}
