//! Promise 6 in the read models: erasure reaches every generation, also one being loaded.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::{KeyId, RecordedCommit, Sealed};
use kindred_ids::{EntityKey, MemberId, TenantSlug};
use kindred_projections::{
    Aad, ApplyError, Batch, BulkRows, Erasure, KeyRing, Opened, Person, Projection, Projector, StepError,
};
use kindred_testkit::eventually;
use kindred_vault::{CacheSettings, CachedKeys, Keeper, MemoryVault};
use sqlx::{PgConnection, Row};

use crate::support::{CONTEXT, Platform, quick, tenant};

const BOUND: Duration = Duration::from_secs(20);
const SECRET: &str = "I was told on a Tuesday";

/// Shows what people wrote.
struct Words;

fn author(commit: &RecordedCommit) -> Option<MemberId> {
    commit.meta.actor.0.parse().ok()
}

/// `Wrote` carries key, nonce, fingerprint and ciphertext in hexadecimal.
fn sealed(data: &[u8]) -> Option<Sealed> {
    let text = std::str::from_utf8(data).ok()?;
    let parts: Vec<Vec<u8>> = text.split(':').map(unhex).collect();
    let [key, nonce, fingerprint, ciphertext] = &parts[..] else { return None };
    let key = KeyId(uuid::Uuid::from_slice(key).ok()?);
    let fingerprint = kindred_eventsourcing::Fingerprint(fingerprint.as_slice().try_into().ok()?);
    Some(Sealed::from_parts(key, nonce.as_slice().try_into().ok()?, ciphertext.clone(), fingerprint))
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap_or(0)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Tenant, entity, author and text of each event.
struct Lines(Vec<(String, uuid::Uuid, uuid::Uuid, Option<String>)>);

impl Lines {
    fn of(batch: &Batch<'_>) -> Result<Self, ApplyError> {
        let mut lines = Vec::new();
        for event in batch.events().filter(|event| event.record.event_type == "Wrote") {
            let sealed = sealed(&event.record.data).ok_or_else(|| event.poison("no sealed field"))?;
            let author = author(event.commit).ok_or_else(|| event.poison("no author"))?;
            let place = Aad::of_commit(event.commit, author, "text").ok_or_else(|| event.poison("no tenant"))?;
            let text = match batch.keys.open(&sealed, &place).map_err(|error| event.broken_seal(&error))? {
                Opened::Text(text) => Some(text.as_str().to_owned()),
                Opened::Redacted => None,
            };
            let entity = event.commit.key.id().expect("an id").as_uuid();
            lines.push((event.commit.key.scope().token().to_owned(), entity, author.as_uuid(), text));
        }
        Ok(Self(lines))
    }

    async fn insert(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        for (tenant, entity, author, text) in self.0 {
            sqlx::query("INSERT INTO words VALUES ($1, $2, $3, $4)")
                .bind(tenant)
                .bind(entity)
                .bind(author)
                .bind(text)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

impl BulkRows for Lines {
    fn write<'a>(self: Box<Self>, connection: &'a mut PgConnection) -> BoxFuture<'a, Result<(), sqlx::Error>> {
        Box::pin(self.insert(connection))
    }
}

impl Projection for Words {
    const NAME: &'static str = "words";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = CONTEXT;
    const TABLES: &'static str = "CREATE TABLE words (tenant text NOT NULL, entity uuid NOT NULL, author uuid NOT NULL,
        text text, PRIMARY KEY (tenant, entity))";
    const INDEXES: &'static str = "CREATE INDEX words_by_author ON words (tenant, author)";
    const FOLDS: bool = true;

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        let of = |commit: &&RecordedCommit| {
            let sealed = sealed(&commit.records.first()?.data)?;
            Some((commit.key.scope().tenant()?.clone(), sealed.key()))
        };
        commits.iter().filter_map(of).collect()
    }

    async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        Ok(Lines::of(batch)?.insert(connection).await?)
    }

    fn fold(&self, batch: &Batch<'_>) -> Result<Option<Box<dyn BulkRows>>, ApplyError> {
        Ok(Some(Box::new(Lines::of(batch)?)))
    }

    async fn redact(&self, connection: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE words SET text = NULL WHERE tenant = $1 AND author = $2")
            .bind(person.tenant.as_str())
            .bind(person.member.as_uuid())
            .execute(connection)
            .await
            .map(drop)
    }
}

/// `Erased` commits of a member's own entity.
#[derive(Clone, Default)]
struct Erasing {
    confirmed: Arc<Mutex<Vec<Person>>>,
}

impl Erasure for Erasing {
    fn context(&self) -> &'static str {
        CONTEXT
    }

    fn erased(&self, commit: &RecordedCommit) -> Option<Person> {
        let erased = commit.records.iter().any(|record| record.event_type == "Erased");
        let member = erased.then(|| commit.key.id()).flatten()?;
        Some(Person::new(commit.key.scope().tenant()?.clone(), MemberId(member)))
    }

    fn confirm<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<(), StepError>> {
        self.confirmed.lock().expect("no panic").push(person.clone());
        Box::pin(async { Ok(()) })
    }
}

struct Scene {
    platform: Platform,
    vault: MemoryVault,
    ring: Arc<dyn KeyRing>,
    erasing: Erasing,
}

impl Scene {
    async fn new() -> Self {
        let vault = MemoryVault::new();
        let ring = CachedKeys::try_new(vault.clone(), CacheSettings::default()).expect("settings that are allowed");
        Self { platform: Platform::new().await, vault, ring: Arc::new(ring), erasing: Erasing::default() }
    }

