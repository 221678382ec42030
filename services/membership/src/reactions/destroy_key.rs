//! An erased member's data key is destroyed, and the log says so.

use kindred_eventsourcing::{Actor, CommandContext, Contract, EventStore, RecordedCommit};
use kindred_ids::MemberId;
use kindred_projections::{ReactError, Reaction, reaction_command_id};

use crate::application::Application;
use crate::domain::member::{Event, Member};

/// See the module.
pub struct DestroyKey<S> {
    application: Application<S>,
}

impl<S> DestroyKey<S> {
    /// With these use cases.
    pub const fn new(application: Application<S>) -> Self {
        Self { application }
    }
}

impl<S: EventStore> Reaction for DestroyKey<S> {
    const NAME: &'static str = "destroy_key";
    const CONTEXT: &'static str = "membership";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "member" && commit.records.iter().any(|record| record.event_type == "MemberErased")
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let (Some(tenant), Some(id)) = (commit.key.scope().tenant(), commit.key.id()) else { return Ok(()) };
        for (index, record) in commit.records.iter().enumerate() {
            let event = Member::decode(record).map_err(|error| ReactError::poison(index, error.to_string()))?;
            if let Event::MemberErased { key, at } = event {
                let cause = commit.event_id(index);
                let command_id = reaction_command_id(Self::NAME, cause, 0);
                let context = CommandContext::new(command_id, Actor("membership".to_owned()), at)
                    .caused_by(cause, commit.meta.correlation);
                let destroyed = self.application.destroy_key(tenant, MemberId(id), key, &context).await;
                destroyed.map_err(ReactError::transient)?;
            }
        }
        Ok(())
    }
}
