//! The composition root: the one place that knows every concrete type.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use futures::future::BoxFuture;
use kindred_sentences::Encoder;
use kindred_service_host::{ContextErasure, Host, KeyServiceSource, Running, ServiceConfig, confirm_by_call};
use kindred_service_kit::caller::Role;
use kindred_service_kit::config::Bounded;
use kindred_service_kit::lifecycle::Tasks;
use serde::Deserialize;

use crate::application::{Application, Meanings};
use crate::clients::{MatchingClient, MembershipClient};
use crate::projections::{self, Conversations, Questions, ThreadList, ThreadProjection};

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
    /// How what was asked before is found by its meaning.
    pub sentences: Sentences,
}

/// The sentence model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    /// Its folder; without it questions are found by their words alone.
    pub model: Option<PathBuf>,
    /// How many questions are read by it at once.
    pub at_once: Bounded<1, 64>,
}

impl Sentences {
    /// Loads the model, if there is one.
    async fn load(&self) -> anyhow::Result<Option<Arc<Encoder>>> {
        let Some(folder) = self.model.clone() else { return Ok(None) };
        let wrong = || format!("load `service.sentences.model`, `{}`", folder.display());
        let loading = folder.clone();
        let encoder = tokio::task::spawn_blocking(move || Encoder::load(&loading)).await.with_context(wrong)?;
        let encoder = encoder.with_context(wrong)?;
        tracing::info!("sentence model {} is loaded", encoder.version());
        Ok(Some(Arc::new(encoder)))
    }
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
    let encoder = own.sentences.load().await?;
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
    let mut wiring = host
        .wiring(keys.clone())
        .projection(ThreadList)
        .projection(ThreadProjection)
        .projection(Conversations)
        .projection(Questions)
        .erasure(ContextErasure::new(CONTEXT, keys, confirm_by_call(CONTEXT, membership)));
    let mut meanings = Meanings::default();
    if let Some(encoder) = encoder {
        wiring = wiring.projection(projections::Sentences::new(encoder.clone()));
        meanings = Meanings::by(encoder, own.sentences.at_once.as_usize());
    }
    host.start(wiring, move |queries| Ok(crate::grpc::routes(application, queries, meanings))).await
}
