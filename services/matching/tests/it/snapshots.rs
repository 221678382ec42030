//! Snapshots in a real database: what is written, read, refused and redacted.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::{KeyId, MemoryStore};
use kindred_ids::{MemberId, TenantSlug};
use kindred_matching::index::{About, Found, Index, Kind as Topic, Language, LogName};
use kindred_matching::snapshots::{Loaded, Log, Round, Snapshots, Written};
use kindred_proto::membership::{ProfileFieldKind as Kind, Visibility};
use kindred_testkit::eventually;
use kindred_vault::{KeyError, KeyRing, Keys, Sealer};

use crate::support::database::Desk;
use crate::support::log::{community, thread};
use crate::support::{HASHIMOTO, Person, SPANISH, Town, WALKING};

const BOUND: Duration = Duration::from_secs(60);
const CHESS: (Kind, &str, &str) = (Kind::Interest, "Chess at Noon", "");
/// Chunks in which the words stand that only one person of a town says.
pub const CHUNKS_WITH_CHESS: &str = "SELECT count(*) FROM kindred.index_snapshot_chunks
    WHERE position('Chess at Noon'::bytea IN content) > 0";

/// A town, its database, and where its index is written down.
pub struct Archive {
    pub town: Town,
    pub desk: Desk,
    round: Round,
}

impl Archive {
    pub async fn open() -> Self {
        let town = Town::new();
        let desk = Desk::open(&town).await;
        Self { town, desk, round: Round::default() }
    }

    pub fn of(&self, index: &Index, keys: Arc<dyn KeyRing>) -> Snapshots<MemoryStore> {
        let log = |store: &MemoryStore, identity: &str| Log { store: store.clone(), identity: identity.to_owned() };
        let logs = [log(&self.town.facts.store, "m1"), log(&self.town.talk.store, "p1"), log(&self.town.store, "x1")];
        Snapshots::new(index.clone(), self.desk.pools.clone(), logs, keys)
    }

    /// Writes what changed.
    pub async fn write(&mut self) -> Written {
        self.town.caught_up().await;
        let snapshots = self.of(&self.town.index, self.town.keys.clone());
        snapshots.write(&mut self.round, true).await.unwrap().unwrap()
    }

    /// An index as a start reads it, before it follows the logs.
    async fn read(&self) -> (Index, Loaded) {
        let index = self.town.unfed();
        let loaded = self.of(&index, self.town.keys.clone()).load().await;
        (index, loaded)
    }

    /// An index of a new process, at the end of both logs.
    async fn restarted(&self) -> Index {
        let (index, loaded) = self.read().await;
        assert_eq!(loaded, Loaded { tenants: 1, refused: Vec::new() });
        assert!(index.position() > 0, "the log is not read from its first event");
        self.town.follow(index).await
    }

    /// What a start finds fault with; it gives the same answers all the same.
    async fn refusal(&self, people: &[Person]) -> String {
        let (index, loaded) = self.read().await;
        assert_eq!((loaded.tenants, loaded.refused.len(), index.position()), (0, 1, 0), "{loaded:?}");
        let index = self.town.follow(index).await;
        self.assert_same(&index, people).await;
        loaded.refused[0].clone()
    }

    async fn assert_same(&self, index: &Index, people: &[Person]) {
        self.town.caught_up().await;
        for person in people {
            assert_eq!(found(index, person), found(&self.town.index, person));
        }
    }
}

fn found(index: &Index, person: &Person) -> Found {
    let found = index.find(&person.tenant, person.id, 20);
    // Each index has a position of its own while it follows.
    Found { position: 0, ..found }
}

fn finds(index: &Index, person: &Person) -> Vec<MemberId> {
    found(index, person).matches.into_iter().map(|found| found.member).collect()
}

