//! The heads in services' log lines: those whose signature holds, by context and stream.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::{Context as _, ensure};
use kindred_eventsourcing::Timestamp;
use kindred_projections::PartitionHead;
use kindred_service_host::heads::SignedHeads;
use kindred_service_kit::telemetry::target;

use super::Finding;
use super::keys::Keys;

/// What a context's lines said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// How many of them hold.
    pub lines: usize,
    /// When the first and the last of those were signed.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Lines that do not hold.
    pub findings: Vec<Finding>,
    /// What was said of each stream that had the name.
    pub by_identity: BTreeMap<String, Claims>,
}

/// What was said of one stream.
#[derive(Debug)]
pub(super) struct Claims {
    /// When it was first said.
    pub from: Timestamp,
    /// When it was last said.
    pub to: Timestamp,
    /// Every head once, with the moment of which it was first said.
    pub heads: BTreeMap<Place, Timestamp>,
}

/// A head: where it stands and what it is, in the order of partitions and sequences.
pub(super) type Place = (u8, u64, [u8; 16]);

impl Said {
    fn take(&mut self, signed: SignedHeads) {
        let at = signed.at;
        self.lines += 1;
        self.span = Some(self.span.map_or((at, at), |(from, to)| (from.min(at), to.max(at))));
        let claims = self.by_identity.entry(signed.identity);
        let claims = claims.or_insert_with(|| Claims { from: at, to: at, heads: BTreeMap::new() });
        (claims.from, claims.to) = (claims.from.min(at), claims.to.max(at));
        for PartitionHead { partition, sequence, running } in signed.heads {
            let first = claims.heads.entry((partition.number(), sequence, running.0)).or_insert(at);
            *first = (*first).min(at);
        }
    }
}

/// Reads a file; what is no line of heads is left out.
pub(super) fn read(path: &Path, keys: &Keys) -> anyhow::Result<BTreeMap<String, Said>> {
    let attempt = || format!("read heads from `{}`", path.display());
    let file = File::open(path).with_context(attempt)?;
    ensure!(file.metadata().with_context(attempt)?.len() > 0, "`{}` is empty", path.display());
    let mut contexts: BTreeMap<String, Said> = BTreeMap::new();
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.with_context(attempt)?;
        if let Some(read) = SignedHeads::read(&String::from_utf8_lossy(&line)) {
            let signed = read.with_context(|| format!("read line {} of `{}`", index + 1, path.display()))?;
            take(&mut contexts, keys, index + 1, signed)?;
        }
    }
    ensure!(
        !contexts.is_empty(),
        "`{}` holds no signed heads: no line in JSON has the target `{}`",
        path.display(),
        target::AUDIT_HEADS
    );
    Ok(contexts)
}

fn take(contexts: &mut BTreeMap<String, Said>, keys: &Keys, number: usize, signed: SignedHeads) -> anyhow::Result<()> {
    let known = keys.of(&signed.context);
    ensure!(!known.is_empty(), "no public key of `{}` was given, whose heads line {number} holds", signed.context);
    let said = contexts.entry(signed.context.clone()).or_default();
    if known.iter().any(|key| signed.is_signed_by(key)) {
        said.take(signed);
    } else {
        let at = super::text(signed.at);
        said.findings.push(Finding::of_lines(format!("the signature of line {number}, of {at}, is wrong")));
    }
    Ok(())
}
