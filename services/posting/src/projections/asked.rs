//! What a batch leaves of the words that threads begin with, folded so that each title and
//! each text is touched once. Searching by words and by meaning both go by it.

use std::collections::BTreeMap;

use kindred_projections::{ApplyError, Batch, BatchEvent};
use uuid::Uuid;

use super::opened::{PostEvent, owner, post_event, text};
use crate::application::{field, opening};
use crate::domain::{Home, thread};

/// How much of a text is looked for, in characters: what somebody asks stands at its start.
const LONGEST: usize = 4_000;

/// Tenant, thread, and whether it is the title.
pub(super) type Place = (String, Uuid, bool);

/// A title or text as it stands at the end of a batch.
pub(super) struct Words {
    pub(super) community: Uuid,
    pub(super) author: Uuid,
    /// None if the thread was taken out or its author erased.
    pub(super) words: Option<String>,
    /// The event that said so.
    pub(super) event: Uuid,
    pub(super) sequence: i64,
}

/// See the module.
#[derive(Default)]
pub(super) struct Asked(pub(super) BTreeMap<Place, Words>);

impl Asked {
    pub(super) fn of(batch: &Batch<'_>) -> Result<Self, ApplyError> {
        let mut asked = Self::default();
        for event in batch.events() {
            if let Some(PostEvent::Thread(what)) = post_event(&event)? {
                asked.thread(batch, &event, &what)?;
            }
        }
        Ok(asked)
    }

    fn thread(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>, what: &thread::Event) -> Result<(), ApplyError> {
        let open = |sealed, author, field| text(batch, event, sealed, author, field);
        match what {
            thread::Event::Started { home, title, text: words, .. } => {
                self.put(event, home, true, open(title, home.author, field::TITLE)?)?;
                self.put(event, home, false, open(words, home.author, field::TEXT)?)?;
            }
            thread::Event::Edited { home, title, text: words, .. } => {
                if let Some(title) = title {
                    self.put(event, home, true, open(title, home.author, field::TITLE)?)?;
                }
                self.put(event, home, false, open(words, home.author, field::TEXT)?)?;
            }
            thread::Event::Deleted { home, .. } => {
                self.put(event, home, true, None)?;
                self.put(event, home, false, None)?;
            }
        }
        Ok(())
    }

    fn put(
        &mut self,
        event: &BatchEvent<'_>,
        home: &Home,
        titled: bool,
        words: Option<String>,
    ) -> Result<(), ApplyError> {
        let (tenant, _) = owner(event)?;
        let words = Words {
            community: home.community.as_uuid(),
            author: home.author.as_uuid(),
            words: words.map(|words| opening(&words, LONGEST)),
            event: event.commit.event_id(event.index),
            sequence: event.commit.sequence as i64,
        };
        self.0.insert((tenant.as_str().to_owned(), home.thread.as_uuid(), titled), words);
        Ok(())
    }
}