/// Three who have things in common, one who says something of their own, and others.
pub async fn crowd(town: &Town) -> Vec<Person> {
    let mut people = Vec::new();
    for fields in [&[HASHIMOTO, SPANISH, WALKING][..], &[HASHIMOTO, SPANISH], &[WALKING, CHESS], &[SPANISH, HASHIMOTO]]
    {
        people.push(town.member(fields).await);
    }
    for _ in 0..6 {
        people.push(town.member(&[(Kind::Interest, "reading", "")]).await);
    }
    let place = community(&people[0].tenant, "thyroid");
    for person in &people[..2] {
        town.write(town.facts.joined(&person.tenant, person.id, place, true)).await;
    }
    people
}

#[tokio::test]
async fn a_start_goes_on_from_a_snapshot_with_the_same_answers() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    assert!(archive.town.weigh().await);
    assert_eq!(archive.write().await, Written { written: 1, moved: 0 });
    archive.assert_same(&archive.restarted().await, &people).await;
    // What comes after it is taken in from the log.
    archive.town.fill(&people[2], &[HASHIMOTO, CHESS], Visibility::Tenant).await;
    let newcomer = archive.town.member(&[HASHIMOTO]).await;
    let people: Vec<Person> = people.into_iter().chain([newcomer]).collect();
    archive.assert_same(&archive.restarted().await, &people).await;
}

#[tokio::test]
async fn what_people_did_with_others_stands_in_a_snapshot_and_is_counted_once() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    let (tenant, place) = (&people[0].tenant, community(&people[0].tenant, "thyroid"));
    let place = (place, thread(tenant, "tired all day"));
    for (person, number) in [(0, 1), (1, 1), (1, 2)] {
        archive.town.talk.write(archive.town.talk.commented(tenant, people[person].id, place, number)).await;
    }
    archive.town.caught_up().await;
    archive.town.ask(&people[2], people[0].id, "").await.unwrap();
    let (asked, _) = archive.town.ask(&people[0], people[3].id, "").await.unwrap();
    archive.write().await;
    // Without an event of any log.
    let (index, loaded) = archive.read().await;
    assert_eq!(loaded.tenants, 1);
    archive.assert_same(&index, &people).await;
    let both = |index: &Index| {
        let found = found(index, &people[0]).matches;
        let reasons = found.into_iter().filter(|found| found.member == people[1].id).flat_map(|found| found.reasons);
        reasons.filter(|reason| reason.about == About::Shared(Topic::Thread)).count()
    };
    assert_eq!((both(&index), finds(&index, &people[0]).contains(&people[3].id)), (1, false));
    assert!(index.reached_in(LogName::Matching, asked.position.sequence, Duration::ZERO).await);
    // Two comments are two: the thread is theirs until both are gone.
    for (number, left) in [(1, 1), (2, 0)] {
        archive.town.talk.write(archive.town.talk.uncommented(tenant, people[1].id, place, number)).await;
        let index = archive.restarted().await;
        archive.assert_same(&index, &people).await;
        assert_eq!(both(&index), left);
    }
    // What was done since is worth a snapshot, whether or not membership's log goes on.
    assert_eq!(archive.write().await, Written { written: 1, moved: 0 });
    archive.assert_same(&archive.read().await.0, &people).await;
}

#[tokio::test]
async fn a_tenant_that_is_further_on_than_the_index_is_written_down_where_it_stands() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    let tenant = &people[0].tenant;
    let place = (community(tenant, "thyroid"), thread(tenant, "tired all day"));
    for person in &people[..2] {
        archive.town.talk.write(archive.town.talk.commented(tenant, person.id, place, 1)).await;
    }
    let elsewhere = archive.town.stranger("hillside").await;
    archive.town.consent(&elsewhere, true).await;
    assert_eq!(archive.write().await.written, 2);
    archive.desk.meddle("UPDATE kindred.index_snapshots SET format = 1 WHERE tenant = 'hillside'").await;
    let (index, loaded) = archive.read().await;
    assert_eq!((loaded.tenants, index.position()), (1, 0), "for the other one the logs are read from their beginning");
    // Before it has read anything.
    archive.desk.meddle("TRUNCATE kindred.index_snapshots, kindred.index_snapshot_chunks").await;
    let snapshots = archive.of(&index, archive.town.keys.clone());
    assert_eq!(snapshots.write(&mut Round::default(), true).await.unwrap(), Some(Written { written: 1, moved: 0 }));
    archive.town.talk.write(archive.town.talk.uncommented(tenant, people[1].id, place, 1)).await;
    let index = archive.town.follow(archive.read().await.0).await;
    archive.assert_same(&index, &people).await;
}

