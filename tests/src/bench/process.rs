//! Roles as processes of their own: memory at rest, and how soon they are ready.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use kindred::demo::environment::until_ready;
use kindred_jetstream::Durability;
use kindred_service_kit::caller::Role;
use tokio::process::{Child, Command};

use super::Report;
use super::load::middle;
use super::report::Goal;
use super::stage::Stage;
use crate::platform::{binary, signal};

/// MiB that a role may take at rest.
const MEMORY: f64 = 60.0;
/// Seconds until the platform is ready.
const SOON: f64 = 3.0;
/// How often it is started.
const STARTS: usize = 5;
/// How long anything may take to become ready.
const READY: Duration = Duration::from_secs(60);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(5);
/// A process is at rest once its memory stays the same over so many looks, this far apart.
const QUIET: usize = 5;
const BETWEEN: Duration = Duration::from_millis(500);

/// Measures processes: as they are shipped, from the `kindred` binary beside this program.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    if report.demand.wants("ready") || report.demand.wants("memory") {
        let stage = Stage::start(Durability::ProcessCrash).await?;
        if report.demand.wants("ready") {
            ready(report, &stage).await?;
        }
        if report.demand.wants("memory") {
            memory(report, &stage).await?;
        }
        stage.stop().await?;
    }
    Ok(())
}

/// All roles in one process: first with nothing there, then again and again.
async fn ready(report: &mut Report, stage: &Stage) -> anyhow::Result<()> {
    let mut took = Vec::new();
    for _ in 0..=STARTS {
        let begun = Instant::now();
        let config = stage.layout.config.to_string_lossy().into_owned();
        let mut platform = start(&["serve", "all", "--config-dir", &config])?;
        let answers = async {
            until_ready(&stage.layout, READY).await?;
            answers(&stage.layout.public_url).await
        };
        tokio::select! {
            outcome = answers => outcome?,
            ended = platform.wait() => bail!("the platform ended with {}", ended?),
        }
        took.push(begun.elapsed().as_secs_f64());
        stop(platform).await?;
    }
    let bare = bare_start().await?;
    report.remark(
        "ready: all roles in one process, from its start to every role's readiness; beside `kindred --version`",
    )?;
    report.add("ready.first", took[0], "s", Some(bare), Goal::AtMost(SOON))?;
    report.add("ready.again", middle(took.into_iter().skip(1)), "s", Some(bare), Goal::AtMost(SOON))
}

/// What it takes to start a process that does nothing.
async fn bare_start() -> anyhow::Result<f64> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let status = Command::new(binary()?).arg("--version").stdout(Stdio::null()).status().await?;
        ensure!(status.success(), "`kindred --version` ended with {status}");
        took.push(begun.elapsed().as_secs_f64());
    }
    Ok(middle(took))
}

/// Waits until pages are answered.
async fn answers(url: &str) -> anyhow::Result<()> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let deadline = Instant::now() + READY;
    while http.get(url).send().await.is_err() {
        ensure!(Instant::now() < deadline, "no page was answered within {} s", READY.as_secs());
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Each role a process of its own, all of them running.
async fn memory(report: &mut Report, stage: &Stage) -> anyhow::Result<()> {
    let roles = [Role::Membership, Role::Posting, Role::Matching, Role::Notification, Role::Gateway];
    let mut processes = Vec::new();
    for role in roles {
        let config = stage.layout.config.join(format!("{role}.toml")).to_string_lossy().into_owned();
        processes.push((role, start(&["serve", role.as_str(), "--config", &config])?));
    }
    until_ready(&stage.layout, READY).await?;
    answers(&stage.layout.public_url).await?;
    report.remark("memory: resident MiB at rest, each role a process of its own, all running")?;
    for (role, process) in &processes {
        let resident = at_rest(process).await.with_context(|| format!("read the memory of role `{role}`"))?;
        report.add(&format!("memory.{role}"), resident, "MiB", None, Goal::AtMost(MEMORY))?;
    }
    for (_, process) in processes {
        stop(process).await?;
    }
    Ok(())
}

fn start(arguments: &[&str]) -> anyhow::Result<Child> {
    let command = Command::new(binary()?).args(arguments).stdout(Stdio::null()).kill_on_drop(true).spawn();
    command.context("start `kindred`")
}

async fn stop(mut process: Child) -> anyhow::Result<()> {
    signal(&process, rustix::process::Signal::TERM)?;
    let status = tokio::time::timeout(READY, process.wait()).await.context("wait for the end of a process")??;
    ensure!(status.success(), "a process ended with {status}");
    Ok(())
}

/// MiB that a process holds, once that does not change any more.
async fn at_rest(process: &Child) -> anyhow::Result<f64> {
    let id = process.id().context("the process has ended")?;
    let (mut last, mut same) = (0, 0);
    while same < QUIET {
        let resident = resident(id)?;
        same = if resident.abs_diff(last) <= last / 100 { same + 1 } else { 0 };
        last = resident;
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(last as f64 / 1_024.0)
}

/// KiB in memory.
fn resident(process: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("find `VmRSS`")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
