//! An entity as folded from its commits.

use std::collections::HashMap;

use kindred_ids::CommandId;

use crate::{Actor, ChainHash, CommitMeta, Contract, DecodeError, RecordedCommit, RequestHash};

/// What is kept of every command ever accepted, so that its id answers for ever.
#[derive(Debug, Clone)]
pub(super) struct StoredReceipt {
    pub request_hash: RequestHash,
    pub actor: Actor,
    pub version: u64,
    pub sequence: u64,
}

/// An entity's state, and where in the log it stands.
#[derive(Debug, Clone)]
pub struct Loaded<State> {
    /// The folded state.
    pub state: State,
    /// How many commits it has; 0 if it was never written.
    pub version: u64,
    /// Sequence of its last commit; 0 if it was never written.
    pub sequence: u64,
    /// Hash of its last commit.
    pub hash: ChainHash,
    pub(super) receipts: HashMap<CommandId, StoredReceipt>,
}

impl<State: Default> Default for Loaded<State> {
    fn default() -> Self {
        Self { state: State::default(), version: 0, sequence: 0, hash: ChainHash::START, receipts: HashMap::new() }
    }
}

/// Why a commit does not follow.
pub(super) enum Misfit {
    Chain(String),
    Decode(DecodeError),
}

impl<State> Loaded<State> {
    /// Whether the entity was ever written.
    pub const fn exists(&self) -> bool {
        self.version > 0
    }

    /// Takes the next commit in, if it follows.
    pub(super) fn take<D: Contract<State = State>>(&mut self, commit: &RecordedCommit) -> Result<(), Misfit> {
        if commit.meta.version != self.version + 1 {
            return Err(Misfit::Chain(format!("version {} follows version {}", commit.meta.version, self.version)));
        }
        if commit.meta.previous != self.hash {
            return Err(Misfit::Chain(format!(
                "version {} does not name the hash of the one before",
                commit.meta.version
            )));
        }
        for record in &commit.records {
            D::evolve(&mut self.state, &D::decode(record).map_err(Misfit::Decode)?);
        }
        self.advance(&commit.meta, commit.sequence, commit.hash);
        Ok(())
    }

    pub(super) fn advance(&mut self, meta: &CommitMeta, sequence: u64, hash: ChainHash) {
        self.version = meta.version;
        self.sequence = sequence;
        self.hash = hash;
        let receipt = StoredReceipt {
            request_hash: meta.request_hash,
            actor: meta.actor.clone(),
            version: meta.version,
            sequence,
        };
        self.receipts.insert(meta.command_id, receipt);
    }
}

impl Loaded<()> {
    /// Where an entity stands whose state is its tail alone.
    pub(super) fn at(tail: &RecordedCommit) -> Self {
        Self {
            state: (),
            version: tail.meta.version,
            sequence: tail.sequence,
            hash: tail.hash,
            receipts: HashMap::new(),
        }
    }
}
