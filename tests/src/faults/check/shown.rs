//! What people are shown, against what the log says: every thread with its number of
//! replies, every inbox with its number of items.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use kindred_eventsourcing::RecordedCommit;
use kindred_proto::posting;
use prost::Message as _;
use serde_json::Value;

use super::notices::Notices;
use crate::faults::sender::Sender;
use crate::faults::world::{Person, World};

/// Threads of a community and how many replies each has.
type Threads = BTreeMap<String, u64>;

/// The log's side.
pub struct Shown {
    world: Arc<World>,
    communities: BTreeMap<String, Threads>,
}

impl Shown {
    /// Nothing read yet.
    pub const fn new(world: Arc<World>) -> Self {
        Self { world, communities: BTreeMap::new() }
    }

    /// Takes a commit in.
    pub fn take(&mut self, context: &str, commit: &RecordedCommit) -> anyhow::Result<()> {
        for record in commit.records.iter().filter(|_| context == "posting") {
            match record.event_type.as_str() {
                "ThreadStarted" => {
                    let started = posting::ThreadStarted::decode(record.data.clone())?;
                    let id = commit.key.id().context("a thread has an id")?.to_string();
                    self.communities.entry(started.community_id).or_default().entry(id).or_default();
                }
                "CommentPosted" => {
                    let posted = posting::CommentPosted::decode(record.data.clone())?;
                    let threads = self.communities.entry(posted.community_id).or_default();
                    *threads.entry(posted.thread_id).or_default() += 1;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Compares; how many threads and inboxes.
    pub async fn compare(&self, sender: &Sender, notices: &Notices) -> anyhow::Result<(usize, usize)> {
        let (mut threads, mut inboxes) = (0, 0);
        for tenant in &self.world.tenants {
            let people: Vec<Arc<Person>> =
                tenant.people.all().into_iter().filter(|person| !person.token.is_empty()).collect();
            let reader = people.first().context("somebody can read")?;
            let shown = list(sender, reader, &format!("/communities/{}/threads", tenant.talk)).await?;
            let shown: Threads = shown.iter().filter_map(summary).collect();
            let logged = self.communities.get(&tenant.talk).cloned().unwrap_or_default();
            let differs =
                || format!("threads of {} are not those of the log: {}", tenant.slug, difference(&logged, &shown));
            ensure!(shown == logged, differs());
            threads += shown.len();
            for person in &people {
                let member = person.member.to_string();
                let items = list(sender, person, "/inbox").await?.len();
                let logged = notices.inbox(&member);
                ensure!(items == logged, "the inbox of {member} shows {items} items, the log says {logged}");
                inboxes += 1;
            }
        }
        Ok((threads, inboxes))
    }
}

fn summary(thread: &Value) -> Option<(String, u64)> {
    Some((thread["thread_id"].as_str()?.to_owned(), thread["replies"].as_u64()?))
}

/// Some threads that differ.
fn difference(logged: &Threads, shown: &Threads) -> String {
    let ids = logged.keys().chain(shown.keys());
    let differing = ids.filter(|id| logged.get(*id) != shown.get(*id)).take(4);
    let lines =
        differing.map(|id| format!("{id} has {:?} replies in the log and shows {:?}", logged.get(id), shown.get(id)));
    lines.collect::<Vec<_>>().join(", ")
}

/// All entries of a list, page after page.
async fn list(sender: &Sender, person: &Person, path: &str) -> anyhow::Result<Vec<Value>> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = sender.get(person, &format!("{path}?size=100{cursor}")).await?;
        all.extend(page["items"].as_array().with_context(|| format!("no list in {page}"))?.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}