    async fn start(&self) -> Projector {
        let builder = self.platform.builder(quick()).keys(self.ring.clone());
        let builder = builder.projection(Words).erasure(self.erasing.clone());
        let projector = builder.start(self.platform.stop.child_token()).await.expect("it starts");
        projector.ready(BOUND).await.expect("it gets ready");
        projector
    }

    async fn member(&mut self, tenant: &TenantSlug) -> MemberId {
        let member = MemberId(self.platform.writer.id(tenant));
        let at = kindred_eventsourcing::Timestamp::from_millis(1);
        self.vault.create_data_key(tenant, member, at).await.expect("a key");
        member
    }

    async fn writes(&mut self, tenant: &TenantSlug, member: MemberId, text: &str) -> u64 {
        let key = self.platform.writer.key(tenant);
        let command_id = self.platform.writer.seed.clone().command_id();
        let sealer = self.ring.sealer(tenant, member).await.expect("keys are there").expect("the member has one");
        let place = Aad::of(tenant, member, &key, command_id, "text");
        let sealed = sealer.seal(text, &place).expect("it seals");
        let key_bytes = hex(sealed.key().0.as_bytes());
        let data = [key_bytes, hex(sealed.nonce()), hex(&sealed.fingerprint().0), hex(sealed.ciphertext())];
        self.platform.writer.write_as(&key, &member.to_string(), &[("Wrote", data.join(":"))]).await
    }

    async fn erase(&mut self, tenant: &TenantSlug, member: MemberId) {
        let at = kindred_eventsourcing::Timestamp::from_millis(2);
        self.vault.destroy(tenant, member, at).await.expect("the key is destroyed");
        let key = EntityKey::new(tenant.clone(), "member", member);
        self.platform.writer.write(&key, &[("Erased", String::new())]).await;
    }

    /// How often the words stand in any table of any generation.
    async fn traces(&self) -> i64 {
        let mut superuser = self.platform.test.superuser().await.expect("the superuser's way in");
        let statement = "SELECT n.nspname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relname = 'words' AND c.relkind = 'r'";
        let mut traces = 0;
        for row in sqlx::query(statement).fetch_all(&mut superuser).await.expect("schemas") {
            let schema: String = row.get(0);
            let count = format!("SELECT count(*) FROM \"{schema}\".words WHERE text LIKE '{SECRET}%'");
            let found = sqlx::query(sqlx::AssertSqlSafe(count)).fetch_one(&mut superuser).await;
            traces += found.map_or(0, |row| row.get::<i64, _>(0));
        }
        traces
    }

    async fn confirmed(&self, people: usize) {
        eventually("the confirmations", BOUND, async || {
            (self.erasing.confirmed.lock().expect("no panic").len() >= people).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_reaches_live_and_kept_generations_and_is_confirmed_after_the_cache_time() {
    let mut scene = Scene::new().await;
    let here = tenant("riverside");
    let (gone, stays) = (scene.member(&here).await, scene.member(&here).await);
    let projector = scene.start().await;
    let mut last = 0;
    for round in 0..10 {
        last = scene.writes(&here, gone, &format!("{SECRET} {round}")).await;
        scene.writes(&here, stays, "kept").await;
    }
    scene.platform.reached(&projector, "words", last).await;
    let generation = projector.operations().rebuild("words").await.expect("it begins");
    let ended = projector.operations().finished("words", generation, BOUND).await.expect("it ends");
    assert_eq!(ended.state, "live");
    assert_eq!(scene.traces().await, 20, "live and kept hold the words");
    scene.erase(&here, gone).await;
    scene.confirmed(1).await;
    assert_eq!(scene.traces().await, 0);
    let kept = scene.platform.number("SELECT count(*) FROM views.words_v1 WHERE text = 'kept'").await;
    assert_eq!(kept, 10, "somebody else's words are gone");
    let record = "SELECT count(*) FROM kindred.erased_people
        WHERE confirmed_at - recorded_at >= interval '300 milliseconds'";
    assert_eq!(scene.platform.number(record).await, 1, "it was confirmed before the cache time");
    let verified = projector.operations().verify("words").await.expect("it begins");
    let ended = projector.operations().finished("words", verified, BOUND).await.expect("it ends");
    assert_eq!(ended.outcome, "equal to the live generation", "redact leaves something else than apply");
}

/// People are erased while generations are loaded, with the keys still in the cache.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_during_a_bulk_load_leaves_nothing() {
    let mut scene = Scene::new().await;
    let here = tenant("riverside");
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(scene.member(&here).await);
    }
    let projector = scene.start().await;
    let mut last = 0;
    for round in 0..1_200_usize {
        last = scene.writes(&here, people[round % 6], &format!("{SECRET} {round}")).await;
    }
    scene.platform.reached(&projector, "words", last).await;
    let mut erased = 0;
    for _ in 0..2 {
        let generation = projector.operations().rebuild("words").await.expect("it begins");
        for person in people.drain(..3) {
            tokio::time::sleep(Duration::from_millis(scene.platform.writer.seed.below(60))).await;
            scene.erase(&here, person).await;
            erased += 1;
        }
        projector.operations().finished("words", generation, BOUND).await.expect("it ends");
    }
    scene.confirmed(erased).await;
    assert_eq!(scene.traces().await, 0);
    let rows = scene.platform.number("SELECT count(*) FROM views.words_v1 WHERE text IS NULL").await;
    assert_eq!(rows, 1_200, "rows are gone with the words");
}