#[tokio::test]
async fn a_damaged_snapshot_of_a_tenant_in_which_nothing_happened_is_written_anew() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.write().await;
    archive.desk.meddle("UPDATE kindred.index_snapshot_chunks SET content = substring(content FOR 40)").await;
    let index = archive.town.unfed();
    let snapshots = archive.of(&index, archive.town.keys.clone());
    assert_eq!(snapshots.load().await.tenants, 0);
    let index = archive.town.follow(index).await;
    let write = async || snapshots.write(&mut Round::default(), false).await.unwrap().unwrap();
    assert_eq!((write().await, write().await), (Written { written: 1, moved: 0 }, Written { written: 0, moved: 1 }));
    archive.assert_same(&archive.restarted().await, &people).await;
    drop(index);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_written_while_people_talk_counts_nothing_twice_and_forgets_nothing() {
    let archive = Archive::open().await;
    let (town, people) = (&archive.town, crowd(&archive.town).await);
    let (tenant, place) = (&people[0].tenant, community(&people[0].tenant, "thyroid"));
    let threads = ["tired all day", "a walk on Sunday"].map(|name| (place, thread(tenant, name)));
    let talk = async |numbers: Range<u32>| {
        for number in numbers {
            for person in &people[..2] {
                town.talk.write(town.talk.commented(tenant, person.id, threads[0], number)).await;
                tokio::task::yield_now().await;
                town.talk.write(town.talk.uncommented(tenant, person.id, threads[0], number)).await;
                // Of the other thread the first comment stays.
                town.talk.write(town.talk.commented(tenant, person.id, threads[1], u32::MAX - number)).await;
                if number > 0 {
                    town.talk.write(town.talk.uncommented(tenant, person.id, threads[1], u32::MAX - number)).await;
                }
            }
        }
    };
    let (mut round, mut started) = (Round::default(), Vec::new());
    for time in 0..12 {
        let snapshots = archive.of(&town.index, town.keys.clone());
        let write = eventually("nobody else writes", BOUND, async || snapshots.write(&mut round, true).await.unwrap());
        tokio::join!(talk(time * 50..(time + 1) * 50), write);
        started.push(archive.restarted().await);
    }
    town.caught_up().await;
    let talked = |index: &Index| {
        let reasons = found(index, &people[0]).matches.into_iter().flat_map(|found| found.reasons);
        reasons.filter(|reason| reason.about == About::Shared(Topic::Thread)).count()
    };
    assert_eq!(talked(&town.index), 1);
    for index in started {
        town.comes_to_the_end(&index).await;
        archive.assert_same(&index, &people).await;
    }
}

