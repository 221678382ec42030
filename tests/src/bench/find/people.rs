//! Members with sealed profiles and consent, as events in membership's log.

use anyhow::Context as _;
use kindred_eventsourcing::{Contract as _, Record, Sealed};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId, TenantSlug, derive_root_id};
use kindred_jetstream::JetStreamStore;
use kindred_membership::domain::consent::{self, Consent};
use kindred_membership::domain::member::{self, Field, Member};
use kindred_membership::domain::value::{FieldKind, Visibility};
use kindred_vault::{Aad, Sealer, Vault};

use super::vault;
use crate::bench::stage::{Stage, now};
use crate::bench::written::{Chain, command, many, scattered};

/// Codes that members of a health community hold, the most frequent first.
const CONDITIONS: [&str; 24] = [
    "E06.3", "E11.9", "I10", "E03.9", "E10.9", "J45.909", "F41.1", "M79.7", "E05.00", "G43.909", "K58.9", "M06.9",
    "L40.9", "K50.90", "G35", "I48.91", "E66.9", "F32.9", "N80.9", "E28.2", "M45.9", "K90.0", "C50.919", "C73",
];
pub const INTERESTS: [&str; 30] = [
    "walking",
    "gardening",
    "baking",
    "reading",
    "yoga",
    "swimming",
    "knitting",
    "choir",
    "chess",
    "cycling",
    "painting",
    "hiking",
    "cooking",
    "photography",
    "birds",
    "podcasts",
    "board games",
    "sewing",
    "dancing",
    "running",
    "fishing",
    "films",
    "history",
    "languages",
    "pottery",
    "tennis",
    "theater",
    "travel",
    "volunteering",
    "writing",
];
const LANGUAGES: [&str; 6] = ["en", "es", "en", "pt-BR", "fr", "en"];

/// Writes so many members; their ids.
pub async fn write(stage: &Stage, tenant: &TenantSlug, count: usize) -> anyhow::Result<Vec<MemberId>> {
    let (vault, store) = (vault(stage).await?, stage.store("membership").await?);
    let mut members = Vec::with_capacity(count);
    for number in 0..count as u64 {
        let command = command()?;
        members.push((number, command, MemberId(derive_root_id(tenant.as_str(), "bench", command, "member", 0))));
    }
    let (vault_ref, store) = (&vault, &store);
    many(&members, |(number, command, member)| async move {
        let person = Person { tenant, member: *member, key: EntityKey::new(tenant.clone(), "member", *member) };
        person.arrive(vault_ref, store, *command, *number).await
    })
    .await?;
    vault.close().await;
    Ok(members.into_iter().map(|(.., member)| member).collect())
}

struct Person<'a> {
    tenant: &'a TenantSlug,
    member: MemberId,
    key: EntityKey,
}

impl Person<'_> {
    async fn arrive(
        self,
        vault: &Vault,
        store: &JetStreamStore,
        register: CommandId,
        number: u64,
    ) -> anyhow::Result<()> {
        vault.create_data_key(self.tenant, self.member, now()).await?;
        let state = vault.member_key(self.tenant, self.member).await?;
        let sealer = Sealer::new(state.live().context("a new member has a key")?.clone());
        let mut chain = Chain::new(self.key.clone());
        chain.append(store, register, vec![self.registered(&sealer, register, number)?]).await?;
        let replace = command()?;
        chain.append(store, replace, vec![self.profile(&sealer, replace, number)?]).await?;
        let id = EntityId::keyed(self.tenant.as_str(), "consent", &[self.member.0.as_bytes()], self.member.0);
        let event = consent::Event::ConsentGiven {
            member: self.member,
            purpose: consent::Purpose::Matching.as_str().to_owned(),
            text_version: 1,
            at: now(),
        };
        let key = EntityKey::new(self.tenant.clone(), "consent", id);
        Chain::new(key).append(store, command()?, vec![Consent::encode(&event)]).await
    }

    fn seal(&self, sealer: &Sealer, command: CommandId, field: &str, text: &str) -> anyhow::Result<Sealed> {
        Ok(sealer.seal(text, &Aad::of(self.tenant, self.member, &self.key, command, field))?)
    }

    fn registered(&self, sealer: &Sealer, command: CommandId, number: u64) -> anyhow::Result<Record> {
        let digest = |salt: u64| u128::from(scattered(number ^ salt)).to_be_bytes();
        Ok(Member::encode(&member::Event::MemberRegistered(Box::new(member::Registration {
            email: self.seal(sealer, command, "email", &format!("person{number}@riverside.example"))?,
            handle: self.seal(sealer, command, "handle", &format!("person-{number}"))?,
            name: None,
            email_digest: digest(1),
            handle_digest: digest(2),
            roles: Vec::new(),
            key: sealer.key().id(),
            at: now(),
        }))))
    }

    fn profile(&self, sealer: &Sealer, command: CommandId, number: u64) -> anyhow::Result<Record> {
        let mut fields = Vec::new();
        for (index, (kind, content)) in contents(number).into_iter().enumerate() {
            let content = self.seal(sealer, command, &format!("profile.{index}"), &content)?;
            fields.push(Field { kind, visibility: Visibility::Matched, content });
        }
        Ok(Member::encode(&member::Event::ProfileReplaced { fields, at: now() }))
    }
}

/// What somebody says of themselves: value and label, as they are sealed.
fn contents(number: u64) -> Vec<(FieldKind, String)> {
    let draw = |salt: u64| scattered(number.wrapping_mul(31).wrapping_add(salt));
    // The first of a list come more often than the last, as in life.
    let skewed = |salt: u64, length: usize| {
        let (one, other) = (draw(salt) as usize % length, draw(salt + 100) as usize % length);
        one.min(other)
    };
    let mut conditions = vec![skewed(1, CONDITIONS.len())];
    if draw(2).is_multiple_of(3) {
        conditions.push(skewed(3, CONDITIONS.len()));
    }
    conditions.sort_unstable();
    conditions.dedup();
    let mut interests = vec![skewed(4, INTERESTS.len()), skewed(5, INTERESTS.len())];
    interests.sort_unstable();
    interests.dedup();
    let conditions = conditions.into_iter().map(|at| (FieldKind::Condition, format!("icd10cm|{}\n", CONDITIONS[at])));
    let interests = interests.into_iter().map(|at| (FieldKind::Interest, format!("{}\n", INTERESTS[at])));
    let others = [
        (FieldKind::Area, format!("{:03}\n", draw(6) % 200)),
        (FieldKind::Language, format!("{}\n", LANGUAGES[draw(7) as usize % LANGUAGES.len()])),
        (FieldKind::YearOfDiagnosis, format!("{}\n", 2005 + skewed(8, 21))),
    ];
    conditions.chain(interests).chain(others).collect()
}
