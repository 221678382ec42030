//! Sending: once, again on failure, never without the lease, and repeats that can be told.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{Actor, CommandContext, EventStore, Executor, MemoryStore};
use kindred_ids::CommandId;
use kindred_service_kit::clock::FixedClock;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::domain::delivery::{Cancellation, Command, Delivery, Failure, FailureCode, QueueDelivery, RetrySchedule};
use crate::domain::identity::{delivery_id, delivery_key, inbox_item_id, preference_key};
use crate::domain::notice::{Channel, Kind};
use crate::domain::preference::{Preference, SetPreference};
use crate::testing::{AddressBook, BlockSet, BrokenStore, Fault, FixedLedger, Letterbox, OpenLease, TENANT, Told};
use crate::testing::{at, composer, event, member, tenant, told};

const START: i64 = 1_000;

struct World {
    log: MemoryStore,
    clock: Arc<FixedClock>,
    letterbox: Arc<Letterbox>,
    addresses: Arc<AddressBook>,
}

impl World {
    fn new(letterbox: Letterbox, addresses: AddressBook) -> Self {
        Self {
            log: MemoryStore::new("notification"),
            clock: Arc::new(FixedClock::new(at(START))),
            letterbox: Arc::new(letterbox),
            addresses: Arc::new(addresses),
        }
    }

    /// As a process that has just started.
    fn courier(&self) -> Courier<MemoryStore> {
        self.over(self.log.clone())
    }

    fn over<S: EventStore>(&self, store: S) -> Courier<S> {
        let policy = SendPolicy {
            schedule: RetrySchedule { attempts: 3, first_seconds: 60, longest_seconds: 600 },
            expire_after: Duration::from_secs(3_600),
        };
        let application = Application::new(
            Executor::new(store, 100),
            self.clock.clone(),
            Arc::new(BlockSet::default()),
            composer().keys().clone(),
        );
        Courier::new(application, self.addresses.clone(), self.letterbox.clone(), composer(), policy)
    }

    /// A reply of which the member with this number is to be told.
    async fn queue(&self, number: u8) -> DueDelivery {
        let (tenant, member) = (tenant(TENANT), member(number));
        let id = delivery_id(&tenant, event(1), member, Channel::Email);
        let command = QueueDelivery {
            member,
            kind: Kind::Reply,
            channel: Channel::Email,
            item: inbox_item_id(&tenant, event(1), member),
            source: event(1),
            suppression: None,
            at: at(START),
        };
        let context = CommandContext::new(CommandId::derived(&[&[number]]), Actor("test".to_owned()), at(START));
        let executor = Executor::new(self.log.clone(), 1);
        executor.run::<Delivery>(&delivery_key(&tenant, id), &Command::Queue(command), &context).await.expect("queued");
        DueDelivery { tenant, id }
    }

    async fn turn_off(&self, number: u8) {
        let (tenant, member, kind, channel) = (tenant(TENANT), member(number), Kind::Reply, Channel::Email);
        let command = SetPreference { member, kind, channel, on: false, at: at(START) };
        let context = CommandContext::new(CommandId::derived(&[b"off"]), Actor("test".to_owned()), at(START));
        let executor = Executor::new(self.log.clone(), 1);
        let key = preference_key(&tenant, member, kind, channel);
        executor.run::<Preference>(&key, &command, &context).await.expect("set");
    }

    /// What became of deliveries after they were queued.
    async fn outcomes(&self) -> Vec<Told> {
        told(&self.log).await.into_iter().filter(|told| !matches!(told, Told::Mail(..))).collect()
    }
}

fn smtp(code: u16) -> Failure {
    Failure { code: FailureCode::smtp(code), permanent: code == 550 }
}

fn unreachable() -> Failure {
    Failure { code: FailureCode::word("connection"), permanent: false }
}