#[tokio::test]
async fn who_withdraws_blocks_or_is_suspended_after_a_snapshot_is_so_from_the_first_answer() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.write().await;
    let (town, viewer) = (&archive.town, &people[0]);
    assert_eq!(town.finds(viewer).await.len(), 3);
    town.consent(&people[1], false).await;
    town.write(town.facts.blocked(&viewer.tenant, people[2].id, viewer.id, true)).await;
    town.write(town.facts.suspended(&viewer.tenant, people[3].id, true)).await;
    assert_eq!(finds(&archive.restarted().await, viewer), []);
    // The same again with a start that is killed while it reads: nothing of it lasts.
    let (killed, _) = archive.read().await;
    drop(killed);
    assert_eq!(finds(&archive.restarted().await, viewer), []);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_by_name_and_the_log_is_read_instead() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    assert!(archive.town.weigh().await);
    for (damage, told) in [
        ("UPDATE kindred.index_snapshots SET format = 1", "its format is 1, not 2"),
        ("UPDATE kindred.index_snapshots SET cohort_floor = 3", "its cohort floor is 3, not 2"),
        ("UPDATE kindred.index_snapshots SET boosts = boosts + 1", "its boosts are of another version"),
        ("UPDATE kindred.index_snapshots SET code_system = 0", "its code system is of another version"),
        (
            "UPDATE kindred.index_snapshots SET membership_stream = 'm0'",
            "it was made from another stream of `membership`",
        ),
        ("UPDATE kindred.index_snapshots SET weights = ''", "its weights are not those that the log says"),
        ("DELETE FROM kindred.index_snapshot_chunks", "it is cut short: chunk 0 of 1 is missing"),
        (
            "UPDATE kindred.index_snapshot_chunks SET content = substring(content FOR 40)",
            "the checksum of chunk 0 does not fit",
        ),
        ("UPDATE kindred.index_snapshots SET whole = false", "there is no whole snapshot"),
        (
            "UPDATE kindred.index_snapshot_round SET matching_stream = 'x0'",
            "it was made from another stream of `matching`",
        ),
    ] {
        archive.desk.meddle("TRUNCATE kindred.index_snapshots, kindred.index_snapshot_chunks").await;
        assert_eq!(archive.write().await.written, 1);
        archive.desk.meddle(damage).await;
        assert_eq!(archive.refusal(&people).await, told);
    }
}

#[tokio::test]
async fn a_snapshot_behind_the_end_of_a_log_that_was_restored_is_refused() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.write().await;
    archive.desk.meddle("UPDATE kindred.index_snapshots SET membership_position = 1000000").await;
    assert!(archive.refusal(&people).await.starts_with("it stands at 1000000, behind the end of the log"));
}

#[tokio::test]
async fn whoever_is_erased_leaves_every_snapshot_with_the_record_of_it() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.write().await;
    assert_eq!(archive.desk.count(CHUNKS_WITH_CHESS).await, 1);
    archive.town.erase(&people[2]).await;
    // Whenever the record is there, the words are gone.
    let recorded = "SELECT count(*) FROM kindred.erased_people";
    eventually("the erasure is on record", BOUND, async || (archive.desk.count(recorded).await == 1).then_some(()))
        .await;
    assert_eq!(archive.desk.count(CHUNKS_WITH_CHESS).await, 0);
    archive.assert_same(&archive.restarted().await, &people).await;
}

#[tokio::test]
async fn a_snapshot_whose_chunk_cannot_be_read_goes_with_whoever_is_erased() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.write().await;
    archive.desk.meddle("UPDATE kindred.index_snapshot_chunks SET content = content || '\\x00'").await;
    archive.town.erase(&people[2]).await;
    let left = "SELECT count(*) FROM kindred.index_snapshot_chunks";
    eventually("the snapshot is dropped", BOUND, async || (archive.desk.count(left).await == 0).then_some(())).await;
    assert_eq!(archive.desk.count("SELECT count(*) FROM kindred.index_snapshots").await, 0);
    assert_eq!(archive.refusal(&people).await, "there is no whole snapshot");
}

#[tokio::test]
async fn whoever_is_on_record_is_neither_written_nor_read_though_the_log_is_not_there_yet() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.write().await;
    let record = "INSERT INTO kindred.erased_people (tenant, member)
        SELECT DISTINCT tenant, 'ID'::uuid FROM kindred.index_snapshots";
    let record = record.replace("ID", &people[1].id.as_uuid().to_string());
    archive.desk.meddle(Box::leak(record.into_boxed_str())).await;
    let (index, loaded) = archive.read().await;
    assert_eq!(loaded.tenants, 1);
    assert!(!finds(&index, &people[0]).contains(&people[1].id));
    archive.desk.meddle("TRUNCATE kindred.index_snapshots, kindred.index_snapshot_chunks").await;
    archive.write().await;
    archive.desk.meddle("DELETE FROM kindred.erased_people").await;
    let (index, _) = archive.read().await;
    assert!(!finds(&index, &people[0]).contains(&people[1].id), "they were left out of what was written");
}

