//! Doubles of what the use cases ask of the world outside the log.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, ready};
use kindred_eventsourcing::Timestamp;
use kindred_ids::{DeliveryId, MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;

use crate::application::{Addresses, Blocks, DueDelivery, Ledger, LedgerError, Post, SendingLease};
use crate::domain::delivery::Failure;
use crate::mail::{Language, Mail, Recipient};

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who has blocked whom.
#[derive(Default)]
pub struct BlockSet(Mutex<HashSet<(MemberId, MemberId)>>);

impl BlockSet {
    pub fn block(&self, one: MemberId, other: MemberId) {
        lock(&self.0).insert((one, other));
    }
}

impl Blocks for BlockSet {
    fn either_blocked<'a>(
        &'a self,
        _tenant: &'a TenantSlug,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        let set = lock(&self.0);
        Box::pin(ready(Ok(set.contains(&(one, other)) || set.contains(&(other, one)))))
    }
}

/// Everybody can be written to, some aside; or nobody answers.
#[derive(Default)]
pub struct AddressBook {
    gone: Mutex<HashSet<MemberId>>,
    languages: Mutex<HashMap<MemberId, Language>>,
    away: Mutex<bool>,
}

impl AddressBook {
    pub fn without(self, member: MemberId) -> Self {
        lock(&self.gone).insert(member);
        self
    }

    pub fn away(self) -> Self {
        *lock(&self.away) = true;
        self
    }
}

impl Addresses for AddressBook {
    fn find<'a>(
        &'a self,
        _tenant: &'a TenantSlug,
        member: MemberId,
    ) -> BoxFuture<'a, Result<Option<Recipient>, ApiError>> {
        if *lock(&self.away) {
            return Box::pin(ready(Err(ApiError::unavailable("SERVICE_UNREACHABLE", "nobody answers"))));
        }
        let language = lock(&self.languages).get(&member).copied().unwrap_or_default();
        let recipient = Recipient::try_new(&format!("{member}@mail.example"), language, "Riverside".to_owned());
        let there = !lock(&self.gone).contains(&member);
        Box::pin(ready(Ok(there.then(|| recipient.expect("an address")))))
    }
}

/// Keeps what is sent; fails first as often and as it is told.
#[derive(Default)]
pub struct Letterbox {
    failures: Mutex<VecDeque<Failure>>,
    always: Mutex<Option<Failure>>,
    kept: Mutex<Vec<String>>,
    tried: Mutex<usize>,
}

impl Letterbox {
    pub fn failing(failures: impl IntoIterator<Item = Failure>) -> Self {
        Self { failures: Mutex::new(failures.into_iter().collect()), ..Self::default() }
    }

    pub fn closed(failure: Failure) -> Self {
        Self { always: Mutex::new(Some(failure)), ..Self::default() }
    }

    /// The Message-IDs of what was taken.
    pub fn ids(&self) -> Vec<String> {
        let id = |mail: &String| {
            mail.lines().find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned)).expect("an id")
        };
        lock(&self.kept).iter().map(id).collect()
    }

    /// What was taken, whole.
    pub fn mails(&self) -> Vec<String> {
        lock(&self.kept).clone()
    }

    /// How often something was handed over, taken or not.
    pub fn tried(&self) -> usize {
        *lock(&self.tried)
    }
}

impl Post for Letterbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Failure>> {
        *lock(&self.tried) += 1;
        let failure = lock(&self.always).clone().or_else(|| lock(&self.failures).pop_front());
        if failure.is_none() {
            lock(&self.kept).push(String::from_utf8(mail.formatted()).expect("text"));
        }
        Box::pin(ready(failure.map_or(Ok(()), Err)))
    }
}

/// A ledger that never hears what became of its deliveries: the slowest there can be. It
/// lists them all, again and again, a part at a time.
pub struct FixedLedger(Mutex<VecDeque<DueDelivery>>);

impl FixedLedger {
    pub fn new(due: impl IntoIterator<Item = DueDelivery>) -> Self {
        Self(Mutex::new(due.into_iter().collect()))
    }
}

impl Ledger for FixedLedger {
    fn due<'a>(
        &'a self,
        _now: Timestamp,
        except: &'a [DeliveryId],
        most: u32,
    ) -> BoxFuture<'a, Result<Vec<DueDelivery>, LedgerError>> {
        let mut all = lock(&self.0);
        let part = (most as usize).min(all.len());
        all.rotate_left(part);
        let due = all.iter().rev().take(part).filter(|due| !except.contains(&due.id)).cloned();
        Box::pin(ready(Ok(due.collect())))
    }
}

/// A lease that is this process's, or never.
pub struct OpenLease(pub bool);

impl SendingLease for OpenLease {
    fn hold(&self) -> BoxFuture<'_, Result<Option<Instant>, LedgerError>> {
        let until = Instant::now() + Duration::from_secs(60);
        Box::pin(ready(Ok(self.0.then_some(until))))
    }

    fn release(&self) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(ready(Ok(())))
    }
}
