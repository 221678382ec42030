//! How long it takes to find people, and how much memory they take, without servers.
//! `make bench ONLY=index` measures the same beside another engine.
//!
//! `cargo run --release --package kindred-matching --example find_people -- [MEMBERS] [QUERIES]`

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

mod crowd;
mod measure;

use measure::{Filled, within};

/// As the service runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Profiles that are changed.
const CHANGES: u64 = 50_000;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (members, queries) = (arguments.next().unwrap_or(100_000), arguments.next().unwrap_or(3_000));
    let mut filled = Filled::with(members);
    let rate = members as f64 / filled.took.as_secs_f64();
    println!("{members} members taken in within {:.1?}: {rate:.0} a second", filled.took);
    let times = filled.searches(queries as usize);
    println!("memory: {:.0} bytes a member", filled.bytes());
    let at = |share| within(&times, share);
    println!("top 20 with reasons, one thread: p50 {:?}, p99 {:?}, max {:?}", at(0.5), at(0.99), at(1.0));
    let took = filled.changes(CHANGES);
    println!("profile changes: {:.0} a second", CHANGES as f64 / took.as_secs_f64());
}
