//! An entity as folded from its commits.

use std::collections::HashMap;

use kindred_ids::CommandId;

use crate::{Actor, ChainHash, CommitMeta, Contract, DecodeError, RecordedCommit, Redaction, Redactions, RequestHash};

/// What is kept of every command ever accepted, so that its id answers for ever.
#[derive(Debug, Clone)]
pub(super) struct StoredReceipt {
    pub request_hash: RequestHash,
    pub actor: Actor,
    pub version: u64,
    pub sequence: u64,
}

impl StoredReceipt {
    fn of(meta: &CommitMeta, sequence: u64) -> Self {
        Self { request_hash: meta.request_hash, actor: meta.actor.clone(), version: meta.version, sequence }
    }

    /// Of a commit that is gone.
    fn of_removed(removed: &Redaction) -> Self {
        let Redaction { request_hash, version, sequence, .. } = *removed;
        Self { request_hash, actor: removed.actor.clone(), version, sequence }
    }
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

    /// Takes the next commit in, if it follows. What was lawfully removed before it is
    /// stepped over, and what is named as removed but stands yet counts no longer: all that
    /// stays of either is the receipt.
    pub(super) fn take<D: Contract<State = State>>(
        &mut self,
        commit: &RecordedCommit,
        removed: &Redactions,
    ) -> Result<(), Misfit> {
        while let Some(hole) = removed.hole_before(commit, self.version, self.sequence, self.hash) {
            self.step(hole.command_id, StoredReceipt::of_removed(hole), hole.hash);
        }
        if commit.meta.version != self.version + 1 {
            return Err(Misfit::Chain(format!("version {} follows version {}", commit.meta.version, self.version)));
        }
        if commit.meta.previous != self.hash {
            return Err(Misfit::Chain(format!(
                "version {} does not name the hash of the one before",
                commit.meta.version
            )));
        }
        match removed.of_version(&commit.key, commit.meta.version) {
            Some(named) if !named.names(commit) => {
                let version = commit.meta.version;
                return Err(Misfit::Chain(format!("version {version} is not what its redaction names")));
            }
            Some(_) => {}
            None if commit.is_redaction() => {}
            None => {
                for record in &commit.records {
                    D::evolve(&mut self.state, &D::decode(record).map_err(Misfit::Decode)?);
                }
            }
        }
        self.advance(&commit.meta, commit.sequence, commit.hash);
        Ok(())
    }

    pub(super) fn advance(&mut self, meta: &CommitMeta, sequence: u64, hash: ChainHash) {
        self.step(meta.command_id, StoredReceipt::of(meta, sequence), hash);
    }

    fn step(&mut self, command: CommandId, receipt: StoredReceipt, hash: ChainHash) {
        self.version = receipt.version;
        self.sequence = receipt.sequence;
        self.hash = hash;
        self.receipts.insert(command, receipt);
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
