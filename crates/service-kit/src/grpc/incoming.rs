//! Connections on their way in: whoever says nothing, or does not finish the handshake,
//! is let go in time and never keeps others waiting.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::tls::Reloading;

/// How long a new connection may take to say its first word and finish its handshake.
const PATIENCE: Duration = Duration::from_secs(10);
/// Wait after the system refuses to accept: it is out of files, and asking at once would spin.
const PAUSE: Duration = Duration::from_millis(50);
/// Finished handshakes that wait for the server.
const WAITING: usize = 64;

/// Connections in plaintext, until `stop`.
pub(super) fn plain(listener: TcpListener, stop: CancellationToken) -> ReceiverStream<io::Result<TcpStream>> {
    start(listener, stop, |stream| async { Ok(stream) })
}

/// Connections after their TLS handshake, until `stop`.
pub(super) fn tls(
    listener: TcpListener,
    stop: CancellationToken,
    config: Arc<Reloading<ServerConfig>>,
) -> ReceiverStream<io::Result<TlsStream<TcpStream>>> {
    start(listener, stop, move |stream| TlsAcceptor::from(config.get()).accept(stream))
}

fn start<IO, Handshake, Fut>(
    listener: TcpListener,
    stop: CancellationToken,
    handshake: Handshake,
) -> ReceiverStream<io::Result<IO>>
where
    IO: Send + 'static,
    Handshake: Fn(TcpStream) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = io::Result<IO>> + Send + 'static,
{
    let (ready, connections) = mpsc::channel(WAITING);
    let handshake = Arc::new(handshake);
    tokio::spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stop.cancelled() => return,
                () = ready.closed() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (ready, handshake) = (ready.clone(), handshake.clone());
                    let prepared = async move {
                        stream.set_nodelay(true)?;
                        stream.peek(&mut [0]).await?;
                        handshake(stream).await
                    };
                    tokio::spawn(async move {
                        match tokio::time::timeout(PATIENCE, prepared).await {
                            // A receiver that is gone has stopped serving.
                            Ok(Ok(connection)) => drop(ready.send(Ok(connection)).await),
                            Ok(Err(error)) => tracing::debug!(%error, "connection did not come about"),
                            Err(_elapsed) => tracing::debug!("connection said nothing in time"),
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    });
    ReceiverStream::new(connections)
}
