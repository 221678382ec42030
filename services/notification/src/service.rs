//! The composition root: the one place that knows every concrete type.

use std::sync::Arc;

use anyhow::Context as _;
use futures::future::BoxFuture;
use kindred_jetstream::JetStreamStore;
use kindred_projections::{NoKeys, Waiter};
use kindred_proto::notification::notifications_server::NotificationsServer;
use kindred_service_host::{ContextErasure, Host, Part, Running, confirm_by_call};
use kindred_service_kit::caller::Role;
use kindred_service_kit::lifecycle::{Stage, Tasks};
use tonic::service::Routes;
use uuid::Uuid;

use crate::application::{Application, Courier, Worker};
use crate::clients::MembershipAddresses;
use crate::config::Own;
use crate::grpc::NotificationsService;
use crate::mail::SmtpPost;
use crate::projections::{Deliveries, Inbox, NoticeBlocks};
use crate::reactions::{TellOfIntroductions, TellOfJoins, TellOfMessages, TellOfPosts};
use crate::read_model::{BlockList, DatabaseLease, DeliveryLedger, Watchers};

pub use crate::config::{Config, DEFAULTS};

/// This context.
pub const CONTEXT: &str = "notification";

/// Connects and starts the service; it runs until `tasks` stop.
///
/// # Errors
///
/// If a setting does not hold or a server cannot be reached; names which.
pub fn start(config: Config, tasks: Tasks) -> BoxFuture<'static, anyhow::Result<Running>> {
    // Boxed, so that the service is compiled here and not again wherever it is started.
    Box::pin(compose(config, tasks))
}

async fn compose(config: Config, tasks: Tasks) -> anyhow::Result<Running> {
    let (shared, own) = config.split();
    let parts = shared.host.parts.clone();
    let host = Host::connect(CONTEXT, shared, tasks).await?;
    let membership = host.stream("membership").await?;
    let (application, courier) = use_cases(&host, &own, membership.clone())?;
    if parts.contains(&Part::Reactor) {
        spawn_worker(&host, &own, courier.clone());
    }
    let watchers = Watchers::new(own.inbox.max_streams.as_usize());
    spawn_listener(&host, watchers.clone());
    let wiring = host
        .wiring(Arc::new(NoKeys))
        .stream(membership)
        .stream(host.stream("posting").await?)
        .stream(host.stream("matching").await?)
        .projection(Inbox)
        .projection(Deliveries)
        .projection(NoticeBlocks)
        .reaction(TellOfPosts::new(application.clone()))
        .reaction(TellOfMessages::new(application.clone()))
        .reaction(TellOfIntroductions::new(application.clone()))
        .reaction(TellOfJoins::new(application.clone()))
        .erasure(ContextErasure::new(
            CONTEXT,
            Arc::new(NoKeys),
            confirm_by_call(CONTEXT, host.channel(Role::Membership)?),
        ));
    let patience = own.mail.sign_in_patience_millis.duration();
    host.start(wiring, move |queries| {
        let service = NotificationsService::new(application, courier, queries, watchers, patience);
        Ok(Routes::new(NotificationsServer::new(service)))
    })
    .await
}

type UseCases = (Application<JetStreamStore>, Arc<Courier<JetStreamStore>>);

fn use_cases(host: &Host, own: &Own, membership: JetStreamStore) -> anyhow::Result<UseCases> {
    let composer = own.composer()?;
    let database = host.database().clone();
    let blocks = BlockList::new(database.clone(), Waiter::new(database), membership);
    let application = Application::new(host.executor(), host.clock(), Arc::new(blocks), composer.keys().clone());
    let addresses = MembershipAddresses::new(host.channel(Role::Membership)?);
    let post = SmtpPost::try_new(own.smtp.settings()?).context("setting `service.smtp`")?;
    let courier = Courier::new(application.clone(), Arc::new(addresses), Arc::new(post), composer, own.policy()?);
    Ok((application, Arc::new(courier)))
}

/// Mails leave only from processes that also turn events into commands.
fn spawn_worker(host: &Host, own: &Own, courier: Arc<Courier<JetStreamStore>>) {
    let ledger = DeliveryLedger::new(host.database().clone());
    let lease = DatabaseLease::new(host.database().clone(), holder(), own.delivery.lease_secs.duration());
    let worker = Worker::new(courier, Arc::new(ledger), Arc::new(lease), own.worker());
    let stop = host.tasks().token(Stage::Serving);
    host.tasks().spawn("mail", Stage::Serving, async move {
        worker.run(stop).await;
        anyhow::Ok(())
    });
}

fn spawn_listener(host: &Host, watchers: Watchers) {
    let (database, stop) = (host.database().clone(), host.tasks().token(Stage::Serving));
    host.tasks().spawn("inbox-news", Stage::Serving, async move {
        watchers.listen(&database, &stop).await;
        anyhow::Ok(())
    });
}

/// A name of this process that no other has.
fn holder() -> Uuid {
    let bytes: [u8; 16] = ring::rand::generate(&ring::rand::SystemRandom::new())
        .expect("the system gives randomness, or no connection could have been made")
        .expose();
    Uuid::from_bytes(bytes)
}
