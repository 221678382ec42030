//! Conversations as each of their two members has them, and what was said.
//!
//! # Promises
//!
//! * A message's words are there only while it stands and its author is a member.
//! * A conversation's activity is the last time it was opened or written in; whichever of
//!   a conversation and its messages is applied first, the rows end the same.

mod rows;

use std::collections::BTreeMap;

use kindred_eventsourcing::{Contract, Decider as _, KeyId, RecordedCommit, Timestamp};
use kindred_ids::{ConversationId, MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::opened::{owner, text};
use crate::application::field;
use crate::domain::{Conversation, Message, Route, conversation, message};
use rows::{Deleted, Moved, Touched, Written};

/// See the module.
#[derive(Debug)]
pub struct Conversations;

impl Projection for Conversations {
    const NAME: &'static str = "conversations";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "posting";
    const TABLES: &'static str = include_str!("conversations/tables.sql");
    const INDEXES: &'static str = include_str!("conversations/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        matches!(commit.key.category(), "conversation" | "message")
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        let messages = commits.iter().filter(|commit| commit.key.category() == Message::CATEGORY);
        let records = messages.flat_map(|commit| commit.records.iter().map(move |record| (commit, record)));
        records
            .filter_map(|(commit, record)| match Message::decode(record) {
                Ok(message::Event::MessageWritten { text, .. }) => {
                    Some((commit.key.scope().tenant()?.clone(), text.key()))
                }
                // What cannot be read is parked by `apply`, which reads it again.
                Ok(message::Event::MessageDeleted { .. }) | Err(_) => None,
            })
            .collect()
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut changes = Changes::default();
        for event in batch.events() {
            changes.take(batch, &event)?;
        }
        changes.write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/conversations/redact.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}

/// Tenant, conversation, and whose side of it.
type SideKey = (String, Uuid, Uuid);
/// Tenant and message.
type MessageKey = (String, Uuid);

/// An opening or message, as one of the two sees it.
struct Activity {
    other: Uuid,
    opened_at: Option<i64>,
    at: i64,
}

/// A message that was written in the batch, as it stands at its end.
struct NewMessage {
    route: Route,
    text: Option<String>,
    written_at: i64,
    deleted_at: Option<i64>,
    author_erased: bool,
    sequence: i64,
}

/// What a batch does, folded so that each row is touched once.
#[derive(Default)]
struct Changes {
    activities: BTreeMap<SideKey, Activity>,
    /// Where they left; none if they came back.
    moves: BTreeMap<SideKey, Option<i64>>,
    written: BTreeMap<MessageKey, NewMessage>,
    deleted: BTreeMap<MessageKey, i64>,
}

impl Changes {
    fn take(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>) -> Result<(), ApplyError> {
        let undecodable = |error| event.undecodable(&error);
        match event.commit.key.category() {
            Conversation::CATEGORY => {
                self.conversation(event, Conversation::decode(event.record).map_err(undecodable)?)
            }
            _ => self.message(batch, event, Message::decode(event.record).map_err(undecodable)?),
        }
    }

    fn conversation(&mut self, event: &BatchEvent<'_>, what: conversation::Event) -> Result<(), ApplyError> {
        let (tenant, id) = owner(event)?;
        let (by, left) = match what {
            conversation::Event::ConversationOpened { pair, by, at } => {
                self.touch(tenant, ConversationId(id), (pair.first(), pair.second()), Some(at), at);
                (by, None)
            }
            conversation::Event::ConversationLeft { by, .. } => (by, Some(event.commit.sequence as i64)),
        };
        self.moves.insert((tenant.to_string(), id.as_uuid(), by.as_uuid()), left);
        Ok(())
    }

    fn message(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>, what: message::Event) -> Result<(), ApplyError> {
        let (tenant, id) = owner(event)?;
        let key = (tenant.to_string(), id.as_uuid());
        match what {
            message::Event::MessageWritten { route, text: words, at } => {
                let text = text(batch, event, &words, route.from, field::TEXT)?;
                self.touch(tenant, route.conversation, (route.from, route.to), None, at);
                let new = NewMessage {
                    route,
                    author_erased: text.is_none(),
                    text,
                    written_at: at.millis(),
                    deleted_at: None,
                    sequence: event.commit.sequence as i64,
                };
                self.written.insert(key, new);
            }
            message::Event::MessageDeleted { at, .. } => match self.written.get_mut(&key) {
                Some(new) => {
                    new.text = None;
                    new.deleted_at = Some(at.millis());
                }
                None => {
                    self.deleted.insert(key, at.millis());
                }
            },
        }
        Ok(())
    }

    /// Both sides see that something was done.
    fn touch(
        &mut self,
        tenant: &TenantSlug,
        conversation: ConversationId,
        (one, other): (MemberId, MemberId),
        opened: Option<Timestamp>,
        at: Timestamp,
    ) {
        for (member, other) in [(one, other), (other, one)] {
            let key = (tenant.to_string(), conversation.as_uuid(), member.as_uuid());
            let new = Activity { other: other.as_uuid(), opened_at: None, at: at.millis() };
            let activity = self.activities.entry(key).or_insert(new);
            activity.opened_at = activity.opened_at.or(opened.map(Timestamp::millis));
            activity.at = activity.at.max(at.millis());
        }
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        Touched::of(self.activities).write(transaction).await?;
        Moved::of(self.moves).write(transaction).await?;
        Written::of(self.written).write(transaction).await?;
        Deleted::of(self.deleted).write(transaction).await
    }
}
