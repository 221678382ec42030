//! The gRPC face of posting: parse, call, map; nothing is decided here.

mod conversations;
mod messages;
mod threads;

use kindred_eventsourcing::EventStore;
use kindred_proto::posting::conversations_server::ConversationsServer;
use kindred_proto::posting::threads_server::ThreadsServer;
use kindred_service_host::Queries;
use tonic::service::Routes;

use crate::application::{Application, Meanings};
pub use conversations::ConversationsService;
pub use threads::ThreadsService;

/// All services of this context.
pub fn routes<S: EventStore>(application: Application<S>, queries: Queries, meanings: Meanings) -> Routes {
    let conversations = ConversationsService::new(application.clone(), queries.clone());
    Routes::new(ThreadsServer::new(ThreadsService::new(application, queries, meanings)))
        .add_service(ConversationsServer::new(conversations))
}
