//! A tenant's people as facts, in chunks: what a start reads instead of the log's beginning.
//!
//! # Promises
//!
//! * Read back, and with the log's rest taken in, it gives the answers that the whole log
//!   gives, to the byte.
//! * What is cut short, changed, or made by other rules or from other logs is refused, and
//!   the refusal says by what.
//! * A chunk holds whole people and can be made anew without one of them, who leaves no
//!   word of theirs in it.
//! * What people did with others stands in all chunks as it was at one position of each log,
//!   as counts that are taken in twice would be others.

mod chunk;
mod dealings;
mod keep;
mod restore;

use kindred_ids::{EntityId, MemberId, TenantSlug};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed, xxh3_128_with_seed};

use super::feature::{Feature, Kind};
use super::{LogName, LogPositions};
pub(crate) use chunk::{Chunk, sealing_command};
pub(crate) use keep::{Plan, Portion};

/// The form of chunks and manifest. Another one is refused.
const FORMAT: u32 = 2;
/// People whom a chunk is meant for. Few in tests, so that small worlds are more than one.
const PEOPLE: usize = if cfg!(test) { 3 } else { 4_096 };

/// What a snapshot was made by, beside the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) format: u32,
    pub(crate) cohort_floor: u32,
    /// Of what each kind of value is worth.
    pub(crate) boosts: u64,
    /// Of the codes and what they are a kind of.
    pub(crate) code_system: u64,
}

impl Rules {
    /// This program's.
    pub(crate) fn current(cohort_floor: u32) -> Self {
        Self { format: FORMAT, cohort_floor, boosts: boosts(), code_system: super::icd::version() }
    }
}

/// Differs when values are worth something else: over one of each kind and length.
fn boosts() -> u64 {
    let values = ["icd10cm|E00-E07", "snomed|1", "icd10cm|E06", "icd10cm|E06.31", "icd10cm|E06.312", "pt-br", "2020"];
    let features =
        Kind::ALL.into_iter().flat_map(|kind| values.iter().filter_map(move |value| Feature::of(kind, value)));
    let all = features.flat_map(|feature| std::iter::once(feature.clone()).chain(feature.ancestors()));
    let worth: Vec<String> = all.map(|feature| format!("{feature}={}", feature.boost())).collect();
    xxh3_64(worth.join("\n").as_bytes())
}

/// What a snapshot says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) tenant: TenantSlug,
    /// Given by the database, ascending.
    pub(crate) number: i64,
    pub(crate) rules: Rules,
    pub(crate) origin: Origin,
    /// Whether all of the tenant is suspended.
    pub(crate) suspended: bool,
    pub(crate) chunks: usize,
    /// One for each chunk that was written.
    pub(crate) checksums: Vec<Vec<u8>>,
}

/// From which logs, and how far into them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// In the order of [`LogName::ALL`].
    pub(crate) streams: [Stream; 3],
    /// Of the weights that matching's log had fixed by then.
    pub(crate) weights: Vec<u8>,
}

/// A log and a position in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) identity: String,
    pub(crate) position: u64,
}

/// Why a snapshot is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is none, or its writing did not end.
    #[error("there is no whole snapshot")]
    NotWhole,
    /// It has another form.
    #[error("its format is {found}, not {FORMAT}")]
    Format {
        /// The form that it has.
        found: u32,
    },
    /// It was made with another cohort floor.
    #[error("its cohort floor is {found}, not {expected}")]
    CohortFloor {
        /// The floor that it was made with.
        found: u32,
        /// The one that is set.
        expected: u32,
    },
    /// Values were worth something else.
    #[error("its boosts are of another version")]
    Boosts,
    /// Codes were a kind of something else.
    #[error("its code system is of another version")]
    CodeSystem,
    /// It was made from another log.
    #[error("it was made from another stream of `{context}`")]
    Stream {
        /// Whose.
        context: &'static str,
    },
    /// The log ends before it.
    #[error("it stands at {position}, behind the end of the log of `{context}`, {head}")]
    AheadOfLog {
        /// Whose.
        context: &'static str,
        /// Where it stands.
        position: u64,
        /// Where the log ends.
        head: u64,
    },
    /// The log says other weights at its position.
    #[error("its weights are not those that the log says")]
    Weights,
    /// A chunk is missing.
    #[error("it is cut short: chunk {chunk} of {chunks} is missing")]
    CutShort {
        /// Which.
        chunk: usize,
        /// How many there should be.
        chunks: usize,
    },
    /// A chunk is not what was written.
    #[error("the checksum of chunk {chunk} does not fit")]
    Checksum {
        /// Which.
        chunk: usize,
    },
    /// A chunk has the right checksum and makes no sense.
    #[error("chunk {chunk} cannot be read")]
    Unreadable {
        /// Which.
        chunk: usize,
    },
}

