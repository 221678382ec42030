//! The composition root: the one place that knows every concrete type.

use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::Actor;
use kindred_proto::notification as proto;
use kindred_proto::notification::notifications_client::NotificationsClient;
use kindred_service_host::{Confirm, ContextErasure, Host, Running, ServiceConfig};
use kindred_service_kit::caller::Role;
use kindred_service_kit::config::{Bounded, Secs};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::ServiceChannel;
use kindred_service_kit::lifecycle::{Stage, Tasks};
use kindred_vault::{FileRootKey, Keeper, Vault};
use serde::Deserialize;

use crate::application::{Application, LinkSender, SignInMail, SignInSettings};
use crate::projections::{Blocks, Directory, Roster, TenantList};
use crate::reactions::DestroyKey;

/// This context's name: its stream, its role.
pub const CONTEXT: &str = "membership";

/// The defaults of every setting.
pub const DEFAULTS: &str =
    concat!(include_str!("../../../crates/service-host/host.default.toml"), include_str!("../config.default.toml"));

/// Settings that only membership has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// File with the URL of the vault's database.
    pub vault_url_file: PathBuf,
    /// Connections to the vault.
    pub vault_connections: Bounded<1, 100>,
    /// File with the root key, 32 bytes in base64, readable by this user only.
    pub root_key_file: PathBuf,
    /// How long a sign-in link works.
    pub link_secs: Secs<60, 86_400>,
    /// How long a session lasts.
    pub session_secs: Secs<300, 7_776_000>,
}

/// Settings of the membership service.
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
    let vault = Arc::new(open_vault(&own).await?);
    let keys = host.keys(vault.clone())?;
    let links = Arc::new(NotificationLinks(host.channel(Role::Notification)?));
    let sign_in = SignInSettings {
        link_seconds: own.link_secs.duration().as_secs() as i64,
        session_seconds: own.session_secs.duration().as_secs() as i64,
    };
    let keeper: Arc<dyn Keeper> = vault;
    let application = Application::new(host.executor(), keeper, keys.clone(), host.clock(), links, sign_in);
    let wiring = host
        .wiring(keys.clone())
        .projection(Directory)
        .projection(Roster)
        .projection(Blocks)
        .projection(TenantList)
        .reaction(DestroyKey::new(application.clone()))
        .erasure(ContextErasure::new(CONTEXT, keys, confirm(application.clone())));
    drain_mails(&host, application.clone());
    host.start(wiring, move |queries| Ok(crate::grpc::routes(application, queries))).await
}

async fn open_vault(own: &Settings) -> anyhow::Result<Vault> {
    let url = kindred_service_kit::config::Secret::read("service.vault_url_file", &own.vault_url_file)?;
    let options = url.expose().parse();
    // The URL holds a password: an error must not repeat it.
    let options = options.map_err(|_| anyhow::anyhow!("setting `service.vault_url_file` holds no database URL"))?;
    let root = FileRootKey::load(&own.root_key_file)?;
    Ok(Vault::open(&options, own.vault_connections.as_u32(), Arc::new(root)).await?)
}

/// Membership confirms its own share without a call.
fn confirm<S: kindred_eventsourcing::EventStore>(application: Application<S>) -> Confirm {
    Arc::new(move |person, command_id| {
        let application = application.clone();
        Box::pin(async move {
            let actor = Actor(CONTEXT.to_owned());
            application.confirm_erasure(actor, command_id, &person.tenant, person.member, CONTEXT).await?;
            Ok(())
        })
    })
}

/// Sign-in mails under way are finished before the process ends.
fn drain_mails<S: kindred_eventsourcing::EventStore>(host: &Host, application: Application<S>) {
    let stop = host.tasks().token(Stage::Serving);
    host.tasks().spawn("sign-in mails", Stage::Serving, async move {
        stop.cancelled().await;
        application.drain().await;
        Ok::<(), anyhow::Error>(())
    });
}

/// Hands sign-in links to the notification service, which mails them and keeps nothing.
struct NotificationLinks(ServiceChannel);

impl LinkSender for NotificationLinks {
    fn send<'a>(&'a self, mail: SignInMail<'a>) -> BoxFuture<'a, Result<(), ApiError>> {
        Box::pin(async move {
            let request = proto::SendSignInLinkRequest {
                command_id: mail.command_id.to_string(),
                tenant: mail.tenant.to_string(),
                member_id: mail.member.to_string(),
                token: mail.token.to_owned(),
                expires_at: mail.expires_at.millis(),
            };
            let sent = NotificationsClient::new(self.0.clone()).send_sign_in_link(request).await;
            sent.map(drop).map_err(|status| ApiError::from(&status))
        })
    }
}
