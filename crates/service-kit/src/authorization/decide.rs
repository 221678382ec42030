//! Makes a decision once for each combination of what it depends on.

use std::collections::{HashMap, HashSet};
use std::str::FromStr as _;
use std::sync::{PoisonError, RwLock};

use cedar_policy::{
    Authorizer as Engine, Context, Decision as Verdict, Entities, Entity, EntityUid, PolicySet, Request,
    RestrictedExpression,
};

use super::policies::{PolicyError, load, permitted_actions};
use crate::caller::{Caller, Role, Subject, TenantRole};
use crate::error::ApiError;

/// Stand for "the subject's tenant" and "another"; policies compare, nothing else.
const OWN: &str = "own";
const OTHER: &str = "other";

/// What the policies say of one combination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the call passes within the subject's own tenant.
    pub allowed: bool,
    /// Whether it may name another tenant.
    pub other_tenants: bool,
    /// The rule that stopped it: a policy's id, `no-permit` or `no-row`.
    pub denied_by: Option<String>,
}

/// All that a decision depends on, beside the action.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shape {
    kind: &'static str,
    roles: Vec<TenantRole>,
    service: Option<Role>,
    via: Option<Role>,
}

/// Decides over calls by the policies in the binary.
#[derive(Debug)]
pub struct Authorizer {
    policies: PolicySet,
    actions: HashSet<String>,
    decided: RwLock<HashMap<Shape, HashMap<String, Decision>>>,
}

impl Authorizer {
    /// Reads the policies.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if they do not hold together.
    pub fn load() -> Result<Self, PolicyError> {
        let policies = load()?;
        let actions = permitted_actions(&policies)?;
        Ok(Self { policies, actions, decided: RwLock::default() })
    }

    /// Whether some permit names this action.
    #[must_use]
    pub fn knows(&self, action: &str) -> bool {
        self.actions.contains(action)
    }

    /// The policies, for validation.
    #[must_use]
    pub const fn policies(&self) -> &PolicySet {
        &self.policies
    }

    /// Lets a caller's call pass, or not; tells the caller whether other tenants are open.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED`.
    pub fn authorize(&self, action: &str, caller: &mut Caller) -> Result<(), ApiError> {
        let decision = self.decide(action, caller.subject(), caller.via());
        caller.other_tenants = decision.other_tenants;
        match decision.denied_by {
            None => Ok(()),
            Some(policy) => {
                super::count_denial(&policy);
                Err(ApiError::denied("NOT_PERMITTED", "this caller may not do this"))
            }
        }
    }

    /// What the policies say.
    #[must_use]
    pub fn decide(&self, action: &str, subject: &Subject, via: Option<Role>) -> Decision {
        if !self.knows(action) {
            return Decision { allowed: false, other_tenants: false, denied_by: Some("no-row".to_owned()) };
        }
        let shape = Shape::of(subject, via);
        let known = self.decided.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(decision) = known.get(&shape).and_then(|actions| actions.get(action)) {
            return decision.clone();
        }
        drop(known);
        let decision = self.evaluate(action, &shape);
        let mut known = self.decided.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(shape).or_default().insert(action.to_owned(), decision.clone());
        decision
    }

    fn evaluate(&self, action: &str, shape: &Shape) -> Decision {
        let denied_by = self.ask(action, shape, OWN).err();
        let other_tenants = denied_by.is_none() && self.ask(action, shape, OTHER).is_ok();
        Decision { allowed: denied_by.is_none(), other_tenants, denied_by }
    }

    /// Asks the engine; an error in a policy counts as a no.
    fn ask(&self, action: &str, shape: &Shape, tenant: &str) -> Result<(), String> {
        let question = || -> Option<(Request, Entities)> {
            let principal = shape.entity()?;
            let resource = entity("Tenant", tenant, [("tenant", text(tenant))])?;
            let via = text(shape.via.map_or("", Role::as_str));
            let request = Request::new(
                principal.uid(),
                uid("Action", action)?,
                resource.uid(),
                Context::from_pairs([("via".to_owned(), via)]).ok()?,
                None,
            );
            Some((request.ok()?, Entities::from_entities([principal, resource], None).ok()?))
        };
        let (request, entities) = question().ok_or_else(|| "unanswerable".to_owned())?;
        let answer = Engine::new().is_authorized(&request, &self.policies, &entities);
        let sound = answer.diagnostics().errors().next().is_none();
        match answer.decision() {
            Verdict::Allow if sound => Ok(()),
            Verdict::Allow => Err("policy-error".to_owned()),
            Verdict::Deny => {
                Err(answer.diagnostics().reason().next().map_or("no-permit".to_owned(), ToString::to_string))
            }
        }
    }
}

impl Shape {
    fn of(subject: &Subject, via: Option<Role>) -> Self {
        let (roles, service) = match subject {
            Subject::Member(member) => (member.roles.iter().copied().collect(), None),
            Subject::Service(role) => (Vec::new(), Some(*role)),
            Subject::Anonymous { .. } | Subject::Operator { .. } => (Vec::new(), None),
        };
        Self { kind: subject.kind(), roles, service, via }
    }

    fn entity(&self) -> Option<Entity> {
        match self.kind {
            "member" => {
                let roles = RestrictedExpression::new_set(self.roles.iter().map(|role| text(role.as_str())));
                entity("Member", "caller", [("tenant", text(OWN)), ("roles", roles)])
            }
            "anonymous" => entity("Anonymous", "caller", [("tenant", text(OWN))]),
            "service" => entity("Service", "caller", [("name", text(self.service.map_or("", Role::as_str)))]),
            _ => entity("Operator", "caller", []),
        }
    }
}

fn text(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    let kind = cedar_policy::EntityTypeName::from_str(kind).ok()?;
    Some(EntityUid::from_type_name_and_id(kind, cedar_policy::EntityId::new(id)))
}

fn entity<const N: usize>(kind: &str, id: &str, attributes: [(&str, RestrictedExpression); N]) -> Option<Entity> {
    let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Entity::new(uid(kind, id)?, attributes, HashSet::new()).ok()
}
