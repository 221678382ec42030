//! A message in a conversation: the one it is for is told. That it was taken out, and that a
//! conversation was opened or left, is told to nobody.

use kindred_eventsourcing::{DecodeError, EventStore, Record, RecordedCommit};
use kindred_projections::{ReactError, Reaction};
use kindred_proto::posting as wire;

use super::{tell, undecodable};
use crate::application::Application;
use crate::contract::{body, id};
use crate::domain::fan_out::Message;

/// See the module.
pub struct TellOfMessages<S>(Application<S>);

impl<S: EventStore> TellOfMessages<S> {
    /// Tells through `application`.
    pub const fn new(application: Application<S>) -> Self {
        Self(application)
    }
}

impl<S: EventStore> Reaction for TellOfMessages<S> {
    const NAME: &'static str = "tell_of_messages";
    const CONTEXT: &'static str = "posting";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "message"
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let Some(tenant) = commit.key.scope().tenant() else { return Ok(()) };
        for (index, record) in commit.records.iter().enumerate() {
            let message = read(commit, index, record).map_err(|error| undecodable(index, &error))?;
            let notice = message.and_then(|message| message.notice());
            tell(&self.0, Self::NAME, (commit, index), tenant, notice).await?;
        }
        Ok(())
    }
}

/// The message that an event tells of, if it tells of a new one.
fn read(commit: &RecordedCommit, index: usize, record: &Record) -> Result<Option<Message>, DecodeError> {
    if record.event_type != "MessageWritten" {
        return Ok(None);
    }
    let written: wire::MessageWritten = body(record)?;
    Ok(Some(Message {
        source: commit.event_id(index),
        conversation: id(record, &written.conversation_id)?,
        from: id(record, &written.from_member_id)?,
        to: id(record, &written.to_member_id)?,
    }))
}
