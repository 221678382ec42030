//! Membership's log as membership writes it, without membership.

use std::sync::atomic::{AtomicU64, Ordering};

use kindred_eventsourcing::{
    Actor, ChainHash, CommitMeta, EventStore, NewCommit, Record, RequestHash, Timestamp, Write,
};
use kindred_ids::{CommandId, CommunityId, EntityId, EntityKey, MemberId, TenantSlug, ThreadId, derive_root_id};
use kindred_proto::membership as proto;
use kindred_proto::posting;
use kindred_service_host::wire::{record, sealed_to_proto};
use kindred_vault::{Aad, Keeper as _, KeySource as _, KeyState, MemoryVault, Sealer};

/// A field as somebody fills it in: kind, value, label and visibility as the contract counts them.
pub type Filled = (proto::ProfileFieldKind, String, String, proto::Visibility);

/// Writes facts of membership.
pub struct Facts<S> {
    pub store: S,
    pub vault: MemoryVault,
    commands: AtomicU64,
}

impl<S: EventStore> Facts<S> {
    pub fn new(store: S, vault: MemoryVault) -> Self {
        Self { store, vault, commands: AtomicU64::new(0) }
    }

    pub fn command(&self) -> CommandId {
        CommandId::derived(&[b"facts", &self.commands.fetch_add(1, Ordering::SeqCst).to_be_bytes()])
    }

    /// A member who has a key, and an id of their own.
    pub async fn member(&self, tenant: &TenantSlug) -> MemberId {
        let member = MemberId(derive_root_id(tenant.as_str(), "anonymous", self.command(), "member", 0));
        self.known(tenant, member).await;
        member
    }

    /// Makes a key for a member of this id.
    pub async fn known(&self, tenant: &TenantSlug, member: MemberId) {
        self.vault.create_data_key(tenant, member, at()).await.expect("a key");
    }

    /// A profile's event.
    pub async fn profile(&self, tenant: &TenantSlug, member: MemberId, fields: &[Filled]) -> Fact {
        let (key, command) = (EntityKey::new(tenant.clone(), "member", member), self.command());
        let Ok(KeyState::Live(data_key)) = self.vault.member_key(tenant, member).await else { panic!("no key") };
        let sealer = Sealer::new(data_key);
        let fields = fields.iter().enumerate().map(|(index, (kind, value, label, visibility))| {
            let field = format!("profile.{index}");
            let aad = Aad::of(tenant, member, &key, command, &field);
            let content = sealer.seal(&format!("{value}\n{label}"), &aad).expect("sealed");
            proto::SealedProfileField {
                kind: (*kind).into(),
                visibility: (*visibility).into(),
                content: Some(sealed_to_proto(&content)),
            }
        });
        let fields = fields.collect();
        let body = proto::ProfileReplaced { fields, at: at().millis() };
        Fact { key, command, record: record("ProfileReplaced", 1, &body) }
    }

    pub fn consent(&self, tenant: &TenantSlug, member: MemberId, given: bool) -> Fact {
        self.consent_to("matching", tenant, member, given)
    }

    pub fn consent_to(&self, purpose: &str, tenant: &TenantSlug, member: MemberId, given: bool) -> Fact {
        let (member_id, purpose, at) = (member.to_string(), purpose.to_owned(), at().millis());
        let record = if given {
            record("ConsentGiven", 1, &proto::ConsentGiven { member_id, purpose, text_version: 1, at })
        } else {
            record("ConsentWithdrawn", 1, &proto::ConsentWithdrawn { member_id, purpose, at })
        };
        let id = EntityId::keyed(tenant.as_str(), "consent", &[member.0.as_bytes()], member.0);
        self.fact(EntityKey::new(tenant.clone(), "consent", id), record)
    }

    pub fn joined(&self, tenant: &TenantSlug, member: MemberId, community: CommunityId, active: bool) -> Fact {
        let (community_id, member_id, at) = (community.to_string(), member.to_string(), at().millis());
        let record = if active {
            let admitted_by = String::new();
            record("MemberJoined", 1, &proto::MemberJoined { community_id, member_id, admitted_by, at })
        } else {
            record("MemberLeft", 1, &proto::MemberLeft { community_id, member_id, at })
        };
        let id = kindred_ids::derive_membership_id(tenant.as_str(), member.0, community.0);
        self.fact(EntityKey::new(tenant.clone(), "membership", id), record)
    }

    pub fn blocked(&self, tenant: &TenantSlug, member: MemberId, blocked: MemberId, stands: bool) -> Fact {
        let (member_id, blocked_id, at) = (member.to_string(), blocked.to_string(), at().millis());
        let record = if stands {
            record("MemberBlocked", 1, &proto::MemberBlocked { member_id, blocked_id, at })
        } else {
            record("MemberUnblocked", 1, &proto::MemberUnblocked { member_id, blocked_id, at })
        };
        let parts: [&[u8]; 2] = [member.0.as_bytes(), blocked.0.as_bytes()];
        let id = EntityId::keyed(tenant.as_str(), "block", &parts, member.0);
        self.fact(EntityKey::new(tenant.clone(), "block", id), record)
    }

