//! What a token may say: closed sets of roles and kinds.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use kindred_eventsourcing::Timestamp;
use kindred_ids::{MemberId, SessionId, TenantSlug};
use serde::{Deserialize, Serialize};

/// A text that names none of a closed set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of {1}")]
pub struct UnknownName(String, &'static str);

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum $name { $($(#[$item_doc])* $item,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$item,)*];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text,)* }
            }
        }
        impl From<$name> for &'static str {
            fn from(name: $name) -> Self {
                name.as_str()
            }
        }
        impl FromStr for $name {
            type Err = UnknownName;
            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok(Self::$item),)*
                    _ => Err(UnknownName(text.to_owned(), concat!($("`", $text, "` ",)*))),
                }
            }
        }
        impl TryFrom<String> for $name {
            type Error = UnknownName;
            fn try_from(text: String) -> Result<Self, UnknownName> {
                text.parse()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// A role of the platform: who signs a token.
    Role {
        /// Who people are.
        Membership = "membership",
        /// What people write.
        Posting = "posting",
        /// Who suits whom.
        Matching = "matching",
        /// What people are told.
        Notification = "notification",
        /// The way in for browsers and clients.
        Gateway = "gateway",
        /// People who run the platform, by the command line.
        Operator = "operator",
    }
}

names! {
    /// What a member may do in the whole tenant. Roles in a community are part of standing.
    TenantRole {
        /// Looks after people's data.
        PrivacyOfficer = "privacy_officer",
        /// Runs the tenant.
        Administrator = "administrator",
        /// Also operates the programme that the tenant belongs to.
        ProgrammeOperator = "programme_operator",
    }
}

/// Whom a token is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Somebody not signed in, on a tenant's pages if one is known.
    Anonymous {
        /// Whose pages.
        tenant: Option<TenantSlug>,
    },
    /// A member with a session.
    Member(MemberClaims),
    /// A service on its own behalf.
    Service(Role),
    /// A person who operates the platform.
    Operator {
        /// As the audit trail shall show them.
        name: String,
    },
}

/// What the gateway vouches for of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberClaims {
    /// Whose member.
    pub tenant: TenantSlug,
    /// Who.
    pub member: MemberId,
    /// The session that the call belongs to.
    pub session: SessionId,
    /// What they may do in the whole tenant.
    pub roles: BTreeSet<TenantRole>,
    /// When they proved who they are.
    pub authenticated_at: Timestamp,
}

impl Subject {
    /// The member, if it is one.
    #[must_use]
    pub const fn member(&self) -> Option<MemberId> {
        match self {
            Self::Member(claims) => Some(claims.member),
            _ => None,
        }
    }

    /// The tenant that the subject is bound to.
    #[must_use]
    pub const fn tenant(&self) -> Option<&TenantSlug> {
        match self {
            Self::Member(member) => Some(&member.tenant),
            Self::Anonymous { tenant } => tenant.as_ref(),
            Self::Service(_) | Self::Operator { .. } => None,
        }
    }

    /// The kind, as policies and metrics name it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous { .. } => "anonymous",
            Self::Member(_) => "member",
            Self::Service(_) => "service",
            Self::Operator { .. } => "operator",
        }
    }
}
