//! People who use the platform all the time, whatever happens to it.

mod choice;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use kindred_testkit::Seed;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::action::Action;
use super::ledger::{Entry, Ledger};
use super::platform::Platform;
use super::report::Counts;
use super::sender::{Answer, DEADLINE, Sender, Way};
use super::world::{CONTEXTS, Introduction, Person, Post, Tenant, World};
use crate::client::fresh_id;
use choice::{Chosen, choose};

/// How many people do something at once.
const WORKERS: u32 = 10;
/// What they think about between two commands.
const THINKING: Duration = Duration::from_millis(60);
/// How often a command in doubt is sent in all.
const TRIES: u32 = 4;

/// The people at work.
pub struct Load {
    shared: Arc<Shared>,
    workers: JoinSet<()>,
    resting: Mutex<Option<OwnedSemaphorePermit>>,
}

/// What all of them have in common.
struct Shared {
    world: Arc<World>,
    sender: Sender,
    ledger: Ledger,
    turns: Arc<Semaphore>,
    stopping: AtomicBool,
    failed: Mutex<Option<anyhow::Error>>,
}

impl Load {
    /// Starts them.
    pub fn start(platform: &Platform, world: Arc<World>, seed: u64, folder: &Path) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared {
            world,
            sender: Sender::new(platform)?,
            ledger: Ledger::new(folder)?,
            turns: Arc::new(Semaphore::new(WORKERS as usize)),
            stopping: AtomicBool::new(false),
            failed: Mutex::new(None),
        });
        let mut workers = JoinSet::new();
        for number in 0..WORKERS {
            let (shared, seed) = (shared.clone(), Seed::new(seed ^ ((u64::from(number) + 1) << 32)));
            workers.spawn(async move { shared.work(number, seed).await });
        }
        Ok(Self { shared, workers, resting: Mutex::new(None) })
    }

    /// What was done and how it ended.
    pub fn ledger(&self) -> &Ledger {
        &self.shared.ledger
    }

    /// How commands ended so far.
    pub fn counts(&self) -> Counts {
        self.shared.ledger.counts()
    }

    /// Waits until a command given after `moment` is answered for sure by every service,
    /// through the gateway.
    ///
    /// # Errors
    ///
    /// If one stays silent, or a call hangs.
    pub async fn until_answered(&self, moment: Instant, longest: Duration) -> anyhow::Result<()> {
        let probing = futures::future::try_join_all(CONTEXTS.map(|context| self.shared.probe(context, moment)));
        let outcome = tokio::time::timeout(longest, probing).await;
        self.fine()?;
        let silent =
            || format!("{:?} did not answer within {} s", self.shared.ledger.silent_since(moment), longest.as_secs());
        outcome.with_context(silent)?.map(drop)
    }

    /// Lets everybody end what they do, and do nothing until [`Self::resume`].
    ///
    /// # Errors
    ///
    /// If a call hangs.
    pub async fn rest(&self) -> anyhow::Result<()> {
        let all = self.shared.turns.clone().acquire_many_owned(WORKERS);
        // As long as the longest command: all its tries, each to its deadline.
        let turns = tokio::time::timeout(DEADLINE * (TRIES + 2), all).await;
        self.fine()?;
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = Some(turns.context("a command hangs")??);
        Ok(())
    }

    /// Lets them go on.
    pub fn resume(&self) {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Ends it all.
    ///
    /// # Errors
    ///
    /// If a call hung.
    pub async fn stop(mut self) -> anyhow::Result<Counts> {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.resume();
        while let Some(ended) = self.workers.join_next().await {
            ended.context("somebody panicked")?;
        }
        self.fine()?;
        Ok(self.counts())
    }

    fn fine(&self) -> anyhow::Result<()> {
        match self.shared.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Shared {
    async fn work(&self, number: u32, mut seed: Seed) {
        let tenant = &self.world.tenants[number as usize % self.world.tenants.len()];
        while !self.stopping.load(Ordering::SeqCst) {
            let Ok(turn) = self.turns.acquire().await else { return };
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            if let Err(error) = self.turn(tenant, &mut seed).await {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                return;
            }
            drop(turn);
            tokio::time::sleep(THINKING).await;
        }
    }

    async fn turn(&self, tenant: &Tenant, seed: &mut Seed) -> anyhow::Result<()> {
        let Some(Chosen { person, way, action }) = choose(tenant, seed, &self.sender).await else { return Ok(()) };
        self.perform(tenant, &person, way, action, seed).await.map(drop)
    }

    /// Gives a command; in doubt, mostly gives it again.
    async fn perform(
        &self,
        tenant: &Tenant,
        person: &Arc<Person>,
        way: Way,
        action: Action,
        seed: &mut Seed,
    ) -> anyhow::Result<Answer> {
        let (id, mut doubted) = (seed.command_id(), false);
        for tries_left in (0..TRIES).rev() {
            let begun = Instant::now();
            let answer = self.sender.send(person, way, id, &action).await?;
            let again = matches!(answer, Answer::Doubt(_)) && tries_left > 0 && seed.below(4) > 0;
            if !again {
                remember(tenant, person, &action, &answer);
                let entry = Entry { id, person: person.clone(), way, action, answer: answer.clone(), doubted };
                self.ledger.add(entry, begun)?;
                return Ok(answer);
            }
            doubted = true;
            tokio::time::sleep(Duration::from_millis(50 + seed.below(200))).await;
        }
        bail!("the last try ends the command")
    }

    /// Asks one service something harmless until it answers for sure.
    async fn probe(&self, context: &'static str, moment: Instant) -> anyhow::Result<()> {
        let tenant = &self.world.tenants[0];
        let person = tenant.people.all().swap_remove(0);
        // No command of another probe may come again.
        let mut seed = Seed::new(uuid::Uuid::parse_str(&fresh_id()?)?.as_u128() as u64);
        while self.ledger.silent_since(moment).contains(&context) {
            let action = match context {
                "membership" => Action::SetProfile { interest: format!("walk {}", seed.below(1_000)) },
                "posting" => match tenant.threads.pick(&mut seed, |_| true) {
                    Some(thread) => Action::React { post: thread.id, reaction: Some("helpful") },
                    None => Action::StartThread {
                        community: tenant.talk.clone(),
                        title: "The first".to_owned(),
                        text: "Somebody has to begin.".to_owned(),
                    },
                },
                // Nobody asked this; that is sure only once the log has been looked at.
                "matching" => Action::Withdraw { introduction: person.member.to_string() },
                _ => Action::Prefer { kind: "mention", channel: "inbox", on: seed.below(2) == 0 },
            };
            self.perform(tenant, &person, Way::Http, action, &mut seed).await?;
        }
        Ok(())
    }
}

/// What was made can be used from now on.
fn remember(tenant: &Tenant, person: &Arc<Person>, action: &Action, answer: &Answer) {
    let Answer::Accepted(receipt) = answer else { return };
    let author = person.member;
    match (action, receipt.id.clone()) {
        (Action::StartThread { .. }, Some(id)) => {
            let post = Post { id, author, is_thread: true };
            tenant.posts.add(post.clone());
            tenant.threads.add(post);
        }
        (Action::Reply { .. }, Some(id)) => tenant.posts.add(Post { id, author, is_thread: false }),
        (Action::Ask { member, .. }, Some(id)) => {
            if let Ok(to) = member.parse() {
                tenant.introductions.add(Introduction { id, from: author, to });
            }
        }
        (Action::Register { .. }, Some(id)) => {
            if let Ok(member) = id.parse() {
                let person = Person::new(tenant.slug.clone(), member, String::new(), false);
                tenant.people.add(Arc::new(person));
            }
        }
        (Action::Join { community }, _) if *community == tenant.talk => person.joined(),
        _ => {}
    }
}
