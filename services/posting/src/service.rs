//! The composition root: the one place that knows every concrete type.

use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_service_host::{ContextErasure, Host, KeyServiceSource, Running, ServiceConfig, confirm_by_call};
use kindred_service_kit::caller::Role;
use kindred_service_kit::config::Bounded;
use kindred_service_kit::lifecycle::Tasks;
use serde::Deserialize;

use crate::application::Application;
use crate::clients::{MatchingClient, MembershipClient};
use crate::projections::{Conversations, ThreadList, ThreadProjection};

/// This context's name: its stream, its role.
pub const CONTEXT: &str = "posting";

/// The defaults of every setting.
pub const DEFAULTS: &str =
    concat!(include_str!("../../../crates/service-host/host.default.toml"), include_str!("../config.default.toml"));

/// Settings that only posting has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many posts keep their place (thread or reply, and which community) in memory.
    pub remembered_posts: Bounded<0, 10_000_000>,
}

/// Settings of the posting service.
pub type Config = ServiceConfig<Settings>;

/// Starts the service; it runs until its tasks are told to stop.
///
/// # Errors
///
/// If a setting does not hold or something it stands on cannot be reached.
pub fn start(config: Config, tasks: Tasks) -> BoxFuture<'static, anyhow::Result<Running>> {
    // Boxed, so that the service is compiled here and not again wherever it is started.
    Box::pin(compose(config, tasks))
}

async fn compose(config: Config, tasks: Tasks) -> anyhow::Result<Running> {
    let (shared, own) = config.split();
    let host = Host::connect(CONTEXT, shared, tasks).await?;
    let membership = host.channel(Role::Membership)?;
    let keys = host.keys(KeyServiceSource::new(membership.clone()))?;
    let application = Application::new(
        host.executor(),
        keys.clone(),
        Arc::new(MembershipClient::new(membership.clone())),
        Arc::new(MatchingClient::new(host.channel(Role::Matching)?)),
        host.clock(),
        own.remembered_posts.get(),
    );
    let wiring = host
        .wiring(keys.clone())
        .projection(ThreadList)
        .projection(ThreadProjection)
        .projection(Conversations)
        .erasure(ContextErasure::new(CONTEXT, keys, confirm_by_call(CONTEXT, membership)));
    host.start(wiring, move |queries| Ok(crate::grpc::routes(application, queries))).await
}