#[tokio::test]
async fn a_due_mail_is_sent_once() {
    let world = World::new(Letterbox::default(), AddressBook::default());
    let due = world.queue(1).await;
    assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Sent));
    for _ in 0..3 {
        assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Over));
    }
    assert_eq!(world.letterbox.tried(), 1);
    assert_eq!(world.outcomes().await, [Told::Sent(member(1), 1)]);
}

#[tokio::test]
async fn a_mail_that_is_put_off_is_tried_again_when_its_time_has_come() {
    let world = World::new(Letterbox::failing([smtp(451)]), AddressBook::default());
    let due = world.queue(1).await;
    let courier = world.courier();
    assert_eq!(courier.attempt(&due, || true).await, Ok(Outcome::Failed { server: false }));
    assert_eq!(courier.attempt(&due, || true).await, Ok(Outcome::NotNow));
    world.clock.advance_millis(80_000);
    assert_eq!(courier.attempt(&due, || true).await, Ok(Outcome::Sent));
    assert_eq!(world.outcomes().await, [Told::Failed(member(1), 1, "smtp_451".to_owned()), Told::Sent(member(1), 2)]);
}

#[tokio::test]
async fn a_mail_is_given_up_after_the_last_attempt_or_where_none_can_help() {
    let world = World::new(Letterbox::closed(smtp(451)), AddressBook::default());
    let due = world.queue(1).await;
    for _ in 0..3 {
        let outcome = world.courier().attempt(&due, || true).await;
        assert_eq!(outcome, Ok(Outcome::Failed { server: false }));
        world.clock.advance_millis(700_000);
    }
    assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Over));
    assert_eq!(world.outcomes().await.last(), Some(&Told::Dead(member(1))));

    let world = World::new(Letterbox::closed(smtp(550)), AddressBook::default());
    let due = world.queue(1).await;
    assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Failed { server: false }));
    assert_eq!(world.outcomes().await, [Told::Dead(member(1))]);
}

#[tokio::test]
async fn what_is_no_longer_wanted_possible_or_fresh_is_cancelled() {
    let off = World::new(Letterbox::default(), AddressBook::default());
    let gone = World::new(Letterbox::default(), AddressBook::default().without(member(1)));
    let old = World::new(Letterbox::default(), AddressBook::default());
    let (off_due, gone_due, old_due) = (off.queue(1).await, gone.queue(1).await, old.queue(1).await);
    off.turn_off(1).await;
    old.clock.advance_millis(3_600_000);
    for (world, due, reason) in [
        (&off, off_due, Cancellation::TurnedOff),
        (&gone, gone_due, Cancellation::NoAddress),
        (&old, old_due, Cancellation::Expired),
    ] {
        assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Cancelled(reason)));
        assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Over));
        assert_eq!(world.outcomes().await, [Told::MailNot(member(1), reason.as_str())]);
        assert_eq!(world.letterbox.tried(), 0);
    }
}

#[tokio::test]
async fn without_an_answer_about_the_address_no_attempt_counts() {
    let world = World::new(Letterbox::default(), AddressBook::default().away());
    let due = world.queue(1).await;
    let error = world.courier().attempt(&due, || true).await.expect_err("nobody answers");
    assert_eq!(error.reason(), "SERVICE_UNREACHABLE");
    assert_eq!((world.outcomes().await, world.letterbox.tried()), (vec![], 0));
}

#[tokio::test]
async fn a_process_that_lost_the_lease_sends_nothing() {
    let world = World::new(Letterbox::default(), AddressBook::default());
    let due = world.queue(1).await;
    assert_eq!(world.courier().attempt(&due, || false).await, Ok(Outcome::NotNow));
    assert_eq!((world.outcomes().await, world.letterbox.tried()), (vec![], 0));
}

