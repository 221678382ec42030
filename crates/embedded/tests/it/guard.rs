//! Killing the parent leaves nothing behind.
//!
//! The parent is this very executable, started again for one ignored test that starts
//! servers and waits to be killed.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use kindred_embedded::{Durability, Nats, Postgres};

use crate::support::{Scratch, eventually, is_open, is_running};

/// Where the parent writes what it started.
const REPORT: &str = "KINDRED_TEST_REPORT";

struct Started {
    pids: Vec<i32>,
    ports: Vec<u16>,
    folders: Vec<PathBuf>,
}

#[tokio::test]
async fn killing_the_parent_leaves_no_server_port_or_folder() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let report = scratch.path().join("report");
    let mut parent = start_parent(&report)?;
    eventually("the servers are up", || report.is_file()).await?;
    let started = read(&fs::read_to_string(&report)?)?;
    assert!(started.pids.iter().all(|pid| is_running(*pid)) && started.ports.iter().all(|port| is_open(*port)));
    parent.kill()?;
    parent.wait()?;
    eventually("the processes are gone", || !started.pids.iter().any(|pid| is_running(*pid))).await?;
    eventually("the ports are closed", || !started.ports.iter().any(|port| is_open(*port))).await?;
    eventually("the folders are gone", || !started.folders.iter().any(|folder| folder.exists())).await
}

#[tokio::test]
async fn a_terminal_interrupt_does_not_reach_the_servers() -> anyhow::Result<()> {
    let nats = Nats::builder().start().await?;
    let own = rustix::process::getpgrp();
    let server = rustix::process::Pid::from_raw(nats.pid().expect("it runs"));
    assert_ne!(rustix::process::getpgid(server)?, own);
    Ok(())
}

/// Not a test: the parent that is killed.
#[tokio::test]
#[ignore = "run by another test in a process of its own"]
async fn parent_that_waits_to_be_killed() -> anyhow::Result<()> {
    let Some(report) = std::env::var_os(REPORT).map(PathBuf::from) else { return Ok(()) };
    let nats = Nats::builder().start().await?;
    let cluster = Nats::builder().start_cluster(3).await?;
    let postgres = Postgres::builder().durability(Durability::ProcessCrash).start().await?;
    let servers = cluster.nodes().iter().chain([&nats]).map(|nats| (nats.pid(), nats.port(), nats.folder()));
    let servers = servers.chain([(postgres.pid(), postgres.port(), postgres.folder())]);
    let lines: Vec<String> =
        servers.filter_map(|(pid, port, folder)| Some(format!("{} {port} {}", pid?, folder.display()))).collect();
    // A paused server must go as well.
    postgres.pause();
    let unfinished = report.with_extension("unfinished");
    fs::write(&unfinished, lines.join("\n"))?;
    fs::rename(&unfinished, &report)?;
    std::future::pending().await
}

fn start_parent(report: &std::path::Path) -> anyhow::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", "guard::parent_that_waits_to_be_killed", "--ignored"]);
    command.env(REPORT, report).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.spawn()?)
}

fn read(report: &str) -> anyhow::Result<Started> {
    let mut started = Started { pids: vec![], ports: vec![], folders: vec![] };
    for line in report.lines() {
        let fields: Vec<&str> = line.splitn(3, ' ').collect();
        started.pids.push(fields[0].parse()?);
        started.ports.push(fields[1].parse()?);
        started.folders.push(fields[2].into());
    }
    anyhow::ensure!(started.pids.len() == 5, "five servers were started: {report}");
    Ok(started)
}
