//! Accounts of a shared NATS server. Streams and subjects of one account are not
//! seen in another, so each test has streams of any name to itself.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::PathBuf;

use rustix::fs::{FlockOperation, flock};

use crate::error::{Attempt, Error};

/// A NATS server or cluster that several tests use.
#[derive(Debug, Clone)]
pub struct SharedNats {
    urls: Vec<String>,
    accounts: Accounts,
}

/// Which accounts there are to take.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    /// How many the server has.
    pub count: u32,
    /// Where those taken are counted; nowhere for a server that is not this run's.
    pub folder: PathBuf,
}

/// An account that no other test of the run is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its user, who may do everything in it.
    pub user: String,
    /// The user's password.
    pub password: String,
    /// One address per server, credentials included.
    pub urls: Vec<String>,
}

impl SharedNats {
    pub(super) fn new(urls: Vec<String>, accounts: Accounts) -> Self {
        Self { urls, accounts }
    }

    /// The first address, without credentials: an account that all tests share.
    #[must_use]
    pub fn url(&self) -> &str {
        self.urls.first().map_or("", String::as_str)
    }

    /// All addresses, without credentials.
    #[must_use]
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Takes an account that nobody else in this run has had.
    ///
    /// # Errors
    ///
    /// All are taken, or the server is one that an environment variable names, whose
    /// accounts are not known.
    pub fn account(&self) -> Result<Account, Error> {
        let refused = |action: String| Error::Io { action, source: std::io::ErrorKind::Unsupported.into() };
        let Accounts { count, folder } = &self.accounts;
        if *count == 0 {
            return Err(refused(format!("take an account of the foreign server `{}`", self.url())));
        }
        let number = take_number(&folder.join("accounts"))?;
        if number > *count {
            return Err(refused(format!("take an account: all {count} are taken")));
        }
        let (user, password) = (user(number), user(number));
        let with_credentials = |url: &String| url.replace("://", &format!("://{user}:{password}@"));
        let urls = self.urls.iter().map(with_credentials).collect();
        Ok(Account { user, password, urls })
    }
}

/// Configuration of so many accounts; clients without credentials get another one,
/// which is never given out.
pub(super) fn config(count: u32) -> String {
    let mut text = "accounts {\n".to_owned();
    for number in 0..=count {
        let user = user(number);
        text.push_str(&format!("{user} {{ jetstream: enabled, users: [{{ user: {user}, password: {user} }}] }}\n"));
    }
    text + "}\nno_auth_user: " + &user(0) + "\n"
}

fn user(number: u32) -> String {
    format!("test{number}")
}

/// Counts up in a file, under a lock.
fn take_number(path: &std::path::Path) -> Result<u32, Error> {
    let mut options = fs::OpenOptions::new();
    let mut file = options.create(true).truncate(false).read(true).write(true).open(path).attempt("open", path)?;
    flock(&file, FlockOperation::LockExclusive).attempt("lock", path)?;
    count_up(&mut file).attempt("count in", path)
}

fn count_up(file: &mut File) -> std::io::Result<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let number = text.parse().unwrap_or(0) + 1;
    file.rewind()?;
    write!(file, "{number}")?;
    Ok(number)
}
