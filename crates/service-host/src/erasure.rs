//! A context's side of an erasure: forget the keys, then tell membership.

use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::RecordedCommit;
use kindred_ids::{CommandId, MemberId};
use kindred_projections::{Erasure, Person, StepError};
use kindred_proto::membership as proto;
use kindred_proto::membership::members_client::MembersClient;
use kindred_service_kit::grpc::ServiceChannel;
use kindred_vault::KeyRing;
use sqlx::PgConnection;

/// Tells membership that nothing of a person is left in a context.
pub type Confirm = Arc<dyn Fn(Person, CommandId) -> BoxFuture<'static, Result<(), StepError>> + Send + Sync>;

/// Takes a person out of what a context's database holds beside projections, in the
/// transaction that records the erasure.
pub type Redact =
    Arc<dyn for<'a> Fn(&'a mut PgConnection, &'a Person) -> BoxFuture<'a, Result<(), sqlx::Error>> + Send + Sync>;

/// What else a context must forget: an index in memory.
pub type Forget = Arc<dyn Fn(Person) -> BoxFuture<'static, Result<(), StepError>> + Send + Sync>;

/// The erasures of one context.
pub struct ContextErasure {
    context: &'static str,
    keys: Arc<dyn KeyRing>,
    confirm: Confirm,
    redact: Option<Redact>,
    forget: Option<Forget>,
}

impl ContextErasure {
    /// For `context`, whose keys are in `keys`.
    #[must_use]
    pub fn new(context: &'static str, keys: Arc<dyn KeyRing>, confirm: Confirm) -> Self {
        Self { context, keys, confirm, redact: None, forget: None }
    }

    /// And this is redacted with the record of an erasure.
    #[must_use]
    pub fn redacting(mut self, redact: Redact) -> Self {
        self.redact = Some(redact);
        self
    }

    /// And this must forget as well.
    #[must_use]
    pub fn forgetting(mut self, forget: Forget) -> Self {
        self.forget = Some(forget);
        self
    }
}

/// Confirms by a call to membership; the command id derives from context and person, so
/// that a repeated call gets the first receipt.
#[must_use]
pub fn confirm_by_call(context: &'static str, membership: ServiceChannel) -> Confirm {
    Arc::new(move |person, command_id| {
        let mut members = MembersClient::new(membership.clone());
        Box::pin(async move {
            let request = proto::ConfirmErasureRequest {
                command_id: command_id.to_string(),
                tenant: person.tenant.to_string(),
                member_id: person.member.to_string(),
                context: context.to_owned(),
            };
            members.confirm_erasure(request).await?;
            Ok(())
        })
    })
}

impl Erasure for ContextErasure {
    fn erased(&self, commit: &RecordedCommit) -> Option<Person> {
        let erased = commit.key.category() == "member"
            && commit.records.iter().any(|record| record.event_type == "MemberErased");
        let tenant = commit.key.scope().tenant()?;
        erased.then(|| Some(Person::new(tenant.clone(), MemberId(commit.key.id()?)))).flatten()
    }

    fn redact<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        person: &'a Person,
    ) -> BoxFuture<'a, Result<(), sqlx::Error>> {
        match &self.redact {
            Some(redact) => redact(connection, person),
            None => Box::pin(async { Ok(()) }),
        }
    }

    fn forget<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<(), StepError>> {
        Box::pin(async move {
            self.keys.forget_member(&person.tenant, person.member);
            match &self.forget {
                Some(forget) => forget(person.clone()).await,
                None => Ok(()),
            }
        })
    }

    fn confirm<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<(), StepError>> {
        let parts: [&[u8]; 4] =
            [b"erasure", self.context.as_bytes(), person.tenant.as_str().as_bytes(), person.member.0.as_bytes()];
        (self.confirm)(person.clone(), CommandId::derived(&parts))
    }
}
