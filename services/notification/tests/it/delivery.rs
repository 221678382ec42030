//! Mails that really leave: put off, refused, repeated, handed over between processes.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_embedded::Mail as Received;
use kindred_notification::application::Post;
use kindred_notification::domain::delivery::Failure;
use kindred_notification::mail::{Mail, SmtpPost, SmtpTls};
use kindred_testkit::eventually;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::{PATIENCE, Town, address, member, smtp, smtp_settings};

struct Running(CancellationToken, JoinHandle<()>);

fn run(worker: kindred_notification::application::Worker<kindred_eventsourcing::MemoryStore>) -> Running {
    let stop = CancellationToken::new();
    let token = stop.clone();
    Running(stop, tokio::spawn(async move { worker.run(token).await }))
}

impl Running {
    async fn stop(self) {
        self.0.cancel();
        self.1.await.unwrap();
    }

    async fn kill(self) {
        self.1.abort();
        assert!(self.1.await.expect_err("killed").is_cancelled());
    }
}

fn message_id(mail: &Received) -> String {
    let text = String::from_utf8_lossy(&mail.raw);
    text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("an id").to_owned()
}

async fn replies(town: &Town, count: u32) {
    for number in 0..count {
        town.reply(number, member(number + 10), member(1), &[]).await;
    }
    town.settled().await;
}

async fn all_in(town: &Town, state: &str, count: u32) {
    eventually(state, PATIENCE, async || {
        let there = town.count(&format!("deliveries_v1 WHERE state = '{state}'")).await;
        (there == i64::from(count)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_put_off_goes_out_later_and_once() {
    let town = Town::open().await;
    town.sink.refuse_next(2);
    replies(&town, 3).await;
    let worker = run(town.worker(1));
    all_in(&town, "sent", 3).await;
    worker.stop().await;
    let mails = town.sink.mails();
    assert_eq!(mails.len(), 3);
    assert_eq!(town.count("deliveries_v1 WHERE attempts = 2 AND last_code = 'smtp_451'").await, 2);
    assert!(mails.iter().all(|mail| mail.from == "no-reply@kindred.example" && mail.to.len() == 1));
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_given_up_at_once() {
    let town = Town::open().await;
    town.sink.refuse_recipient(address(member(10)));
    replies(&town, 1).await;
    let worker = run(town.worker(1));
    all_in(&town, "dead", 1).await;
    worker.stop().await;
    assert_eq!(town.count("deliveries_v1 WHERE attempts = 1 AND last_code = 'smtp_550' AND due_at IS NULL").await, 1);
    assert_eq!(town.sink.mails().len(), 0);
}

#[tokio::test]
async fn a_suspended_member_gets_no_mail() {
    let town = Town::open().await;
    town.addresses.suspend(member(10));
    replies(&town, 1).await;
    let worker = run(town.worker(1));
    all_in(&town, "cancelled", 1).await;
    worker.stop().await;
    assert_eq!(town.sink.mails().len(), 0);
}

/// Lets mails through one by one, and knows how many are under way.
struct Gate {
    post: SmtpPost,
    open: Arc<Semaphore>,
}

impl Post for Gate {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            self.open.acquire().await.unwrap().forget();
            let sent = self.post.send(mail).await;
            // Dies here, if it is killed now: after the server has it, before the log does.
            tokio::task::yield_now().await;
            sent
        })
    }
}

#[tokio::test]
async fn a_worker_killed_again_and_again_loses_nothing_and_repeats_at_most_what_was_in_flight() {
    let town = Town::open().await;
    replies(&town, 60).await;
    let kills = 6;
    for _ in 0..kills {
        let (open, before) = (Arc::new(Semaphore::new(0)), town.sink.mails().len());
        let gate = Gate { post: smtp(&town.sink), open: open.clone() };
        let worker = run(town.worker_over(town.store.clone(), Arc::new(gate), 1));
        open.add_permits(5);
        // The lease of the worker that was killed has to run out first.
        eventually("mails", PATIENCE, async || (town.sink.mails().len() >= before + 4).then_some(())).await;
        worker.kill().await;
    }
    let worker = run(town.worker(1));
    all_in(&town, "sent", 60).await;
    worker.stop().await;
    let mut times: HashMap<String, usize> = HashMap::new();
    for mail in town.sink.mails() {
        *times.entry(message_id(&mail)).or_default() += 1;
    }
    assert_eq!(times.len(), 60, "every mail has arrived under its one id");
    let repeats: usize = times.values().map(|times| times - 1).sum();
    assert!(repeats <= kills * 4, "{repeats} repeats of {kills} kills with four in flight");
}

#[tokio::test]
async fn of_two_processes_one_sends_and_the_other_takes_over() {
    let town = Town::open().await;
    let (first, second) = (run(town.worker(1)), run(town.worker(1)));
    replies(&town, 40).await;
    all_in(&town, "sent", 40).await;
    first.stop().await;
    for number in 40..60 {
        town.reply(number, member(number + 10), member(1), &[]).await;
    }
    all_in(&town, "sent", 60).await;
    second.stop().await;
    assert_eq!(town.sink.mails().len(), 60);
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing_where_it_is_required() {
    let town = Town::open().await;
    replies(&town, 1).await;
    let post = SmtpPost::try_new(smtp_settings(&town.sink, SmtpTls::Starttls)).unwrap();
    let worker = run(town.worker_over(town.store.clone(), Arc::new(post), 1));
    all_in(&town, "dead", 1).await;
    worker.stop().await;
    assert_eq!(town.count("deliveries_v1 WHERE attempts = 4").await, 1);
    assert_eq!(town.sink.mails().len(), 0);
}

#[tokio::test]
async fn a_tenant_with_many_mails_does_not_keep_another_waiting() {
    use kindred_notification::application::Ledger as _;
    use kindred_notification::read_model::DeliveryLedger;
    use kindred_service_kit::clock::{Clock as _, SystemClock};

    let town = Town::open().await;
    replies(&town, 50).await;
    let mut connection = town.database.superuser().await.unwrap();
    let copy = "INSERT INTO views.deliveries_v1 SELECT 'lakeside', delivery_id, member_id, kind, state, attempts, \
                last_code, queued_at, due_at + 1000 FROM views.deliveries_v1 ORDER BY due_at LIMIT 2";
    sqlx::raw_sql(sqlx::AssertSqlSafe(copy)).execute(&mut connection).await.unwrap();
    let ledger = DeliveryLedger::new(town.pools.clone());
    let soon = SystemClock.now().plus_seconds(60);
    let due = ledger.due(soon, &[], 10).await.unwrap();
    let lakeside = due.iter().filter(|due| due.tenant.as_str() == "lakeside").count();
    assert_eq!((due.len(), lakeside), (10, 2));
    let busy: Vec<_> = due.iter().map(|due| due.id).collect();
    let rest = ledger.due(soon, &busy, 1_000).await.unwrap();
    assert!(!rest.is_empty() && rest.iter().all(|one| !busy.contains(&one.id)));
    let long_ago = kindred_eventsourcing::Timestamp::from_millis(0);
    assert_eq!(ledger.due(long_ago, &[], 10).await.unwrap(), []);
}
