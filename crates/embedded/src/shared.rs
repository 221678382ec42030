//! Servers that all tests of one run share.
//!
//! Under nextest every test is a process of its own. The first one that asks starts
//! the server, the others wait for it and connect to the same; it ends with the run,
//! that is with nextest's process. Under `cargo test`, or in any other program, a run
//! is the process that asks. Nothing is started that nobody asks for.
//!
//! Tests keep out of each other's way by [`SharedNats::account`] and by databases of
//! their own.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::error::{Attempt, Error};
use crate::nats::Nats;
use crate::postgres::{Durability, Postgres};

mod accounts;
mod run;

pub use accounts::{Account, SharedNats};

use accounts::Accounts;
use run::Run;

/// Environment variable that names a NATS server to use instead.
const NATS: &str = "KINDRED_TEST_NATS";
/// Environment variable that names the servers of a cluster to use instead.
const NATS_CLUSTER: &str = "KINDRED_TEST_NATS_CLUSTER";
/// Environment variable that names a Postgres superuser's address to use instead.
const POSTGRES: &str = "KINDRED_TEST_POSTGRES";
/// How many tests of one run can have an account of their own. They cost the server
/// memory and time to start: 0.3 s for this many, ten times that for twice as many.
const ACCOUNTS: u32 = 1_000;
/// The same of the cluster, which fewer tests use.
const CLUSTER_ACCOUNTS: u32 = 300;
/// How many servers the shared cluster has.
const CLUSTER_NODES: usize = 3;
/// Enough for as many tests as there are cores to run them.
const MAX_CONNECTIONS: u16 = 500;

/// The shared NATS server: one node, streams in its own folder.
///
/// # Errors
///
/// It cannot be started.
pub async fn nats() -> Result<SharedNats, Error> {
    let start = async |folder: &Path, leader: i32| {
        let nats = Nats::builder().parent(folder).config(accounts::config(ACCOUNTS)).start().await?;
        let urls = vec![nats.url()];
        nats.follow(leader);
        Ok(urls)
    };
    let shared = shared("nats", NATS, start).await?;
    Ok(shared.with_accounts(ACCOUNTS))
}

/// The shared NATS cluster of three.
///
/// # Errors
///
/// It cannot be started.
pub async fn nats_cluster() -> Result<SharedNats, Error> {
    let start = async |folder: &Path, leader: i32| {
        let builder = Nats::builder().parent(folder).config(accounts::config(CLUSTER_ACCOUNTS));
        let cluster = builder.start_cluster(CLUSTER_NODES).await?;
        let urls = cluster.urls();
        cluster.follow(leader);
        Ok(urls)
    };
    let shared = shared("cluster", NATS_CLUSTER, start).await?;
    Ok(shared.with_accounts(CLUSTER_ACCOUNTS))
}

/// The superuser's address of the shared Postgres, which is not crash-safe.
///
/// # Errors
///
/// It cannot be started.
pub async fn postgres() -> Result<String, Error> {
    let start = async |folder: &Path, leader: i32| {
        let builder = Postgres::builder().parent(folder).max_connections(MAX_CONNECTIONS);
        let postgres = builder.durability(Durability::ProcessCrash).start().await?;
        let urls = vec![postgres.url()];
        postgres.follow(leader);
        Ok(urls)
    };
    let shared = shared("postgres", POSTGRES, start).await?;
    Ok(shared.urls.concat())
}

/// Where a shared server is.
struct Shared {
    urls: Vec<String>,
    /// Its folder, if this run started it.
    folder: Option<PathBuf>,
}

impl Shared {
    fn with_accounts(self, count: u32) -> SharedNats {
        let accounts = self.folder.map(|folder| Accounts { count, folder });
        SharedNats::new(self.urls, accounts.unwrap_or_default())
    }
}

/// Returns what `variable` names or this run has; starts it if it has none yet.
async fn shared<S>(name: &str, variable: &str, start: S) -> Result<Shared, Error>
where
    S: AsyncFnOnce(&Path, i32) -> Result<Vec<String>, Error>,
{
    if let Some(urls) = std::env::var(variable).ok().filter(|urls| !urls.is_empty()) {
        return Ok(Shared { urls: urls.split(',').map(str::to_owned).collect(), folder: None });
    }
    let run = Run::of_this_process()?;
    let folder = run.folder(name)?;
    let addresses = folder.join("addresses");
    // Held while starting, so that one process starts and the others wait.
    let _lock = lock(folder.join("lock")).await?;
    let urls = match fs::read_to_string(&addresses) {
        Ok(kept) => kept.lines().map(str::to_owned).collect(),
        Err(_) => {
            let urls = start(&folder, run.leader).await?;
            fs::write(&addresses, urls.join("\n")).attempt("write", &addresses)?;
            urls
        }
    };
    Ok(Shared { urls, folder: Some(folder) })
}

/// Locks a file, on a thread where it may block.
async fn lock(path: PathBuf) -> Result<fs::File, Error> {
    let locked = tokio::task::spawn_blocking(move || {
        let file = fs::File::create(&path).attempt("create", &path)?;
        flock(&file, FlockOperation::LockExclusive).attempt("lock", &path)?;
        Ok(file)
    });
    locked.await.map_err(|error| Error::Io { action: "wait for a lock".to_owned(), source: error.into() })?
}
