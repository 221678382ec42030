//! Rows do not depend on how the log was cut into batches, nor on when an author was erased.

use std::sync::{Arc, OnceLock};

use kindred_eventsourcing::{EventStore as _, RecordedCommit};
use kindred_ids::EntityId;
use kindred_posting::application::CommunityRole;
use kindred_posting::domain::ReactionKind;
use kindred_posting::projections::{Conversations, Questions, Sentences, ThreadList, ThreadProjection};
use kindred_projections::{Batch, BatchKeys, ErasedPeople, Person as Owner, Projection};
use kindred_testkit::{Seed, TestDatabase};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::database::TABLES;
use crate::support::model::encoder;
use crate::support::{Person, Town};

/// Three members who start, reply, edit, react, talk, leave and take out at random.
async fn history(town: &Town, seed: u64) -> (Vec<RecordedCommit>, Vec<Person>) {
    let community = town.community("riverside", "diabetes");
    let mut people = Vec::new();
    for handle in ["ann", "ben", "mia"] {
        people.push(town.member(community, handle).await);
    }
    town.join(&people[2], community, CommunityRole::Moderator);
    let mut dice = Seed::new(seed);
    let mut roll = |sides: usize| dice.below(sides as u64) as usize;
    let mut threads = vec![town.start(&people[0], community, "First one", "words").await.1];
    let mut posts: Vec<(EntityId, usize)> = vec![(threads[0].0, 0)];
    for (one, other) in [(0, 1), (1, 2), (2, 0)] {
        town.introduce(&people[one], &people[other]);
    }
    let (mut talks, mut messages) = (vec![town.open(&people[0], &people[1]).await.unwrap().1], Vec::new());
    for round in 0..160 {
        let (who, (post, author)) = (roll(3), posts[roll(posts.len())]);
        let person = &people[who];
        // Refusals are part of life here: what was taken out takes no more.
        match roll(14) {
            0 => {
                let thread = town.start(person, community, &format!("Thread {round}"), "text").await.1;
                threads.push(thread);
                posts.push((thread.0, who));
            }
            1..=4 => {
                let thread = threads[roll(threads.len())];
                if let Ok((_, comment)) =
                    town.try_reply(person, thread, &format!("Reply \\N {round}\tfor @ben\n")).await
                {
                    posts.push((comment, who));
                }
            }
            5 | 6 => drop(town.edit(&people[author], post, &format!("Edit {round}")).await),
            7 => drop(town.delete(&people[2], post, &format!("Reason {round}")).await),
            8 => talks.extend(town.open(person, &people[(who + 1) % 3]).await.map(|(_, talk)| talk)),
            9 | 10 if !talks.is_empty() => {
                let talk = talks[roll(talks.len())];
                let said = town.say(person, talk, &format!("Message {round}\n")).await;
                messages.extend(said.map(|(_, message)| (message, who)));
            }
            11 if !messages.is_empty() => {
                let (message, author) = messages[roll(messages.len())];
                drop(town.take_out(&people[author], message).await);
            }
            12 if !talks.is_empty() => {
                let talk = talks[roll(talks.len())];
                drop(town.leave_conversation(person, talk).await);
            }
            _ => {
                let kinds = [None, Some(ReactionKind::Hug), Some(ReactionKind::MeToo)];
                drop(town.react(person, post, kinds[roll(3)]).await);
            }
        }
    }
    let mut commits = Vec::new();
    for sequence in 1..=town.store.head().await.unwrap() {
        commits.push(town.store.at(sequence).await.unwrap().unwrap());
    }
    (commits, people)
}

/// All projections in a schema of their own.
struct Tables(PgConnection);

impl Tables {
    async fn new(database: &TestDatabase, name: &str) -> Self {
        let mut connection = database.superuser().await.unwrap();
        let prepare = format!(
            "CREATE SCHEMA {name}; SET search_path = {name}; {} {} {} {} {}",
            ThreadList::TABLES,
            ThreadProjection::TABLES,
            Conversations::TABLES,
            Questions::TABLES,
            Sentences::TABLES
        );
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.unwrap();
        Self(connection)
    }

    async fn apply(&mut self, town: &Town, commits: &[RecordedCommit], size: usize, erased: &[Owner]) {
        for cut in commits.chunks(size) {
            let commits: Vec<&RecordedCommit> = cut.iter().collect();
            self.apply_one(town, &ThreadList, commits.clone(), erased).await;
            self.apply_one(town, &ThreadProjection, commits.clone(), erased).await;
            self.apply_one(town, &Conversations, commits.clone(), erased).await;
            self.apply_one(town, &Questions, commits.clone(), erased).await;
            self.apply_one(town, sentences(), commits, erased).await;
        }
    }

    /// As a rebuild loads them.
    async fn bulk(&mut self, town: &Town, commits: &[RecordedCommit], size: usize) {
        for cut in commits.chunks(size) {
            let commits: Vec<&RecordedCommit> = cut.iter().collect();
            ThreadList.bulk(&mut self.0, &batch(town, &ThreadList, commits.clone(), &[]).await).await.unwrap();
            ThreadProjection
                .bulk(&mut self.0, &batch(town, &ThreadProjection, commits.clone(), &[]).await)
                .await
                .unwrap();
            Conversations.bulk(&mut self.0, &batch(town, &Conversations, commits.clone(), &[]).await).await.unwrap();
            Questions.bulk(&mut self.0, &batch(town, &Questions, commits.clone(), &[]).await).await.unwrap();
            let meant = batch(town, sentences(), commits, &[]).await;
            sentences().ahead(&meant).await;
            sentences().bulk(&mut self.0, &meant).await.unwrap();
        }
    }