#[tokio::test]
async fn a_log_that_is_away_after_sending_does_not_lead_to_a_second_mail() {
    let world = World::new(Letterbox::default(), AddressBook::default());
    let due = world.queue(1).await;
    let courier = world.over(BrokenStore::new(world.log.clone(), [Fault::Away, Fault::Away]));
    assert_eq!(courier.attempt(&due, || true).await, Ok(Outcome::Sent));
    assert_eq!(world.letterbox.tried(), 1);
    assert_eq!(world.outcomes().await, [Told::Sent(member(1), 1)]);
}

#[tokio::test]
async fn a_worker_killed_between_sending_and_recording_repeats_that_mail_once_under_the_same_id() {
    let world = World::new(Letterbox::default(), AddressBook::default());
    let due = world.queue(1).await;
    let killed = world.over(BrokenStore::new(world.log.clone(), [Fault::Hangs]));
    let attempt = tokio::spawn({
        let due = due.clone();
        async move { killed.attempt(&due, || true).await.map(drop) }
    });
    while world.letterbox.tried() == 0 {
        tokio::task::yield_now().await;
    }
    attempt.abort();
    assert!(attempt.await.expect_err("killed").is_cancelled());
    assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Sent));
    assert_eq!(world.courier().attempt(&due, || true).await, Ok(Outcome::Over));
    let ids = world.letterbox.ids();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert_eq!(world.outcomes().await, [Told::Sent(member(1), 1)]);
}

fn settings(concurrency: usize) -> WorkerSettings {
    let millis = Duration::from_millis;
    WorkerSettings { concurrency, poll: millis(1), settle: millis(3), again: millis(3), pause: Duration::from_secs(60) }
}

fn worker(world: &World, due: Vec<DueDelivery>, lease: bool, settings: WorkerSettings) -> Worker<MemoryStore> {
    Worker::new(Arc::new(world.courier()), Arc::new(FixedLedger::new(due)), Arc::new(OpenLease(lease)), settings)
}

async fn queue_many(world: &World, count: u8) -> Vec<DueDelivery> {
    let mut due = Vec::new();
    for number in 0..count {
        due.push(world.queue(number).await);
    }
    due
}

#[tokio::test]
async fn a_worker_sends_everything_once_also_when_the_ledger_never_hears_of_it() {
    let world = World::new(Letterbox::default(), AddressBook::default());
    let due = queue_many(&world, 60).await;
    let (worker, stop) = (worker(&world, due, true, settings(4)), CancellationToken::new());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(stop).await }
    });
    while world.outcomes().await.len() < 60 {
        tokio::task::yield_now().await;
    }
    // Long enough for the ledger to be asked again, many times over.
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.cancel();
    running.await.expect("ends");
    assert_eq!((world.letterbox.tried(), world.outcomes().await.len()), (60, 60));
}

#[tokio::test]
async fn a_worker_without_the_lease_sends_nothing() {
    let world = World::new(Letterbox::default(), AddressBook::default());
    let due = queue_many(&world, 3).await;
    let (worker, stop) = (worker(&world, due, false, settings(4)), CancellationToken::new());
    let _still_running = tokio::time::timeout(Duration::from_millis(50), worker.run(stop)).await.expect_err("runs on");
    assert_eq!(world.letterbox.tried(), 0);
}

#[tokio::test]
async fn a_mail_server_that_is_away_costs_few_mails_an_attempt() {
    let world = World::new(Letterbox::closed(unreachable()), AddressBook::default());
    let due = queue_many(&world, 60).await;
    let (worker, stop) = (worker(&world, due, true, settings(4)), CancellationToken::new());
    let _still_running = tokio::time::timeout(Duration::from_millis(100), worker.run(stop)).await.expect_err("runs on");
    assert!((1..=8).contains(&world.letterbox.tried()), "{} were tried", world.letterbox.tried());
}

