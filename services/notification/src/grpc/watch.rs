//! A live inbox as a stream: the number of unread items now, and after every change.

use std::pin::Pin;

use futures::{Stream, stream};
use kindred_ids::{MemberId, TenantSlug};
use kindred_proto::notification as wire;
use kindred_service_host::{Queries, database_error};
use kindred_service_kit::error::ApiError;
use tonic::Status;
use tonic::metadata::MetadataMap;

use crate::read_model::{Subscription, Watchers, unread};

/// What a caller of `WatchInbox` reads.
pub type InboxStream = Pin<Box<dyn Stream<Item = Result<wire::WatchInboxResponse, Status>> + Send>>;

struct Watch {
    queries: Queries,
    tenant: TenantSlug,
    member: MemberId,
    subscription: Subscription,
    begun: bool,
}

/// Subscribes first and counts then, so that nothing falls between. The next number is
/// counted only when the last one was taken: a slow reader gets fewer, never a queue.
pub(super) fn watch(
    queries: Queries,
    watchers: &Watchers,
    tenant: TenantSlug,
    member: MemberId,
) -> Result<InboxStream, ApiError> {
    let subscription = watchers.subscribe(&tenant, member)?;
    let watch = Watch { queries, tenant, member, subscription, begun: false };
    let numbers = stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        if watch.begun {
            watch.subscription.changed().await;
        }
        watch.begun = true;
        match watch.count().await {
            Ok(unread) => Some((Ok(wire::WatchInboxResponse { unread }), Some(watch))),
            Err(error) => Some((Err(Status::from(error)), None)),
        }
    });
    Ok(Box::pin(numbers))
}

impl Watch {
    async fn count(&self) -> Result<u32, ApiError> {
        let mut snapshot = self.queries.begin(&MetadataMap::new(), &self.tenant, &[]).await?;
        unread(&mut snapshot.transaction, &self.tenant, self.member).await.map_err(|error| database_error(&error))
    }
}