    async fn apply_one<P: Projection>(
        &mut self,
        town: &Town,
        projection: &P,
        commits: Vec<&RecordedCommit>,
        erased: &[Owner],
    ) {
        projection.apply(&mut self.0, &batch(town, projection, commits, erased).await).await.unwrap();
    }

    async fn redact(&mut self, person: &Owner) {
        ThreadList.redact(&mut self.0, person).await.unwrap();
        ThreadProjection.redact(&mut self.0, person).await.unwrap();
        Conversations.redact(&mut self.0, person).await.unwrap();
        Questions.redact(&mut self.0, person).await.unwrap();
        sentences().redact(&mut self.0, person).await.unwrap();
    }

    async fn dump(&mut self) -> String {
        let mut dump = String::new();
        for table in TABLES.into_iter().chain(["question_vectors"]) {
            let query = format!("SELECT COALESCE(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {table} t");
            let rows: String = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut self.0).await.unwrap();
            dump.push_str(&format!("{table}\n{rows}\n"));
        }
        dump
    }
}

/// One for all, since what it made of an event does not depend on the batch.
fn sentences() -> &'static Sentences {
    static ONE: OnceLock<Sentences> = OnceLock::new();
    ONE.get_or_init(|| Sentences::new(encoder()))
}

/// What a projection is given of these commits.
async fn batch<'a, P: Projection>(
    town: &Town,
    projection: &P,
    commits: Vec<&'a RecordedCommit>,
    erased: &[Owner],
) -> Batch<'a> {
    let commits: Vec<&RecordedCommit> = commits.into_iter().filter(|commit| projection.wants(commit)).collect();
    let keys = town.keys.keys(&projection.keys(&commits)).await.unwrap();
    Batch { commits, keys: BatchKeys::new(Arc::new(keys), ErasedPeople::from_iter(erased.iter().cloned())) }
}

#[tokio::test]
async fn rows_do_not_depend_on_how_the_log_was_cut() {
    let database = TestDatabase::empty().await.unwrap();
    for seed in 0..6 {
        let town = Town::new();
        let (commits, _) = history(&town, seed).await;
        let mut first = Tables::new(&database, &format!("one_{seed}")).await;
        first.apply(&town, &commits, 1, &[]).await;
        let expected = first.dump().await;
        for size in [2, 7, 31, 1_000] {
            let mut tables = Tables::new(&database, &format!("cut_{seed}_{size}")).await;
            tables.apply(&town, &commits, size, &[]).await;
            assert_eq!(tables.dump().await, expected, "seed {seed}, batches of {size}");
            let mut loaded = Tables::new(&database, &format!("load_{seed}_{size}")).await;
            loaded.bulk(&town, &commits, size).await;
            assert_eq!(loaded.dump().await, expected, "seed {seed}, loads of {size}");
        }
    }
}

#[tokio::test]
async fn rows_do_not_depend_on_when_an_author_was_erased() {
    let database = TestDatabase::empty().await.unwrap();
    for seed in 0..4 {
        let town = Town::new();
        let (commits, people) = history(&town, seed).await;
        for (number, person) in people.iter().enumerate() {
            let owner = Owner::new(person.tenant.clone(), person.id);
            let erased = [owner.clone()];
            let mut from_the_start = Tables::new(&database, &format!("start_{seed}_{number}")).await;
            from_the_start.apply(&town, &commits, 9, &erased).await;
            let expected = from_the_start.dump().await;
            for at in [commits.len() / 3, commits.len()] {
                let mut tables = Tables::new(&database, &format!("at_{seed}_{number}_{at}")).await;
                tables.apply(&town, &commits[..at], 9, &[]).await;
                tables.redact(&owner).await;
                tables.apply(&town, &commits[at..], 9, &erased).await;
                assert_eq!(tables.dump().await, expected, "seed {seed}, person {number}, erased at {at}");
            }
        }
    }
}

#[tokio::test]
async fn what_comes_before_its_parked_thread_or_conversation_counts_as_well() {
    let database = TestDatabase::empty().await.unwrap();
    let town = Town::new();
    let (commits, _) = history(&town, 3).await;
    let mut in_order = Tables::new(&database, "in_order").await;
    in_order.apply(&town, &commits, 10, &[]).await;
    // What was parked is replayed behind everything else, each entity still in its order.
    for category in ["thread", "conversation"] {
        let first = commits.iter().find(|commit| commit.key.category() == category).unwrap();
        let parked = first.key.clone();
        let (late, mut early): (Vec<_>, Vec<_>) = commits.iter().cloned().partition(|commit| commit.key == parked);
        early.extend(late);
        let mut replayed = Tables::new(&database, &format!("replayed_{category}")).await;
        replayed.apply(&town, &early, 10, &[]).await;
        assert_eq!(replayed.dump().await, in_order.dump().await, "{category}");
    }
}
