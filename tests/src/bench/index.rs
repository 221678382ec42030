//! Finding people among 100,000 and a million in one process: how fast, how small, how soon
//! after a start; beside a search engine that holds the same profiles.

#[path = "../../../services/matching/examples/find_people/crowd.rs"]
mod crowd;
#[path = "../../../services/matching/examples/find_people/measure.rs"]
mod measure;
#[cfg(feature = "tantivy")]
mod tantivy;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use kindred_eventsourcing::MemoryStore;
use kindred_ids::{CommandId, CommunityId, MemberId, ThreadId, derive_root_id};
use kindred_matching::index::Index;
use kindred_matching::snapshots::{Log, MIGRATIONS, Round, Snapshots};
use kindred_testkit::{Seed, TestDatabase};
use kindred_vault::{CacheSettings, CachedKeys, KeyRing, MemoryVault};

use super::Report;
use super::report::Goal;
use measure::{Filled, within};

/// Answers that are measured.
const QUERIES: usize = 3_000;
/// Profiles that are changed.
const CHANGES: u64 = 100_000;
/// Changes a second at least.
const LEAST_CHANGES: f64 = 20_000.0;
/// Bytes a member at most.
const MOST_BYTES: f64 = 400.0;
/// Seconds that a start may take.
const MOST_START: f64 = 10.0;

/// Seconds for which a snapshot may hold up what is said meanwhile.
const MOST_REST: f64 = 1.0;
/// Threads in which everybody who consents speaks, of so many.
const THREADS: (u64, u64) = (4, 20_000);

/// How many members, what that is called, and the milliseconds that 99 of a hundred answers
/// may take.
const SIZES: [(u64, &str, f64); 2] = [(100_000, "100k", 2.0), (1_000_000, "1m", 10.0)];

/// What the same questions cost another engine.
#[derive(Debug, Clone, Copy, Default)]
struct Other {
    p50: Option<f64>,
    p99: Option<f64>,
    build: Option<f64>,
}

/// Measures the index.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    for (members, name, most) in SIZES {
        if report.demand.wants(&format!("index.{name}")) {
            of_size(report, members, name, most).await?;
        }
    }
    Ok(())
}

async fn of_size(report: &mut Report, members: u64, name: &str, most: f64) -> anyhow::Result<()> {
    let mut filled = tokio::task::spawn_blocking(move || Filled::with(members)).await?;
    let times = filled.searches(QUERIES);
    let bytes = memory_apart(members).await?;
    let other = other(members).await?;
    report
        .remark(&format!("index.{name}: best {} of {members} members, one thread; beside Tantivy", measure::LIMIT))?;
    let figure = |part: &str| format!("index.{name}.{part}");
    report.add(&figure("p50"), millis(within(&times, 0.5)), "ms", other.p50, Goal::None)?;
    report.add(&figure("p99"), millis(within(&times, 0.99)), "ms", other.p99, Goal::AtMost(most))?;
    if other.p99.is_some() {
        report.add(&figure("p99.beside"), millis(within(&times, 0.99)), "ms", other.p99, Goal::PartOf(0.1))?;
    }
    report.add(&figure("memory"), bytes, "B/member", None, Goal::AtMost(MOST_BYTES))?;
    report.add(&figure("build"), filled.took.as_secs_f64(), "s", other.build, Goal::None)?;
    let changes = CHANGES as f64 / filled.changes(CHANGES).as_secs_f64();
    report.add(&figure("changes"), changes, "1/s", None, Goal::AtLeast(LEAST_CHANGES))?;
    snapshots(report, &filled, name).await
}

/// The word by which this program only says how much memory an index takes.
pub const INDEX_MEMORY: &str = "index-memory";

