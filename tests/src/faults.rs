//! Bad days, made on purpose: what runs is killed or frozen at moments that nobody chose,
//! while people use it; then it is checked what is left.
//!
//! # What is checked
//!
//! * A command that was acknowledged is in the log, exactly once, under the version that
//!   its receipt said; sent again it gives the same receipt and changes nothing.
//! * A command that was refused, and was never in doubt, is not in the log.
//! * No command is twice on one entity; versions have no gap, and the chain holds.
//! * What follows from an event (an inbox item for whoever was answered) is there once.
//! * Lists and counters that people read are those of the log, and `projection verify`
//!   says so of every read model; nothing is parked.
//! * No call outlives its deadline, nothing ends by itself, and in the end nothing is left
//!   running.
//!
//! What was in doubt may be in or out. A run is had again by its seed, as far as the
//! machine allows: targets and moments are the same, what meets them is not.

mod action;
mod check;
mod ledger;
mod load;
mod log;
mod options;
mod platform;
mod report;
mod sender;
mod target;
mod world;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::future::LocalBoxFuture;
use kindred_testkit::Seed;

pub use options::Options;

use check::Checker;
use load::Load;
use platform::Platform;
use report::{Report, Round};
use target::{Deck, Fault};
use world::World;

/// Rounds between two full checks.
const CHECK_EVERY: u32 = 20;
/// How long the platform may take to answer everybody again.
const RECOVERY: Duration = Duration::from_secs(60);
/// How long everybody may use the platform before the first fault.
const WARM_UP: Duration = Duration::from_secs(2);

/// Runs the rounds; a line each, then a summary.
///
/// # Errors
///
/// If the platform cannot be started, or anything above does not hold.
pub fn run(options: Options) -> LocalBoxFuture<'static, anyhow::Result<()>> {
    // Boxed, so that it is compiled here and not again in the binary.
    Box::pin(play(options))
}

async fn play(options: Options) -> anyhow::Result<()> {
    say(&format!("seed {} · {} rounds of {}", options.seed, options.rounds, options.wanted()))?;
    let mut folder = Folder::new(options.keep)?;
    let outcome = rounds(&options, &folder.path).await;
    folder.stays |= outcome.is_err();
    outcome.with_context(|| format!("seed {}, all that was stored is in `{}`", options.seed, folder.path.display()))
}

async fn rounds(options: &Options, folder: &Path) -> anyhow::Result<()> {
    let mut seed = Seed::new(options.seed);
    let mut platform = Platform::start(folder).await?;
    let world = Arc::new(World::make(&platform, &mut seed).await.context("make the world")?);
    say(&format!("ready: {} people in 3 tenants", world.people()))?;
    let mut checker = Checker::new(&platform, world.clone()).await?;
    let load = Load::start(&platform, world.clone(), options.seed, folder)?;
    tokio::time::sleep(WARM_UP).await;

    let (mut deck, mut report) = (Deck::new(options.faults()), Report::default());
    for number in 1..=options.rounds {
        let round = round(&mut platform, &load, &mut deck, &mut seed).await;
        let round = round.with_context(|| format!("round {number}"))?;
        say(&format!("round {number:>3}/{} {round}", options.rounds))?;
        report.add(round);
        if number % CHECK_EVERY == 0 || number == options.rounds {
            let begun = Instant::now();
            load.rest().await?;
            let found = checker.check(&platform, load.ledger()).await;
            let found = found.with_context(|| format!("after round {number}"))?;
            say(&format!("  holds after {number} rounds: {found} ({:.1} s)", begun.elapsed().as_secs_f64()))?;
            load.resume();
        }
    }
    let totals = load.stop().await?;
    say(&report.summary(&totals))?;
    platform.stop().await?;
    say("all held; everything stopped when asked, and nothing is left running")
}

/// One fault, or two at once, at a moment that nobody chose.
async fn round(platform: &mut Platform, load: &Load, deck: &mut Deck, seed: &mut Seed) -> anyhow::Result<Round> {
    let faults = deck.draw(seed);
    // The moment and the time down are the fault; nothing is waited for here.
    tokio::time::sleep(Duration::from_millis(100 + seed.below(700))).await;
    let (before, struck) = (load.counts(), Instant::now());
    for fault in &faults {
        platform.strike(*fault).await?;
    }
    tokio::time::sleep(Duration::from_millis(seed.below(500))).await;
    let mending = Instant::now();
    for fault in mending_order(&faults) {
        platform.mend(fault).await?;
    }
    platform.until_ready(RECOVERY).await?;
    load.until_answered(mending, RECOVERY).await?;
    let recovered = mending.elapsed();
    platform.nothing_ended_by_itself()?;
    Ok(Round { faults, down: mending - struck, recovered, counts: load.counts() - before })
}

/// Servers first: a role does not start without them.
fn mending_order(faults: &[Fault]) -> Vec<Fault> {
    let mut order = faults.to_vec();
    order.sort_by_key(|fault| !fault.target.is_server());
    order
}

/// Says a line at once.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// A folder of its own; it stays if something did not hold, for whoever looks into it.
struct Folder {
    path: PathBuf,
    stays: bool,
}

impl Folder {
    fn new(stays: bool) -> anyhow::Result<Self> {
        // Outside of root's home: Postgres runs as nobody there.
        let path = std::env::temp_dir().join(format!("kindred-faults-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("make folder `{}`", path.display()))?;
        Ok(Self { path, stays })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.stays {
            let _removed = std::fs::remove_dir_all(&self.path);
        }
    }
}
