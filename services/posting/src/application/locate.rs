//! Where a post stands: thread or comment, and in which community.

use std::sync::Arc;

use kindred_eventsourcing::{Decider, EventStore, Loaded};
use kindred_ids::{CommunityId, EntityId, EntityKey, TenantSlug, ThreadId};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use moka::sync::Cache;

use super::refusals::{post_unknown, thread_unknown};
use super::{Application, Standing};
use crate::domain::{Comment, Home, Target, Thread, comment, thread};

/// What a post id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Thread,
    Comment,
}

/// Places of posts as far as they are known here. A place never changes, so what is kept
/// needs no check; it only spares a question, never a rule.
#[derive(Clone)]
pub(super) struct Places(Cache<(TenantSlug, EntityId), (Kind, CommunityId)>);

impl Places {
    pub(super) fn new(remembered: u64) -> Self {
        Self(Cache::new(remembered))
    }

    fn learn(&self, tenant: &TenantSlug, post: EntityId, kind: Kind, home: &Home) {
        self.0.insert((tenant.clone(), post), (kind, home.community));
    }

    fn get(&self, tenant: &TenantSlug, post: EntityId) -> Option<(Kind, CommunityId)> {
        self.0.get(&(tenant.clone(), post))
    }
}

/// A post as it stands at the log's leader.
pub(super) enum Post {
    Thread(EntityKey, Arc<Loaded<thread::State>>),
    Comment(EntityKey, Arc<Loaded<comment::State>>),
}

impl Post {
    fn known_home(&self) -> Option<&Home> {
        match self {
            Self::Thread(_, loaded) => loaded.state.home(),
            Self::Comment(_, loaded) => loaded.state.home(),
        }
    }

    /// Where it stands and whose it is.
    pub(super) fn home(&self) -> Result<&Home, ApiError> {
        self.known_home().ok_or_else(post_unknown)
    }

    /// As something to react to.
    pub(super) fn target(&self, post: EntityId) -> Result<Target, ApiError> {
        let home = self.home()?;
        let deleted = match self {
            Self::Thread(_, loaded) => matches!(loaded.state, thread::State::Deleted(_)),
            Self::Comment(_, loaded) => matches!(loaded.state, comment::State::Deleted(_)),
        };
        Ok(Target { post, community: home.community, thread: home.thread, deleted })
    }
}

pub(super) fn thread_key(tenant: &TenantSlug, id: impl Into<EntityId>) -> EntityKey {
    EntityKey::new(tenant.clone(), Thread::CATEGORY, id)
}

pub(super) fn comment_key(tenant: &TenantSlug, id: impl Into<EntityId>) -> EntityKey {
    EntityKey::new(tenant.clone(), Comment::CATEGORY, id)
}

impl<S: EventStore> Application<S> {
    /// A post of the caller's tenant and the caller's standing where it is.
    pub(super) async fn post(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        id: EntityId,
    ) -> Result<(Standing, Post), ApiError> {
        if let Some((kind, community)) = self.places.get(tenant, id) {
            return self.with_standing(caller, community, self.load_post(tenant, id, kind)).await;
        }
        let post = self.find_post(tenant, id).await?;
        let standing = self.membership.standing(caller, post.home()?.community).await?;
        Ok((standing, post))
    }

    /// The community of a thread of this tenant.
    pub(super) async fn community_of(&self, tenant: &TenantSlug, id: ThreadId) -> Result<CommunityId, ApiError> {
        match self.places.get(tenant, id.0) {
            Some((Kind::Thread, community)) => Ok(community),
            Some((Kind::Comment, _)) => Err(thread_unknown()),
            None => {
                let loaded = self.load_thread(tenant, id).await?;
                loaded.state.home().map(|home| home.community).ok_or_else(thread_unknown)
            }
        }
    }

    /// The community of a thread or comment of this tenant.
    pub(super) async fn community_of_post(&self, tenant: &TenantSlug, id: EntityId) -> Result<CommunityId, ApiError> {
        match self.places.get(tenant, id) {
            Some((_, community)) => Ok(community),
            None => Ok(self.find_post(tenant, id).await?.home()?.community),
        }
    }

    pub(super) async fn load_thread(
        &self,
        tenant: &TenantSlug,
        id: ThreadId,
    ) -> Result<Arc<Loaded<thread::State>>, ApiError> {
        let loaded = self.executor.load::<Thread>(&thread_key(tenant, id)).await?;
        if let Some(home) = loaded.state.home() {
            self.places.learn(tenant, id.0, Kind::Thread, home);
        }
        Ok(loaded)
    }

    pub(super) async fn load_comment(
        &self,
        tenant: &TenantSlug,
        id: EntityId,
    ) -> Result<Arc<Loaded<comment::State>>, ApiError> {
        let loaded = self.executor.load::<Comment>(&comment_key(tenant, id)).await?;
        if let Some(home) = loaded.state.home() {
            self.places.learn(tenant, id, Kind::Comment, home);
        }
        Ok(loaded)
    }

    async fn load_post(&self, tenant: &TenantSlug, id: EntityId, kind: Kind) -> Result<Post, ApiError> {
        Ok(match kind {
            Kind::Thread => Post::Thread(thread_key(tenant, id), self.load_thread(tenant, ThreadId(id)).await?),
            Kind::Comment => Post::Comment(comment_key(tenant, id), self.load_comment(tenant, id).await?),
        })
    }

    /// An id does not say what it names: both are asked for at once.
    async fn find_post(&self, tenant: &TenantSlug, id: EntityId) -> Result<Post, ApiError> {
        let (thread, comment) =
            futures::try_join!(self.load_thread(tenant, ThreadId(id)), self.load_comment(tenant, id))?;
        if thread.exists() {
            return Ok(Post::Thread(thread_key(tenant, id), thread));
        }
        if comment.exists() {
            return Ok(Post::Comment(comment_key(tenant, id), comment));
        }
        Err(post_unknown())
    }
}