    pub fn suspended(&self, tenant: &TenantSlug, member: MemberId, suspended: bool) -> Fact {
        let record = if suspended {
            record("MemberSuspended", 1, &proto::MemberSuspended { reason: None, at: at().millis() })
        } else {
            record("MemberReinstated", 1, &proto::MemberReinstated { at: at().millis() })
        };
        self.fact(EntityKey::new(tenant.clone(), "member", member), record)
    }

    /// The member's erasure, key and all.
    pub async fn erased(&self, tenant: &TenantSlug, member: MemberId) -> Fact {
        let receipt = self.vault.destroy(tenant, member, at()).await.expect("destroyed");
        let body = proto::MemberErased { data_key_id: receipt.key.0.as_bytes().to_vec().into(), at: at().millis() };
        self.fact(EntityKey::new(tenant.clone(), "member", member), record("MemberErased", 1, &body))
    }

    pub fn tenant_suspended(&self, tenant: &TenantSlug, suspended: bool) -> Fact {
        let record = if suspended {
            record("TenantSuspended", 1, &proto::TenantSuspended { reason: String::new(), at: at().millis() })
        } else {
            record("TenantResumed", 1, &proto::TenantResumed { at: at().millis() })
        };
        self.fact(EntityKey::named(tenant.clone(), "tenant", tenant.as_str()), record)
    }

    /// A comment of a member, by its number; of posting's log.
    pub fn commented(
        &self,
        tenant: &TenantSlug,
        author: MemberId,
        place: (CommunityId, ThreadId),
        number: u32,
    ) -> Fact {
        let ((community_id, thread_id), author_id) = ((place.0.to_string(), place.1.to_string()), author.to_string());
        let body =
            posting::CommentPosted { community_id, thread_id, author_id, at: at().millis(), ..Default::default() };
        self.fact(comment(tenant, author, number), record("CommentPosted", 1, &body))
    }

    /// That comment is taken out.
    pub fn uncommented(
        &self,
        tenant: &TenantSlug,
        author: MemberId,
        place: (CommunityId, ThreadId),
        number: u32,
    ) -> Fact {
        let home = posting::PostHome {
            community_id: place.0.to_string(),
            thread_id: place.1.to_string(),
            author_id: author.to_string(),
            ..Default::default()
        };
        let body = posting::CommentDeleted { home: Some(home), at: at().millis(), ..Default::default() };
        self.fact(comment(tenant, author, number), record("CommentDeleted", 1, &body))
    }

    fn fact(&self, key: EntityKey, record: Record) -> Fact {
        Fact { key, command: self.command(), record }
    }

    /// Appends a fact to the log; its sequence.
    pub async fn write(&self, fact: Fact) -> u64 {
        let tail = self.store.tail(&fact.key).await.expect("a log");
        let (version, previous, expected) = match &tail {
            Some(tail) => (tail.meta.version + 1, tail.hash, tail.sequence),
            None => (1, ChainHash::START, 0),
        };
        let meta = CommitMeta {
            command_id: fact.command,
            version,
            previous,
            actor: Actor("test".to_owned()),
            causation: None,
            correlation: fact.command.as_uuid(),
            request_hash: RequestHash([0; 16]),
            at: at(),
            trace: None,
        };
        let commit = NewCommit { meta, records: vec![fact.record] };
        self.store.append(vec![Write { key: fact.key, expected, commit }]).await.expect("stored")[0]
    }
}

/// One event on its way.
pub struct Fact {
    key: EntityKey,
    command: CommandId,
    record: Record,
}

const fn at() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

fn comment(tenant: &TenantSlug, author: MemberId, number: u32) -> EntityKey {
    let id = EntityId::keyed(tenant.as_str(), "comment", &[author.0.as_bytes(), &number.to_be_bytes()], author.0);
    EntityKey::new(tenant.clone(), "comment", id)
}

/// A thread of a tenant.
pub fn thread(tenant: &TenantSlug, name: &str) -> ThreadId {
    let command = CommandId::derived(&[name.as_bytes()]);
    ThreadId(derive_root_id(tenant.as_str(), "anonymous", command, "thread", 0))
}

/// A community of a tenant.
pub fn community(tenant: &TenantSlug, name: &str) -> CommunityId {
    let command = CommandId::derived(&[name.as_bytes()]);
    CommunityId(derive_root_id(tenant.as_str(), "anonymous", command, "community", 0))
}
