//! Threads and replies in posting's log, sealed under their authors' keys.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use kindred_eventsourcing::{Contract as _, KeyId};
use kindred_ids::{CommunityId, EntityKey, MemberId, TenantSlug, ThreadId, derive_owned_id};
use kindred_jetstream::JetStreamStore;
use kindred_posting::domain::comment::Answered;
use kindred_posting::domain::{Comment, Home, Thread, comment, thread};
use kindred_vault::{Aad, DataKey, Sealer};

use crate::bench::find::vault;
use crate::bench::stage::{Stage, now};
use crate::bench::world::{World, text};
use crate::bench::written::{Chain, command, many};

/// People who write, with their keys.
pub struct Authors {
    /// Their tenant.
    pub tenant: TenantSlug,
    community: CommunityId,
    sealers: Vec<Sealer>,
}

impl Authors {
    /// All members of a world.
    pub async fn of(stage: &Stage, world: &World) -> anyhow::Result<Self> {
        let community = *world.communities(stage, 1).await?.first().context("one community")?;
        let vault = vault(stage).await?;
        let mut sealers = Vec::with_capacity(world.members.len());
        for member in &world.members {
            let state = vault.member_key(&world.tenant, *member).await?;
            sealers.push(Sealer::new(state.live().context("a member has a key")?.clone()));
        }
        vault.close().await;
        Ok(Self { tenant: world.tenant.clone(), community, sealers })
    }

    /// Every author's key.
    pub fn keys(&self) -> Arc<HashMap<KeyId, DataKey>> {
        Arc::new(self.sealers.iter().map(|sealer| (sealer.key().id(), sealer.key().clone())).collect())
    }

    fn sealer(&self, number: usize) -> &Sealer {
        &self.sealers[number % self.sealers.len()]
    }

    /// Starts threads.
    pub async fn start_threads(
        &self,
        store: &JetStreamStore,
        count: usize,
    ) -> anyhow::Result<Vec<(ThreadId, MemberId)>> {
        let mut threads = Vec::with_capacity(count);
        for number in 0..count {
            let (command, sealer) = (command()?, self.sealer(number));
            let id = derive_owned_id(self.tenant.as_str(), "bench", command, "thread", 0, self.community.0);
            threads.push((ThreadId(id), sealer.key().member(), command, number));
        }
        many(&threads, |(thread, author, command, number)| async move {
            let (sealer, key) = (self.sealer(*number), EntityKey::new(self.tenant.clone(), "thread", *thread));
            let place = Aad::of(&self.tenant, *author, &key, *command, "title");
            let event = thread::Event::Started {
                home: self.home(*thread, sealer),
                title: sealer.seal(&format!("Question {number}"), &place)?,
                text: sealer.seal(&text(*number as u64), &place.field("text"))?,
                mentions: Vec::new(),
                at: now(),
            };
            Chain::new(key.clone()).append(store, *command, vec![Thread::encode(&event)]).await
        })
        .await?;
        Ok(threads.into_iter().map(|(thread, author, ..)| (thread, author)).collect())
    }

    /// Writes replies, in all threads by turns.
    pub async fn reply(
        &self,
        store: &JetStreamStore,
        threads: &[(ThreadId, MemberId)],
        count: usize,
    ) -> anyhow::Result<()> {
        many(0..count, |number| async move {
            let (command, sealer) = (command()?, self.sealer(number));
            let (thread, thread_author) = threads[number % threads.len()];
            let id = derive_owned_id(self.tenant.as_str(), "bench", command, "comment", 0, self.community.0);
            let key = EntityKey::new(self.tenant.clone(), "comment", id);
            let place = Aad::of(&self.tenant, sealer.key().member(), &key, command, "text");
            let event = comment::Event::Posted {
                home: self.home(thread, sealer),
                answered: Answered { thread_author, parent: None },
                text: sealer.seal(&text(number as u64), &place)?,
                mentions: Vec::new(),
                at: now(),
            };
            Chain::new(key.clone()).append(store, command, vec![Comment::encode(&event)]).await
        })
        .await
    }

    fn home(&self, thread: ThreadId, sealer: &Sealer) -> Home {
        Home { community: self.community, thread, author: sealer.key().member(), author_key: sealer.key().id() }
    }
}
