//! Waiting for conditions, folders that clean up, and a bare NATS client: this crate
//! must not depend on the real one, which is another crate's alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `condition` holds; fails with `what` if it never does.
pub async fn eventually(what: &str, condition: impl Fn() -> bool) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        ensure!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Whether a process runs; one that only waits to be reaped does not.
pub fn is_running(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, fields)| !fields.starts_with(['Z', 'X']))
}

pub fn is_open(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// A folder that any user may enter, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("kindred-test-{}-{number}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Just enough of a NATS client for requests.
pub struct BareNats {
    stream: BufStream<TcpStream>,
    asked: u32,
}

impl BareNats {
    /// Connects to `nats://[user:password@]host:port`.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let rest = url.strip_prefix("nats://").context("a nats address")?;
        let (credentials, host) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (user, password) = credentials.split_once(':').unwrap_or_default();
        let mut nats = Self { stream: BufStream::new(TcpStream::connect(host).await?), asked: 0 };
        nats.line().await?;
        let login = format!("\"user\":\"{user}\",\"pass\":\"{password}\",");
        let login = if user.is_empty() { "" } else { &login };
        nats.say(&format!("CONNECT {{{login}\"verbose\":false,\"pedantic\":false}}\r\nSUB inbox.* 1\r\n")).await?;
        Ok(nats)
    }

    /// Sends a request until it is answered, and returns the payload of the reply: a
    /// cluster that elects a leader answers nothing in between.
    pub async fn request(&mut self, subject: &str, payload: &str) -> anyhow::Result<String> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Ok(reply) = timeout(Duration::from_secs(2), self.request_once(subject, payload)).await {
                return reply;
            }
        }
        bail!("`{subject}` was not answered within {PATIENCE:?}")
    }

    async fn request_once(&mut self, subject: &str, payload: &str) -> anyhow::Result<String> {
        self.asked += 1;
        let inbox = format!("inbox.{}", self.asked);
        self.say(&format!("PUB {subject} {inbox} {}\r\n{payload}\r\n", payload.len())).await?;
        loop {
            let line = self.line().await?;
            if let Some(message) = line.strip_prefix("MSG ") {
                let size: usize = message.rsplit(' ').next().context("a size")?.parse()?;
                let reply = self.payload(size).await?;
                // An answer that comes too late is not one to this question.
                if message.split(' ').next() == Some(inbox.as_str()) {
                    return Ok(reply);
                }
                continue;
            }
            match line.as_str() {
                "PING" => self.say("PONG\r\n").await?,
                line if line.starts_with("-ERR") => bail!("the server said {line}"),
                _ => {}
            }
        }
    }

    async fn payload(&mut self, size: usize) -> anyhow::Result<String> {
        let mut payload = vec![0; size + 2];
        self.stream.read_exact(&mut payload).await?;
        payload.truncate(size);
        Ok(String::from_utf8(payload)?)
    }

    async fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.stream.write_all(text.as_bytes()).await?;
        Ok(self.stream.flush().await?)
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        ensure!(self.stream.read_line(&mut line).await? > 0, "the server closed the connection");
        Ok(line.trim_end().to_owned())
    }

    /// Makes a stream `S` over `s.>`.
    pub async fn make_stream(&mut self, replicas: usize) -> anyhow::Result<()> {
        let config = format!("{{\"name\":\"S\",\"subjects\":[\"s.>\"],\"num_replicas\":{replicas}}}");
        let reply = self.request("$JS.API.STREAM.CREATE.S", &config).await?;
        ensure!(!reply.contains("\"error\""), "{reply}");
        Ok(())
    }

    /// How many messages the stream `S` has; fails if there is none.
    pub async fn count(&mut self) -> anyhow::Result<u64> {
        let reply = self.request("$JS.API.STREAM.INFO.S", "").await?;
        let (_, rest) = reply.split_once("\"messages\":").with_context(|| reply.clone())?;
        Ok(rest.split(',').next().context("a number")?.trim().parse()?)
    }

    /// Publishes and waits for the acknowledgement.
    pub async fn publish(&mut self) -> anyhow::Result<()> {
        let reply = self.request("s.a", "content").await?;
        ensure!(reply.contains("\"seq\""), "{reply}");
        Ok(())
    }
}