#[tokio::test]
async fn what_people_who_do_not_consent_said_stands_there_sealed_and_opens_if_they_do() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.town.caught_up().await;
    archive.town.consent(&people[2], false).await;
    let silent = archive.town.stranger("riverside").await;
    archive.town.fill(&silent, &[WALKING, CHESS], Visibility::Tenant).await;
    archive.write().await;
    assert_eq!(archive.desk.count(CHUNKS_WITH_CHESS).await, 0);
    let index = archive.restarted().await;
    assert_eq!(index.values(&silent.tenant) + 1, archive.town.index.values(&silent.tenant), "only one has chess open");
    archive.town.consent(&people[2], true).await;
    archive.town.consent(&silent, true).await;
    let index = archive.restarted().await;
    assert!(finds(&index, &people[0]).contains(&people[2].id));
    let reasons = &found(&index, &silent).matches[0].reasons;
    assert_eq!(reasons[0].text(Language::English), "You both enjoy chess at Noon");
}

/// Keys that never answer when something is to be sealed.
struct Stuck(Arc<dyn KeyRing>);

impl KeyRing for Stuck {
    fn keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Keys, KeyError>> {
        self.0.keys(wanted)
    }
    fn sealer<'a>(&'a self, _: &'a TenantSlug, _: MemberId) -> BoxFuture<'a, Result<Option<Sealer>, KeyError>> {
        Box::pin(std::future::pending())
    }
    fn forget_member(&self, tenant: &TenantSlug, member: MemberId) {
        self.0.forget_member(tenant, member);
    }
    fn forget_key(&self, tenant: &TenantSlug, key: KeyId) {
        self.0.forget_key(tenant, key);
    }
}

#[tokio::test]
async fn a_writer_that_is_killed_leaves_the_last_snapshot_and_one_writes_at_a_time() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    archive.write().await;
    archive.town.consent(&people[2], false).await;
    archive.town.caught_up().await;
    let stuck = archive.of(&archive.town.index, Arc::new(Stuck(archive.town.keys.clone())));
    let writing = tokio::spawn(async move { stuck.write(&mut Round::default(), true).await });
    let unfinished = "SELECT count(*) FROM kindred.index_snapshots WHERE NOT whole";
    eventually("a snapshot is begun", BOUND, async || (archive.desk.count(unfinished).await == 1).then_some(())).await;
    let other = archive.of(&archive.town.index, archive.town.keys.clone());
    assert_eq!(other.write(&mut Round::default(), true).await.unwrap(), None, "somebody is at it");
    archive.assert_same(&archive.restarted().await, &people).await;
    writing.abort();
    assert!(writing.await.unwrap_err().is_cancelled());
    archive.assert_same(&archive.restarted().await, &people).await;
    let mut round = Round::default();
    let written =
        eventually("the lock of the killed one is free", BOUND, async || other.write(&mut round, true).await.unwrap());
    assert_eq!(written.await, Written { written: 1, moved: 0 });
    assert_eq!(archive.desk.count("SELECT count(*) FROM kindred.index_snapshots").await, 1);
    archive.assert_same(&archive.restarted().await, &people).await;
}

#[tokio::test]
async fn a_tenant_in_which_nothing_happened_is_not_written_again() {
    let mut archive = Archive::open().await;
    crowd(&archive.town).await;
    assert_eq!(archive.write().await, Written { written: 1, moved: 0 });
    let before = archive.read().await.0.position();
    archive.town.stranger("hillside").await;
    let elsewhere = archive.town.stranger("hillside").await;
    archive.town.consent(&elsewhere, true).await;
    assert_eq!(archive.write().await, Written { written: 1, moved: 1 });
    let (index, loaded) = archive.read().await;
    assert_eq!(loaded, Loaded { tenants: 2, refused: Vec::new() });
    assert!(index.position() > before, "both go on from the later position");
}
