//! One person's membership of one community: there is exactly one, for ever.

mod decide_join;
mod invite;
mod join;
mod leave;
mod reinstate;
mod set_role;
mod suspend;

use kindred_eventsourcing::{Decider, Decision, Sealed, Timestamp, commands, event_types};
use kindred_ids::{CommunityId, MemberId};

use crate::domain::value::CommunityRole;
pub use decide_join::DecideJoin;
pub use invite::Invite;
pub use join::Join;
pub use leave::Leave;
pub use reinstate::Reinstate;
pub use set_role::SetRole;
pub use suspend::Suspend;

/// The rules of a membership.
pub struct Membership;

/// Who belongs to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Pair {
    pub community: CommunityId,
    pub member: MemberId,
}

/// What became true of a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    JoinRequested { pair: Pair, note: Option<Sealed>, at: Timestamp },
    MemberInvited { pair: Pair, invited_by: String, at: Timestamp },
    MemberJoined { pair: Pair, admitted_by: String, at: Timestamp },
    JoinDeclined { pair: Pair, declined_by: String, at: Timestamp },
    MemberLeft { pair: Pair, at: Timestamp },
    MembershipSuspended { pair: Pair, reason: Sealed, at: Timestamp },
    MembershipReinstated { pair: Pair, at: Timestamp },
    CommunityRoleSet { pair: Pair, role: CommunityRole, at: Timestamp },
}
event_types!(Event {
    JoinRequested,
    MemberInvited,
    MemberJoined,
    JoinDeclined,
    MemberLeft,
    MembershipSuspended,
    MembershipReinstated,
    CommunityRoleSet,
});

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// One must be invited to join.
    InvitationRequired,
    /// The member is suspended in this community.
    Suspended,
    /// The person does not belong to the community.
    NotMember,
    /// The person does not wait to be admitted.
    NotPending,
    /// The person belongs to the community already.
    AlreadyMember,
}

/// Where a person stands with a community.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// Never had to do with it.
    #[default]
    None,
    /// May join at once.
    Invited,
    /// Waits to be admitted.
    Pending,
    /// Inside.
    Active,
    /// Inside, but may not act.
    Suspended,
    /// Was inside.
    Left,
    /// Was turned down; may ask again.
    Declined,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Where the person stands.
    pub standing: Standing,
    /// What they may do; kept while suspended.
    pub role: Option<CommunityRole>,
}

impl State {
    fn must_belong(&self) -> Result<(), Refusal> {
        matches!(self.standing, Standing::Active | Standing::Suspended).then_some(()).ok_or(Refusal::NotMember)
    }
}

commands! {
    /// What may be asked of a membership.
    pub enum Command { Join, DecideJoin, Invite, Leave, Suspend, Reinstate, SetRole } for State => Event, Refusal
}

impl Decider for Membership {
    const CATEGORY: &'static str = "membership";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::JoinRequested { .. } => state.standing = Standing::Pending,
            Event::MemberInvited { .. } => state.standing = Standing::Invited,
            Event::MemberJoined { .. } => {
                *state = State { standing: Standing::Active, role: Some(CommunityRole::Member) };
            }
            Event::JoinDeclined { .. } => state.standing = Standing::Declined,
            Event::MemberLeft { .. } => *state = State { standing: Standing::Left, role: None },
            Event::MembershipSuspended { .. } => state.standing = Standing::Suspended,
            Event::MembershipReinstated { .. } => state.standing = Standing::Active,
            Event::CommunityRoleSet { role, .. } => state.role = Some(*role),
        }
    }
}

#[cfg(test)]
mod tests;