fn link(token: &str) -> SignInLink {
    SignInLink {
        command_id: CommandId::derived(&[b"link"]),
        tenant: tenant(TENANT),
        member: member(1),
        token: token.to_owned(),
        expires_at: at(START + 900_000),
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(2)
}

#[tokio::test]
async fn a_sign_in_link_is_mailed_at_once_and_again_if_need_be_and_never_logged() {
    let world = World::new(Letterbox::failing([smtp(451), unreachable()]), AddressBook::default());
    world.courier().send_sign_in_link(&link("riverside.abc.secret"), soon()).await.expect("sent");
    assert_eq!(world.letterbox.tried(), 3);
    assert!(world.letterbox.mails()[0].contains("/sign-in?token=riverside.abc.secret"));
    assert_eq!(world.log.head().await.expect("head"), 0);
}

#[tokio::test]
async fn a_sign_in_link_that_cannot_be_mailed_says_why() {
    let refusal = |world: World, link: SignInLink| async move {
        let deadline = Instant::now() + Duration::from_millis(150);
        let error = world.courier().send_sign_in_link(&link, deadline).await.expect_err("not sent");
        error.reason().to_owned()
    };
    let open = || World::new(Letterbox::default(), AddressBook::default());
    let closed = World::new(Letterbox::closed(unreachable()), AddressBook::default());
    assert_eq!(refusal(closed, link("a.b")).await, "MAIL_UNAVAILABLE");
    let refused = World::new(Letterbox::closed(smtp(550)), AddressBook::default());
    assert_eq!(refusal(refused, link("a.b")).await, "MAIL_REFUSED");
    let unknown = World::new(Letterbox::default(), AddressBook::default().without(member(1)));
    assert_eq!(refusal(unknown, link("a.b")).await, "NO_ADDRESS");
    assert_eq!(refusal(open(), SignInLink { expires_at: at(START), ..link("a.b") }).await, "LINK_EXPIRED");
    for bad in ["", "a b", "a\r\nBcc: eve@evil.example", "a/../b", &"a".repeat(513)] {
        assert_eq!(refusal(open(), link(bad)).await, "TOKEN_MALFORMED", "{bad:?}");
    }
}

#[tokio::test]
async fn unsubscribing_turns_off_this_kind_of_this_member_each_time_it_is_asked() {
    let world = World::new(Letterbox::default(), AddressBook::default());
    let courier = world.courier();
    let application = &courier.application;
    let (tenant, ann) = (tenant(TENANT), member(1));
    let subscription = crate::mail::Subscription { tenant: tenant.clone(), member: ann, kind: Kind::Reply };
    let token = composer().keys().sign(&subscription);
    let wants = |member, kind| application.wants(&tenant, member, kind, Channel::Email);
    for round in 0..2_u8 {
        assert_eq!(wants(ann, Kind::Reply).await, Ok(true));
        for _ in 0..3 {
            assert_eq!(application.unsubscribe(&token).await, Ok(Kind::Reply));
        }
        assert_eq!(wants(ann, Kind::Reply).await, Ok(false));
        assert_eq!(wants(ann, Kind::Mention).await, Ok(true));
        assert_eq!(wants(member(2), Kind::Reply).await, Ok(true));
        let command = SetPreference { member: ann, kind: Kind::Reply, channel: Channel::Email, on: true, at: at(1) };
        let id = CommandId::derived(&[b"on again", &[round]]);
        let context = CommandContext::new(id, Actor(ann.to_string()), at(1));
        let key = preference_key(&tenant, ann, Kind::Reply, Channel::Email);
        application.executor.run::<Preference>(&key, &command, &context).await.expect("on again");
    }
    assert_eq!(world.log.head().await.expect("head"), 4);
    let forged = application.unsubscribe(&token.replace("reply", "mention")).await.expect_err("forged");
    assert_eq!((forged.reason(), forged.field()), ("TOKEN_BAD_SIGNATURE", Some("token")));
    let cut = application.unsubscribe(&token[..40]).await.expect_err("cut");
    assert_eq!(cut.reason(), "TOKEN_MALFORMED");
}
