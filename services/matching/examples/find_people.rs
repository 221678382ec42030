//! How long it takes to find people: synthetic members arrive through a log, sealed, and
//! are then asked for one after the other.
//!
//! `cargo run --release --package kindred-matching --example find_people -- [MEMBERS] [QUERIES]`

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

#[path = "../tests/it/support/log.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod log;

use std::sync::Arc;
use std::time::{Duration, Instant};

use kindred_eventsourcing::MemoryStore;
use kindred_ids::{MemberId, TenantSlug};
use kindred_matching::index::Index;
use kindred_matching::index::feed::Feed;
use kindred_proto::membership::{ProfileFieldKind as Kind, Visibility};
use kindred_testkit::Seed;
use kindred_vault::{CacheSettings, CachedKeys, MemoryVault};
use log::{Facts, Filled, community};
use tokio_util::sync::CancellationToken;

const CATEGORIES: &str = include_str!("../data/icd10cm.tsv");
const PLACES: u64 = 200;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>().expect("a number"));
    let (members, queries) = (arguments.next().unwrap_or(100_000), arguments.next().unwrap_or(3_000));
    let tenant: TenantSlug = "riverside".parse().expect("a slug");
    let facts = Facts::new(MemoryStore::new("membership"), MemoryVault::new());
    let started = Instant::now();
    let people = populate(&facts, &tenant, members).await;
    let head = kindred_eventsourcing::EventStore::head(&facts.store).await.expect("a head");
    println!("{members} members in {head} events written in {:.1?}", started.elapsed());

    let before = resident();
    let (index, stop) = (Index::new(11), CancellationToken::new());
    let keys = CachedKeys::try_new(facts.vault.clone(), CacheSettings::default()).expect("in range");
    let started = Instant::now();
    let feed = Feed::new(index.clone(), facts.store.clone(), Arc::new(keys));
    let feeding = tokio::spawn(feed.run(|_| {}, stop.clone()));
    assert!(index.reached(head, Duration::from_secs(600)).await, "the index never caught up");
    let took = started.elapsed();
    println!("indexed in {took:.1?}: {:.0} events/s", head as f64 / took.as_secs_f64());
    println!("memory: {} bytes a member", (resident().saturating_sub(before)) / members);

    let mut seed = Seed::new(11);
    let mut times = Vec::with_capacity(queries);
    let mut found = 0;
    for _ in 0..queries {
        let viewer = people[seed.below(people.len() as u64) as usize];
        let started = Instant::now();
        let answer = index.find(&tenant, viewer, 20);
        times.push(started.elapsed());
        found += answer.matches.len();
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("top 20 with reasons, one thread: p50 {:?}, p99 {:?}, max {:?}", at(0.5), at(0.99), at(1.0));
    println!("{:.1} matches an answer", found as f64 / queries as f64);
    stop.cancel();
    feeding.await.expect("no panic").expect("no damage");
}

/// Writes members with about 22 features each; the ids of those who consent.
async fn populate(facts: &Facts<MemoryStore>, tenant: &TenantSlug, members: usize) -> Vec<MemberId> {
    let mut seed = Seed::new(7);
    let codes: Vec<&str> = CATEGORIES
        .lines()
        .filter_map(|line| line.split('\t').next())
        .filter(|code| code.len() == 3 && !code.starts_with('#'))
        .collect();
    let places: Vec<_> = (0..PLACES).map(|number| community(tenant, &number.to_string())).collect();
    let mut consenting = Vec::with_capacity(members);
    for _ in 0..members {
        let member = facts.member(tenant).await;
        if seed.below(100) < 85 {
            facts.write(facts.consent(tenant, member, true)).await;
            consenting.push(member);
        }
        facts.write(facts.profile(tenant, member, &profile(&mut seed, &codes)).await).await;
        for _ in 0..1 + seed.below(3) {
            let place = places[zipf(&mut seed, PLACES) as usize];
            facts.write(facts.joined(tenant, member, place, true)).await;
        }
    }
    consenting
}

fn profile(seed: &mut Seed, codes: &[&str]) -> Vec<Filled> {
    let mut fields = Vec::with_capacity(16);
    let mut add = |seed: &mut Seed, kind, value: String| {
        let visibility = match seed.below(100) {
            0..5 => Visibility::Nobody,
            5..65 => Visibility::Matched,
            65..75 => Visibility::Community,
            _ => Visibility::Tenant,
        };
        fields.push((kind, value, String::new(), visibility));
    };
    for _ in 0..1 + seed.below(4) {
        // Spread over the book, so that what is frequent is not all of one chapter.
        let code = codes[(zipf(seed, codes.len() as u64) * 911 % codes.len() as u64) as usize];
        let code = format!("icd10cm|{code}.{}", seed.below(4));
        add(seed, Kind::Condition, code);
    }
    for _ in 0..2 + seed.below(7) {
        let interest = format!("interest {}", zipf(seed, 400));
        add(seed, Kind::Interest, interest);
    }
    let language = ["en", "en", "en", "en", "en", "en", "es", "pt-BR", "vi", "zh"][seed.below(10) as usize];
    add(seed, Kind::Language, language.to_owned());
    let role = ["patient", "patient", "patient", "caregiver", "nurse"][seed.below(5) as usize];
    add(seed, Kind::Role, role.to_owned());
    let area = format!("{:03}", zipf(seed, 120));
    add(seed, Kind::Area, area);
    let year = 1_995 + seed.below(31);
    add(seed, Kind::YearOfDiagnosis, year.to_string());
    fields
}

/// A number below `bound`, small ones far more often.
fn zipf(seed: &mut Seed, bound: u64) -> u64 {
    let share = seed.below(1 << 53) as f64 / (1_u64 << 53) as f64;
    ((bound as f64 + 1.0).powf(share) - 1.0) as u64 % bound
}

/// Bytes of memory of this process; 0 where the system does not say.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4_096
}
