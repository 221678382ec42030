//! A mail server that keeps what it gets: each mail a file, and all of them listed.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::error::{Attempt, Error};

mod command;
mod data;
mod session;
mod store;

/// A mail as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender; empty for a bounce.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub raw: Vec<u8>,
    /// The file that holds `raw`.
    pub path: PathBuf,
}

/// A mail server on loopback, as far as RFC 5321 asks of a receiver without relaying;
/// dropping it closes its connections. What it took stays in its folder.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    sink: Arc<Sink>,
    accepting: JoinHandle<()>,
}

/// What sessions share.
#[derive(Debug)]
struct Sink {
    folder: PathBuf,
    mails: watch::Sender<Vec<Mail>>,
    faults: Mutex<Faults>,
}

/// What is refused on purpose.
#[derive(Debug, Default)]
struct Faults {
    refusals: u32,
    unknown: HashSet<String>,
}

impl SmtpSink {
    /// Starts on a free port and keeps mails in `folder`, which is made if missing.
    ///
    /// # Errors
    ///
    /// The folder cannot be made, or no port is to be had.
    pub async fn start(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::start_at(folder, (Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Starts on a given address, as after an outage.
    ///
    /// # Errors
    ///
    /// The folder cannot be made, or the address is taken.
    pub async fn start_at(folder: impl AsRef<Path>, address: SocketAddr) -> Result<Self, Error> {
        let folder = folder.as_ref().to_owned();
        std::fs::create_dir_all(&folder).attempt("create", &folder)?;
        let listener = TcpListener::bind(address).await.attempt("listen for mail to keep in", &folder)?;
        let address = listener.local_addr().attempt("listen for mail to keep in", &folder)?;
        let sink = Arc::new(Sink { folder, mails: watch::Sender::default(), faults: Mutex::default() });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&sink)));
        Ok(Self { address, sink, accepting })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The mails taken so far, in the order in which they were acknowledged.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.sink.mails.borrow().clone()
    }

    /// Waits until so many mails fulfil a condition and returns those; what there is
    /// by then if `patience` runs out first.
    pub async fn wait_for(&self, count: usize, patience: Duration, wanted: impl Fn(&Mail) -> bool) -> Vec<Mail> {
        let choose = |mails: &[Mail]| mails.iter().filter(|mail| wanted(mail)).cloned().collect::<Vec<_>>();
        let mut mails = self.sink.mails.subscribe();
        let enough = mails.wait_for(|mails| mails.iter().filter(|mail| wanted(mail)).count() >= count);
        drop(timeout(patience, enough).await);
        choose(&self.sink.mails.borrow())
    }

    /// Refuses the next mails with 451, which asks the sender to try again.
    pub fn refuse_next(&self, mails: u32) {
        self.sink.faults().refusals = mails;
    }

    /// Refuses a recipient with 550 from now on, which asks the sender to give up.
    pub fn refuse_recipient(&self, address: impl Into<String>) {
        self.sink.faults().unknown.insert(address.into());
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Sink {
    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this mail is one to refuse; counts it.
    fn refuses(&self) -> bool {
        let mut faults = self.faults();
        let refused = faults.refusals > 0;
        faults.refusals = faults.refusals.saturating_sub(1);
        refused
    }

    fn knows(&self, recipient: &str) -> bool {
        !self.faults().unknown.contains(recipient)
    }

    /// Keeps a mail, in a file first.
    fn keep(&self, from: String, to: Vec<String>, raw: Vec<u8>) -> std::io::Result<()> {
        let path = store::write(&self.folder, &raw)?;
        self.mails.send_modify(|mails| mails.push(Mail { from, to, raw, path }));
        Ok(())
    }
}

/// Sessions end with this task.
async fn accept(listener: TcpListener, sink: Arc<Sink>) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((connection, _)) => drop(sessions.spawn(session::serve(connection, Arc::clone(&sink)))),
                Err(error) => tracing::warn!("accept a mail connection: {error}"),
            },
            Some(_) = sessions.join_next() => {}
        }
    }
}
