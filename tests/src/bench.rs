//! `make bench`: what the platform costs over the least that the same work can cost.
//!
//! # Promises
//!
//! * Every figure stands beside a raw baseline of the same run, at the same number of
//!   callers, on the same servers; rounds of both take turns, so that a slow minute of the
//!   machine meets both.
//! * The services are the real ones with the settings that are shipped, in one process
//!   with the callers; so are the baselines' echo servers.
//! * A goal that is missed is told and ends nothing.

mod append;
mod bare;
mod commands;
mod demand;
mod entity;
mod find;
mod floor;
mod index;
mod load;
mod position;
mod process;
mod projection;
mod report;
mod round;
mod stage;
mod world;
mod written;

use anyhow::Context as _;
use futures::future::LocalBoxFuture;
use kindred_service_kit::config::{Telemetry, load_from};
use kindred_service_kit::telemetry;
use serde::Deserialize;

pub use demand::Demand;
pub use index::{INDEX_MEMORY, print_index_memory};
pub use report::Report;

/// Measures what `demand` asks for; the table is printed as it grows, the report is in
/// `target/bench/report.json`.
///
/// # Errors
///
/// If something cannot be measured at all.
pub fn run(demand: Demand) -> LocalBoxFuture<'static, anyhow::Result<Report>> {
    // Boxed, so that it is compiled here and not again in the binary.
    Box::pin(measure(demand))
}

async fn measure(demand: Demand) -> anyhow::Result<Report> {
    let _telemetry = observe()?;
    let mut report = Report::new(demand)?;
    append::run(&mut report).await.context("measure appends")?;
    entity::run(&mut report).await.context("measure loading")?;
    commands::run(&mut report).await.context("measure commands")?;
    projection::run(&mut report).await.context("measure projections")?;
    position::run(&mut report).await.context("measure reading one's own writes")?;
    find::run(&mut report).await.context("measure finding people")?;
    index::run(&mut report).await.context("measure the index of people")?;
    round::run(&mut report).context("measure a mentor round")?;
    process::run(&mut report).await.context("measure processes")?;
    report.end()?;
    Ok(report)
}

/// As `kindred serve` does with its defaults: spans, metrics and log lines cost what they
/// cost in production.
fn observe() -> anyhow::Result<telemetry::Guard> {
    #[derive(Deserialize)]
    struct Settings {
        telemetry: Telemetry,
    }
    let text = "[telemetry]\nlog_format = \"json\"\nfilter = \"info\"\ntrace_permille = 1000\n";
    let settings: Settings = load_from(text, None, [])?;
    Ok(telemetry::install(&settings.telemetry, "kindred-bench", env!("CARGO_PKG_VERSION"))?)
}