impl Manifest {
    /// Whether it can be used by these rules, on these logs, which end where `now` says.
    ///
    /// # Errors
    ///
    /// [`Refused`] names the first thing that does not fit.
    pub(crate) fn check(&self, rules: Rules, now: &Origin) -> Result<(), Refused> {
        let own = self.rules;
        if own.format != rules.format {
            return Err(Refused::Format { found: own.format });
        }
        if own.cohort_floor != rules.cohort_floor {
            return Err(Refused::CohortFloor { found: own.cohort_floor, expected: rules.cohort_floor });
        }
        if own.boosts != rules.boosts {
            return Err(Refused::Boosts);
        }
        if own.code_system != rules.code_system {
            return Err(Refused::CodeSystem);
        }
        check_streams(&self.origin.streams, &now.streams)?;
        if self.origin.weights == now.weights { Ok(()) } else { Err(Refused::Weights) }
    }

    /// The chunk that holds a member.
    pub(crate) fn chunk_of(&self, member: MemberId) -> usize {
        chunk_of(member, self.chunks)
    }

    /// Reads a chunk.
    ///
    /// # Errors
    ///
    /// [`Refused`] if it is not the one that was written.
    pub(crate) fn read(&self, chunk: usize, content: &[u8]) -> Result<Chunk, Refused> {
        if self.checksums.get(chunk).map(Vec::as_slice) != Some(&checksum(&self.tenant, chunk, content)[..]) {
            return Err(Refused::Checksum { chunk });
        }
        Chunk::decode(content).ok_or(Refused::Unreadable { chunk })
    }
}

impl Stream {
    /// Whether it is the log that now ends at another position, and no further on.
    ///
    /// # Errors
    ///
    /// [`Refused`] names the log.
    fn check(&self, context: &'static str, now: &Self) -> Result<(), Refused> {
        if self.identity != now.identity {
            return Err(Refused::Stream { context });
        }
        if self.position > now.position {
            return Err(Refused::AheadOfLog { context, position: self.position, head: now.position });
        }
        Ok(())
    }
}

impl Origin {
    /// How far into each of them.
    pub(crate) fn positions(&self) -> LogPositions {
        self.streams.each_ref().map(|stream| stream.position)
    }
}

/// Whether each of these is the log that now ends at another position, and no further on.
///
/// # Errors
///
/// [`Refused`] names the first log that is not.
pub(crate) fn check_streams(streams: &[Stream; 3], now: &[Stream; 3]) -> Result<(), Refused> {
    let mut pairs = LogName::ALL.into_iter().zip(streams.iter().zip(now));
    pairs.try_for_each(|(log, (stream, now))| stream.check(log.context(), now))
}

/// The chunk that holds a member, of so many.
pub(crate) fn chunk_of(member: MemberId, chunks: usize) -> usize {
    place_of(&member.0, chunks)
}

/// Where something goes by its id.
fn place_of(id: &EntityId, chunks: usize) -> usize {
    (xxh3_64_with_seed(id.as_bytes(), u64::from_be_bytes(*b"snapshot")) % chunks.max(1) as u64) as usize
}

/// What a chunk must come to where it stands.
pub(crate) fn checksum(tenant: &TenantSlug, chunk: usize, content: &[u8]) -> Vec<u8> {
    let place = xxh3_64_with_seed(tenant.as_str().as_bytes(), chunk as u64);
    xxh3_128_with_seed(content, place).to_be_bytes().to_vec()
}
