//! A member: a person in a tenant, by pseudonym; everything they say of themselves is sealed.

mod confirm_erasure;
mod destroy_key;
mod erase;
mod register;
mod reinstate;
mod replace_profile;
mod roles;
mod suspend;

use std::collections::BTreeSet;

use kindred_eventsourcing::{
    Canonical, CanonicalWriter, Decider, Decision, KeyId, ReservationKey, Sealed, Timestamp, commands, event_types,
};

use crate::domain::value::{FieldKind, TenantRole, Visibility};
pub use confirm_erasure::ConfirmErasure;
pub use destroy_key::RecordKeyDestroyed;
pub use erase::Erase;
pub use register::Register;
pub use reinstate::Reinstate;
pub use replace_profile::ReplaceProfile;
pub use roles::{GrantRole, RevokeRole};
pub use suspend::Suspend;

/// Every context that must say that it has forgotten a member, before a certificate is issued.
pub const CONTEXTS: [&str; 4] = ["matching", "membership", "notification", "posting"];

/// Kind of the reservation that keeps e-mail addresses unique in a tenant.
pub const EMAIL: &str = "email";
/// Kind of the reservation that keeps pseudonyms unique in a tenant.
pub const HANDLE: &str = "handle";

/// The rules of a member.
pub struct Member;

/// One value of a profile, unreadable here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is about.
    pub kind: FieldKind,
    /// Who may see it.
    pub visibility: Visibility,
    /// Value and label.
    pub content: Sealed,
}

impl Canonical for Field {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let Self { kind, visibility, content } = self;
        writer.field("kind", kind);
        writer.field("visibility", visibility);
        writer.field("content", content);
    }
}

/// What became true of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    MemberRegistered(Box<Registration>),
    ProfileReplaced { fields: Vec<Field>, at: Timestamp },
    MemberSuspended { reason: Sealed, at: Timestamp },
    MemberReinstated { at: Timestamp },
    TenantRoleGranted { role: TenantRole, at: Timestamp },
    TenantRoleRevoked { role: TenantRole, at: Timestamp },
    MemberErased { key: KeyId, at: Timestamp },
    DataKeyDestroyed { key: KeyId, at: Timestamp },
    ErasureConfirmed { context: String, at: Timestamp },
    ErasureCertified { at: Timestamp },
}
event_types!(Event {
    MemberRegistered,
    ProfileReplaced,
    MemberSuspended,
    MemberReinstated,
    TenantRoleGranted,
    TenantRoleRevoked,
    MemberErased,
    DataKeyDestroyed,
    ErasureConfirmed,
    ErasureCertified,
});

/// Who a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Registration {
    pub email: Sealed,
    pub handle: Sealed,
    pub name: Option<Sealed>,
    pub email_digest: [u8; 16],
    pub handle_digest: [u8; 16],
    pub roles: Vec<TenantRole>,
    pub key: KeyId,
    pub at: Timestamp,
}

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No such member.
    Unknown,
    /// Registered already.
    AlreadyRegistered,
    /// The address belongs to another member.
    EmailTaken,
    /// The pseudonym belongs to another member.
    HandleTaken,
    /// The member has been erased.
    Erased,
    /// The member has not been erased.
    NotErased,
    /// Not one of the contexts that confirm.
    UnknownContext,
}

/// Whether a member may act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// Never registered.
    #[default]
    Unknown,
    /// May act.
    Active,
    /// May not act for now.
    Suspended,
    /// Gone.
    Erased,
}

/// What a decision needs to know, and what other services ask.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Whether the member may act.
    pub standing: Standing,
    /// Who they are; none once erased.
    pub registration: Option<Registration>,
    /// Their profile; empty once erased.
    pub fields: Vec<Field>,
    /// What they may do in the tenant.
    pub roles: BTreeSet<TenantRole>,
    /// How far an erasure has come.
    pub erasure: Erasure,
}

/// How far an erasure has come.
#[derive(Debug, Clone, Default)]
pub struct Erasure {
    /// When it was asked for.
    pub requested_at: Option<Timestamp>,
    /// When the data key was destroyed.
    pub key_destroyed_at: Option<Timestamp>,
    /// Which contexts have confirmed, and when.
    pub confirmations: Vec<(String, Timestamp)>,
    /// When all had.
    pub certified_at: Option<Timestamp>,
}

impl State {
    /// The refusal that any change of an unknown or erased member meets.
    fn must_exist(&self) -> Result<(), Refusal> {
        match self.standing {
            Standing::Unknown => Err(Refusal::Unknown),
            Standing::Erased => Err(Refusal::Erased),
            Standing::Active | Standing::Suspended => Ok(()),
        }
    }
}

impl Registration {
    /// The names that a member holds.
    pub const fn reservations(&self) -> [ReservationKey; 2] {
        [
            ReservationKey { kind: EMAIL, digest: self.email_digest },
            ReservationKey { kind: HANDLE, digest: self.handle_digest },
        ]
    }
}

commands! {
    /// What may be asked of a member.
    pub enum Command {
        Register, ReplaceProfile, Suspend, Reinstate, GrantRole, RevokeRole, Erase, RecordKeyDestroyed, ConfirmErasure
    } for State => Event, Refusal
}

impl Decider for Member {
    const CATEGORY: &'static str = "member";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::MemberRegistered(registration) => {
                state.standing = Standing::Active;
                state.roles = registration.roles.iter().copied().collect();
                state.registration = Some((**registration).clone());
            }
            Event::ProfileReplaced { fields, .. } => state.fields.clone_from(fields),
            Event::MemberSuspended { .. } => state.standing = Standing::Suspended,
            Event::MemberReinstated { .. } => state.standing = Standing::Active,
            Event::TenantRoleGranted { role, .. } => drop(state.roles.insert(*role)),
            Event::TenantRoleRevoked { role, .. } => drop(state.roles.remove(role)),
            Event::MemberErased { at, .. } => {
                let erasure = Erasure { requested_at: Some(*at), ..Erasure::default() };
                *state = State { standing: Standing::Erased, erasure, ..State::default() };
            }
            Event::DataKeyDestroyed { at, .. } => state.erasure.key_destroyed_at = Some(*at),
            Event::ErasureConfirmed { context, at } => state.erasure.confirmations.push((context.clone(), *at)),
            Event::ErasureCertified { at } => state.erasure.certified_at = Some(*at),
        }
    }
}

#[cfg(test)]
mod tests;
