//! People taken in without a log: for whoever measures the index.

use std::sync::{Arc, PoisonError};

use kindred_eventsourcing::{Fingerprint, KeyId, Sealed};
use kindred_ids::{CommandId, CommunityId, MemberId, TenantSlug, ThreadId};
use uuid::Uuid;

use super::fact::Fact;
use super::feed::merge;
use super::profile::{PlainField, SealedField, SealedProfile};
use super::purpose::Purpose;
use super::tenant::Opened;
use super::{Index, LogName};

/// Bytes that sealing adds to a text.
const TAG: usize = 16;

/// Somebody as a log would tell of them.
#[derive(Clone)]
pub struct Newcomer {
    /// Who; whoever is there already is changed.
    pub member: MemberId,
    /// Whether they agree to be matched.
    pub consents: bool,
    /// What they say and release to somebody.
    pub fields: Vec<PlainField>,
    /// Where they are active, beside where they were.
    pub communities: Vec<CommunityId>,
}

impl Index {
    /// Takes people in as one batch of a log would. Profiles of those who do not consent
    /// take the room of sealed ones and cannot be opened.
    pub fn admit(&self, tenant: &TenantSlug, newcomers: Vec<Newcomer>) {
        let mut opened = Opened::new();
        let mut facts = Vec::with_capacity(4 * newcomers.len());
        for Newcomer { member, consents, fields, communities } in newcomers {
            let profile = profile(member, &fields);
            if consents {
                opened.insert((member, profile.command_id), fields);
            }
            facts.push(Fact::Profile { member, profile: Arc::new(profile) });
            facts.push(Fact::Consent { member, purpose: Purpose::Matching, given: consents });
            let joined = communities.into_iter();
            facts.extend(joined.map(|community| Fact::Membership { community, member, active: true }));
        }
        let tenant = self.tenant_or_new(tenant);
        let mut tenant = tenant.write().unwrap_or_else(PoisonError::into_inner);
        tenant.apply(facts, &mut opened, 0);
        for (place, merge) in tenant.begin_merges() {
            tenant.adopt(place, merge.run());
        }
    }

    /// Takes in who spoke, in which thread of which community, as one batch of posting's log
    /// would.
    pub async fn hear(&self, tenant: &TenantSlug, spoken: Vec<(MemberId, ThreadId, CommunityId)>) {
        let hearing = self.0.hearing.lock().await;
        let spoke = |(member, thread, community)| Fact::Spoke { member, thread, community };
        let facts = spoken.into_iter().map(spoke).collect();
        self.change(tenant, |tenant| tenant.hear(LogName::Posting, facts, 0));
        drop(hearing);
        merge(self.tenant_or_new(tenant)).await;
    }
}

fn profile(member: MemberId, fields: &[PlainField]) -> SealedProfile {
    let key = KeyId(Uuid::from_u128(1));
    let sealed = fields.iter().enumerate().map(|(index, field)| {
        let length = field.value.len() + 1 + field.label.len() + TAG;
        let content = Sealed::from_parts(key, [0; 12], vec![0; length], Fingerprint([0; 16]));
        SealedField { index, kind: field.kind, release: field.release, content }
    });
    let command_id = CommandId::derived(&[b"admitted", member.0.as_bytes()]);
    SealedProfile { command_id, fields: sealed.collect(), withholds: false }
}
