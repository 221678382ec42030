//! The floor loop: the network steps of a command and nothing else.
//!
//! A call goes to an echo server, which asks the log for the tails that an answer rests
//! on, at the same time asks a second echo server where the command asks a
//! second service, and then appends. Requests, answers and the commit are as large as the
//! platform's; nobody reads, checks, decides, seals, measures or remembers anything.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::{BoxFuture, try_join_all};
use http::uri::PathAndQuery;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::body::Body;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::Service;

/// The path of the one method.
const PATH: &str = "/floor.Echo/Call";

type Answer = BoxFuture<'static, Result<Response<Bytes>, Status>>;

/// An echo server that does something before it answers.
#[derive(Clone)]
struct Echo(Arc<dyn Fn(Request<Bytes>) -> Answer + Send + Sync>);

impl NamedService for Echo {
    const NAME: &'static str = "floor.Echo";
}

impl UnaryService<Bytes> for Echo {
    type Response = Bytes;
    type Future = Answer;

    fn call(&mut self, request: Request<Bytes>) -> Answer {
        (self.0)(request)
    }
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { Ok(Grpc::new(ProstCodec::<Bytes, Bytes>::default()).unary(echo, request).await) })
    }
}

/// A running echo server; ends when it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    _stop: DropGuard,
}

/// Starts an echo server that answers with so many bytes once `work` is done.
pub async fn serve<F, Fut>(answer: usize, work: F) -> anyhow::Result<Running>
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let answer = Bytes::from(vec![b'a'; answer]);
    let echo = Echo(Arc::new(move |request| {
        let (work, answer) = (work(Call::of(&request)), answer.clone());
        Box::pin(async move {
            work.await.map_err(|error| Status::internal(format!("{error:#}")))?;
            Ok(Response::new(answer))
        })
    }));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let (address, stop) = (listener.local_addr()?, CancellationToken::new());
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(
        Server::builder()
            .max_concurrent_streams(Some(256))
            .add_service(echo)
            .serve_with_incoming_shutdown(incoming, stopped),
    );
    Ok(Running { address, _stop: stop.drop_guard() })
}

/// What a call carries on: who calls.
#[derive(Clone)]
pub struct Call(Option<MetadataValue<Ascii>>);

/// The header that says who calls.
const CALLER: &str = kindred_service_kit::caller::metadata::CALLER;

impl Call {
    /// Under a token.
    pub fn by(token: MetadataValue<Ascii>) -> Self {
        Self(Some(token))
    }

    fn of(request: &Request<Bytes>) -> Self {
        Self(request.metadata().get(CALLER).cloned())
    }

    /// Calls an echo server with so many bytes.
    pub async fn send(self, channel: Channel, bytes: Bytes) -> anyhow::Result<()> {
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await?;
        let mut request = Request::new(bytes);
        if let Some(token) = self.0 {
            request.metadata_mut().insert(CALLER, token);
        }
        let path = PathAndQuery::from_static(PATH);
        client.unary::<Bytes, Bytes, _>(request, path, ProstCodec::default()).await?;
        Ok(())
    }
}

/// Does a thing for each of some subjects at once.
pub async fn all<T, F, Fut>(subjects: &[T], work: F) -> anyhow::Result<()>
where
    F: Fn(&T) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    try_join_all(subjects.iter().map(work)).await.map(drop)
}
