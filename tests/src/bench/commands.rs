//! Commands through gRPC, beside bare appends and the floor loop.
//!
//! * `join`: a new membership. `reply`: in an existing thread, with standing.
//! * At `power-loss` the baseline is single bare appends of messages as large, on the same
//!   server. At `process-crash` it is the floor loop; `….bare` stands beside it.

mod join;
mod reply;

use std::sync::Arc;

use kindred_ids::{CommunityId, EntityKey, MemberId, TenantSlug, ThreadId};
use kindred_jetstream::Durability;
use kindred_service_kit::caller::Role;

use super::Report;
use super::bare::{Bare, CONTEXT, Like};
use super::load::{Call, Measured, call, measure};
use super::report::Goal;
use super::stage::{Service, Stage};
use super::world::World;

/// Callers at once.
const CALLERS: [usize; 3] = [1, 64, 256];
/// How often service and baselines take turns.
const ROUNDS: usize = 5;
/// Members who call.
const MEMBERS: usize = 256;

/// Measures what is wanted of both commands at both durabilities.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    for (durability, name) in [(Durability::PowerLoss, "power-loss"), (Durability::ProcessCrash, "process-crash")] {
        let (join, reply) = (format!("join.{name}"), format!("reply.{name}"));
        let (join, reply) = (report.demand.wants(&join), report.demand.wants(&reply));
        if !join && !reply {
            continue;
        }
        let stage = Stage::start(durability).await?;
        stage.make_stream(CONTEXT).await?;
        let membership = stage.serve(Role::Membership, &[]).await?;
        let world = World::make(&stage, MEMBERS).await?;
        if join {
            join::run(report, &stage, &world, &membership).await?;
        }
        if reply {
            let posting = stage.serve(Role::Posting, &[]).await?;
            reply::run(report, &stage, &world, &posting).await?;
            posting.stop().await?;
        }
        membership.stop().await?;
        stage.stop().await?;
    }
    Ok(())
}

/// A command and what it is compared with.
struct Contest<'a> {
    stage: &'a Stage,
    /// `join` or `reply`.
    command: &'static str,
    /// Whose projections must be at rest before the next turn.
    roles: &'a [Role],
    service: Call,
    floor: Call,
    bare: Call,
}

impl Contest<'_> {
    fn durability(&self) -> &'static str {
        match self.stage.durability {
            Durability::PowerLoss => "power-loss",
            Durability::ProcessCrash => "process-crash",
        }
    }

    /// All take turns at so many callers.
    async fn run(&self, report: &mut Report, callers: usize) -> anyhow::Result<()> {
        let name = format!("{}.{}.{callers}", self.command, self.durability());
        if !report.demand.wants(&name) {
            return Ok(());
        }
        let (mut service, mut floor, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (call, results) in [(&self.bare, &mut bare), (&self.floor, &mut floor), (&self.service, &mut service)] {
                // What the last turn left to the projectors must not weigh on this one.
                self.stage.settled(self.roles).await?;
                results.push(measure(callers, call).await?);
            }
        }
        let (service, floor, bare) = (Measured::middle(&service), Measured::middle(&floor), Measured::middle(&bare));
        self.tell(report, &name, callers, (service, floor, bare))
    }

    fn tell(
        &self,
        report: &mut Report,
        name: &str,
        callers: usize,
        (service, floor, bare): (Measured, Measured, Measured),
    ) -> anyhow::Result<()> {
        let (beside, least) = match self.stage.durability {
            Durability::PowerLoss => (bare, 1.0),
            Durability::ProcessCrash => (floor, 0.5),
        };
        let goal = if callers == 64 { Goal::Times(least) } else { Goal::None };
        report.add(name, service.rate, "1/s", Some(beside.rate), goal)?;
        report.add(&format!("{name}.p50"), service.p50, "ms", Some(beside.p50), Goal::None)?;
        report.add(&format!("{name}.p99"), service.p99, "ms", Some(beside.p99), Goal::None)?;
        report.add(&format!("{name}.floor"), floor.rate, "1/s", Some(bare.rate), Goal::None)?;
        report.add(&format!("{name}.bare"), bare.rate, "1/s", None, Goal::None)
    }
}

/// A bare append after the other.
fn bare_call(bare: &Bare, like: &Like) -> Call {
    let (bare, like) = (bare.clone(), like.clone());
    call(move || {
        let (bare, like) = (bare.clone(), like.clone());
        async move { bare.append(&like).await }
    })
}

/// The subject of a member in membership's log.
fn member_subject(tenant: &TenantSlug, member: MemberId) -> String {
    EntityKey::new(tenant.clone(), "member", member).subject("membership")
}

/// The subject of a tenant in membership's log.
fn tenant_subject(tenant: &TenantSlug) -> String {
    EntityKey::named(tenant.clone(), "tenant", tenant.as_str()).subject("membership")
}

/// The subject of a membership in membership's log.
fn membership_subject(tenant: &TenantSlug, community: CommunityId, member: MemberId) -> String {
    let id = kindred_ids::derive_membership_id(tenant.as_str(), member.0, community.0);
    EntityKey::new(tenant.clone(), "membership", id).subject("membership")
}

/// Replies of a world's members, in threads by turns.
pub async fn reply_call(
    stage: &Stage,
    world: &World,
    posting: &Service,
    threads: &Arc<[ThreadId]>,
) -> anyhow::Result<Call> {
    reply::service(stage, world, posting, threads).await
}
