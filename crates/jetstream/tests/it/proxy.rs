//! A wire between client and server that loses answers and breaks when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub struct Proxy {
    url: String,
    /// Connections made before this many cuts lose their answers.
    swallow: Arc<AtomicU64>,
    cuts: watch::Sender<u64>,
}

impl Proxy {
    /// Leads to `server`, an address as in `nats://host:port`.
    pub async fn to(server: &str) -> Self {
        let address = server.trim_start_matches("nats://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("nats://{}", listener.local_addr().expect("bound"));
        let swallow = Arc::new(AtomicU64::new(0));
        let (cuts, cut) = watch::channel(0);
        let lose = swallow.clone();
        tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else { return };
                let Ok(server) = TcpStream::connect(&address).await else { continue };
                let (client_reads, client_writes) = client.into_split();
                let (server_reads, server_writes) = server.into_split();
                let mut one = cut.clone();
                let made = *one.borrow_and_update();
                tokio::spawn(pump(client_reads, server_writes, || false, one.clone()));
                let lose = lose.clone();
                tokio::spawn(pump(server_reads, client_writes, move || made < lose.load(Ordering::SeqCst), one));
            }
        });
        Self { url, swallow, cuts }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on answers are lost; what is sent still arrives.
    pub fn swallow_answers(&self) {
        self.swallow.store(*self.cuts.borrow() + 1, Ordering::SeqCst);
    }

    /// Breaks all connections; new ones are whole.
    pub fn cut(&self) {
        self.cuts.send_modify(|count| *count += 1);
    }
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    is_lost: impl Fn() -> bool,
    mut cut: watch::Receiver<u64>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _cut = cut.changed() => return,
        };
        let Ok(count @ 1..) = read else { return };
        if !is_lost() && to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