/// Bytes a member in a process of its own, whose allocator gives back at once what is free, as
/// that of matching's pods does (k8s/base/matching): here others' leavings would be counted too.
async fn memory_apart(members: u64) -> anyhow::Result<f64> {
    let mut apart = tokio::process::Command::new(std::env::current_exe()?);
    apart.args([INDEX_MEMORY, &members.to_string()]).env("MIMALLOC_PURGE_DELAY", "0");
    let output = apart.output().await?;
    ensure!(output.status.success(), "the index apart ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Fills an index, searches in it a little, and prints the bytes a member.
#[expect(clippy::print_stdout, reason = "its output is its purpose")]
#[must_use]
pub fn print_index_memory(members: Option<String>) -> ExitCode {
    let Some(members) = members.and_then(|members| members.parse().ok()) else { return ExitCode::FAILURE };
    let filled = Filled::with(members);
    filled.searches(100);
    println!("{}", filled.bytes());
    ExitCode::SUCCESS
}

/// Writes the index down and starts another one from that.
async fn snapshots(report: &mut Report, filled: &Filled, name: &str) -> anyhow::Result<()> {
    let database = TestDatabase::create(&[&MIGRATIONS]).await?;
    let keys: Arc<dyn KeyRing> = Arc::new(CachedKeys::try_new(MemoryVault::new(), CacheSettings::default())?);
    let log = |context: &'static str| Log { store: MemoryStore::new(context), identity: context.to_owned() };
    let of = |index: &Index| {
        let logs = ["membership", "posting", "matching"].map(log);
        Snapshots::new(index.clone(), database.connect(), logs, keys.clone())
    };
    talk(filled).await;
    let begun = Instant::now();
    let (snapshots, mut round, done) = (of(&filled.index), Round::default(), AtomicBool::new(false));
    let write = async {
        let written = snapshots.write(&mut round, true).await;
        done.store(true, Ordering::Relaxed);
        (written, begun.elapsed().as_secs_f64())
    };
    let ((written, wrote), rested) = tokio::join!(write, longest_rest(filled, &done));
    let written = written?;
    ensure!(written.is_some_and(|written| written.written == 1), "no snapshot was written");
    let (again, begun) = (Index::new(filled.index.floor()), Instant::now());
    let loaded = of(&again).load().await;
    let started = begun.elapsed().as_secs_f64();
    ensure!(loaded.tenants == 1, "the snapshot was not read: {:?}", loaded.refused);
    for viewer in filled.viewers.iter().step_by(filled.viewers.len() / 50) {
        let found = |index: &Index| index.find(&filled.tenant, *viewer, measure::LIMIT).matches;
        ensure!(found(&again) == found(&filled.index), "the snapshot gives other answers");
    }
    report.add(&format!("index.{name}.snapshot.write"), wrote, "s", None, Goal::None)?;
    report.add(&format!("index.{name}.snapshot.rest"), rested, "s", None, Goal::AtMost(MOST_REST))?;
    report.add(&format!("index.{name}.snapshot.start"), started, "s", None, Goal::AtMost(MOST_START))
}

/// Everybody who can be found speaks in some threads.
async fn talk(filled: &Filled) {
    let (each, threads) = THREADS;
    let mut seed = Seed::new(17);
    for members in filled.viewers.chunks(2_000) {
        let drawn = |member: &MemberId| std::iter::repeat_n(*member, each as usize);
        let spoken = members.iter().flat_map(drawn).map(|member| spoken(filled, member, seed.below(threads)));
        let spoken = spoken.collect();
        filled.index.hear(&filled.tenant, spoken).await;
    }
}

fn spoken(filled: &Filled, member: MemberId, number: u64) -> (MemberId, ThreadId, CommunityId) {
    let id = |category, number: u64| {
        let command = CommandId::derived(&[&number.to_be_bytes()]);
        derive_root_id(filled.tenant.as_str(), "anonymous", command, category, 0)
    };
    (member, ThreadId(id("thread", number)), CommunityId(id("community", number % 200)))
}

/// The seconds that the slowest of those waited who spoke again until this is done.
async fn longest_rest(filled: &Filled, done: &AtomicBool) -> f64 {
    let mut longest = 0.0_f64;
    while !done.load(Ordering::Relaxed) {
        let begun = Instant::now();
        filled.index.hear(&filled.tenant, vec![spoken(filled, filled.viewers[0], 0)]).await;
        longest = longest.max(begun.elapsed().as_secs_f64());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    longest
}

#[cfg(feature = "tantivy")]
async fn other(members: u64) -> anyhow::Result<Other> {
    tokio::task::spawn_blocking(move || tantivy::measure(members, QUERIES)).await?
}

/// Without the feature `tantivy` there is nothing to stand beside.
#[cfg(not(feature = "tantivy"))]
async fn other(_members: u64) -> anyhow::Result<Other> {
    Ok(Other::default())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
