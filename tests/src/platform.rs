//! The demo as a process of its own: started, read, stopped, killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::client::{Client, Persona};

/// How long a start may take: the first one makes the world.
const START: Duration = Duration::from_secs(240);

/// The `kindred` binary beside this program.
///
/// # Errors
///
/// If it was not built.
pub fn binary() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("KINDRED_BINARY") {
        return Ok(named.into());
    }
    let own = std::env::current_exe().context("find this program")?;
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("kindred")).find(|path| path.is_file());
    found.context("build `kindred` first: cargo build --package kindred")
}

/// A port that nobody has now.
///
/// # Errors
///
/// If the system has none.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A running `kindred demo`.
pub struct Demo {
    child: Child,
    /// Its folder.
    pub data: PathBuf,
    /// Where its pages are.
    pub url: String,
    /// How long it took until it said `ready:`.
    pub took: Duration,
}

impl Demo {
    /// Starts the demo in a folder and waits until it says that it is ready.
    ///
    /// # Errors
    ///
    /// If it ends before, or does not get ready in time; its output is in the message.
    pub async fn start(data: &Path, port: u16) -> anyhow::Result<Self> {
        Self::spawn(data, port, &[], "ready: ").await
    }

    /// The same with further arguments.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub async fn start_with(data: &Path, port: u16, arguments: &[&str]) -> anyhow::Result<Self> {
        Self::spawn(data, port, arguments, "ready: ").await
    }

    /// Starts the servers alone.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub async fn start_servers(data: &Path, port: u16) -> anyhow::Result<Self> {
        Self::spawn(data, port, &["--servers-only"], "servers: ready").await
    }

    async fn spawn(data: &Path, port: u16, arguments: &[&str], ready: &str) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut child = Command::new(binary()?)
            .arg("demo")
            .args(arguments)
            .env("KINDRED_DATA", data)
            .env("KINDRED_HTTP", format!("127.0.0.1:{port}"))
            .env_remove("KINDRED_OPERATOR")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .context("start `kindred demo`")?;
        let output = child.stdout.take().context("read the demo's output")?;
        let mut lines = BufReader::new(output).lines();
        let mut said = Vec::new();
        let waiting = async {
            while let Some(line) = lines.next_line().await? {
                let found = line.starts_with(ready);
                said.push(line);
                if found {
                    return Ok(());
                }
            }
            bail!("the demo ended before it was ready")
        };
        let outcome = tokio::time::timeout(START, waiting).await;
        let failed = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(_) => Some(anyhow::anyhow!("the demo was not ready after {} s", START.as_secs())),
        };
        if let Some(error) = failed {
            return Err(error.context(format!("the demo said: {}", said.join(" / "))));
        }
        // What it says later must be read, or it would block.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let url = format!("http://127.0.0.1:{port}");
        Ok(Self { child, data: data.to_owned(), url, took: begun.elapsed() })
    }

    /// The people whom one can be, each with a client.
    ///
    /// # Errors
    ///
    /// If `personas.json` cannot be read.
    pub fn personas(&self) -> anyhow::Result<Vec<Client>> {
        let text = std::fs::read_to_string(self.data.join("personas.json")).context("read `personas.json`")?;
        let personas: Vec<Persona> = serde_json::from_str(&text).context("read `personas.json`")?;
        personas.into_iter().map(|persona| Client::new(&self.url, persona)).collect()
    }

    /// Stops it as Ctrl-C would; it must end cleanly.
    ///
    /// # Errors
    ///
    /// If it does not, within 30 s.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        signal(&self.child, rustix::process::Signal::INT)?;
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        let status = ended.context("the demo did not end within 30 s of Ctrl-C")??;
        if !status.success() {
            bail!("the demo ended with {status}");
        }
        Ok(())
    }

    /// Kills it without a word, as a power cut would the process.
    ///
    /// # Errors
    ///
    /// If it cannot be killed.
    pub async fn kill9(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("kill the demo")
    }

    /// Runs the command line as this demo's operator.
    ///
    /// # Errors
    ///
    /// If it fails; its words are in the message.
    pub async fn operate(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(binary()?)
            .args(arguments)
            .env("KINDRED_OPERATOR", self.data.join("config/operator.toml"))
            .output()
            .await
            .context("run `kindred`")?;
        if !output.status.success() {
            bail!(
                "`kindred {}` ended with {}: {}",
                arguments.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts a role as a process of its own, with the demo's settings.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn role(&self, role: &str, overrides: &[(&str, &str)]) -> anyhow::Result<Child> {
        let config = self.data.join("config").join(format!("{role}.toml"));
        Command::new(binary()?)
            .args(["serve", role, "--config"])
            .arg(config)
            .envs(overrides.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start role `{role}`"))
    }
}

/// Sends a signal to a child.
///
/// # Errors
///
/// If it has ended.
pub fn signal(child: &Child, signal: rustix::process::Signal) -> anyhow::Result<()> {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(id.context("the process has ended")?, signal).context("send a signal")
}
