//! `kindred audit`: whether the streams are what their owners signed.

mod keys;
mod lines;
mod walk;

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use kindred_eventsourcing::Timestamp;
use kindred_jetstream::{Client, JetStreamStore, StoreOptions};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::bus::Bus;
use crate::output::Format;
use keys::Keys;
use lines::{Claims, Said};
use walk::Walk;

/// `kindred audit …`.
#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Compares the streams with the heads that services signed into their logs.
    ///
    /// Each service says once a minute where every partition of its stream ends, with a
    /// running hash of all that leads there. Here the hashes are computed anew from the
    /// streams: a commit that was changed, taken out or cut off shows, and where. Ends with
    /// 1 if anything does not hold.
    Verify(Verify),
}

/// `kindred audit verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Log lines of services, in JSON; lines of other kinds are left out.
    #[arg(long, value_name = "FILE")]
    heads: PathBuf,
    /// Who may have signed: a file with a public key, or with lines `<role> = "<key>"` as
    /// `kindred keys` prints them, or a folder with `<role>.pub`.
    #[arg(long, value_name = "PATH")]
    public_key: PathBuf,
    #[command(flatten)]
    bus: Bus,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    partition: Option<u8>,
    sequence: Option<u64>,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(partition) = self.partition {
            write!(formatter, "partition {partition}, ")?;
        }
        if let Some(sequence) = self.sequence {
            write!(formatter, "sequence {sequence}: ")?;
        }
        formatter.write_str(&self.what)
    }
}

impl Finding {
    /// About lines, not about a place in the stream.
    fn of_lines(what: String) -> Self {
        Self { partition: None, sequence: None, what }
    }
}

/// What became of one context.
struct Verdict {
    context: String,
    lines: usize,
    heads: usize,
    span: Option<(Timestamp, Timestamp)>,
    findings: Vec<Finding>,
}

impl AuditCommand {
    /// Reads lines and streams and compares them.
    ///
    /// # Errors
    ///
    /// If something does not hold, the lines or keys cannot be read, or the bus does not answer.
    pub async fn run(self, format: Format) -> anyhow::Result<()> {
        let Self::Verify(verify) = self;
        let keys = Keys::load(&verify.public_key)?;
        let said = lines::read(&verify.heads, &keys)?;
        let client = kindred_jetstream::connect(&verify.bus.settings()?).await?;
        let mut verdicts = Vec::new();
        for (context, said) in said {
            verdicts.push(compare(&client, context, said).await?);
        }
        client.close().await;
        show(format, &verdicts)?;
        end(&verdicts)
    }
}

/// Reads one context's stream once, from its start.
async fn compare(client: &Client, context: String, said: Said) -> anyhow::Result<Verdict> {
    let Said { lines, span, mut findings, by_identity } = said;
    let mut heads = 0;
    // Without a line that holds, the context is anybody's word.
    if !by_identity.is_empty() {
        let store = JetStreamStore::follow(client, &context, None, StoreOptions::default()).await?;
        let identity = store.identity().as_str();
        let (claims, others): (Vec<_>, Vec<_>) = by_identity.into_iter().partition(|(of, _)| of == identity);
        findings.extend(others.iter().map(|(other, claims)| another_stream(identity, other, claims)));
        let mut walk = Walk::new(claims.into_iter().flat_map(|(_, claims)| claims.heads));
        walk.read(&store).await.with_context(|| format!("read stream `{}`", store.stream()))?;
        heads = walk.held();
        findings.extend(walk.into_findings());
    }
    Ok(Verdict { context, lines, heads, span, findings })
}

fn another_stream(identity: &str, other: &str, claims: &Claims) -> Finding {
    let (from, to) = (text(claims.from), text(claims.to));
    Finding::of_lines(format!("heads signed {from} to {to} are of the stream {other}, the one there is {identity}"))
}

fn show(format: Format, verdicts: &[Verdict]) -> anyhow::Result<()> {
    let rows: Vec<Value> = verdicts.iter().map(row).collect();
    format.rows(&["CONTEXT", "LINES", "HEADS", "FROM", "TO", "RESULT"], &rows, |row| {
        let text = |key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
        let at = |key: &str| row[key].as_i64().map_or("-".to_owned(), |at| self::text(Timestamp::from_millis(at)));
        vec![text("context"), text("lines"), text("heads"), at("from"), at("to"), text("result")]
    })
}

fn row(verdict: &Verdict) -> Value {
    let findings = verdict
        .findings
        .iter()
        .map(|finding| json!({ "partition": finding.partition, "sequence": finding.sequence, "what": finding.what }));
    json!({
        "context": verdict.context, "lines": verdict.lines, "heads": verdict.heads,
        "from": verdict.span.map(|(from, _)| from.millis()), "to": verdict.span.map(|(_, to)| to.millis()),
        "result": if verdict.findings.is_empty() { "holds" } else { "differs" },
        "findings": findings.collect::<Vec<_>>(),
    })
}

/// Every finding ends the command, the first of each context in its words.
fn end(verdicts: &[Verdict]) -> anyhow::Result<()> {
    let differing: Vec<String> = verdicts.iter().filter_map(Verdict::sentence).collect();
    if differing.is_empty() { Ok(()) } else { bail!("{}", differing.join("; ")) }
}

impl Verdict {
    fn sentence(&self) -> Option<String> {
        let first = self.findings.first()?;
        let more = match self.findings.len() {
            1 => String::new(),
            all => format!(" ({} more findings, see `--output json`)", all - 1),
        };
        Some(format!("`{}` does not hold: {first}{more}", self.context))
    }
}

/// A moment for people.
fn text(at: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_else(|| at.to_string())
}
