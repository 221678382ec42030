//! People, as one viewer may see them.

use std::collections::HashMap;

use kindred_proto::membership as wire;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Moment, some_text};
use crate::codes;
use crate::wire::{ConsentPurpose, FieldKind, MemberState, TenantRole, Visibility};

/// Who is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// The organization's slug.
    pub tenant: String,
    /// The organization's name.
    pub tenant_name: String,
    /// You.
    pub member_id: String,
    /// Your pseudonym.
    pub handle: String,
    /// What you may do in the whole organization.
    pub roles: Vec<TenantRole>,
    /// Whether you also operate the programme.
    pub programme_operator: bool,
    /// When you signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticated_at: Option<Moment>,
    /// When this session is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// Unread inbox items; absent while the inbox does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<u32>,
}

/// One value of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileField {
    /// What it is about.
    pub kind: FieldKind,
    /// The code or text; of a condition `icd10cm|E06.3`.
    #[schema(max_length = 200)]
    pub value: String,
    /// Plain words for a code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 200)]
    pub label: String,
    /// Who may see it.
    pub visibility: Visibility,
}

impl ProfileField {
    /// From the wire.
    #[must_use]
    pub fn of_wire(field: wire::ProfileField) -> Self {
        Self {
            kind: FieldKind::of_wire(field.kind),
            value: field.value,
            label: field.label,
            visibility: Visibility::of_wire(field.visibility),
        }
    }

    /// To the wire; a code of our list that came without words gets the list's.
    #[must_use]
    pub fn into_wire(self) -> wire::ProfileField {
        wire::ProfileField {
            kind: self.kind.wire(),
            label: match (self.label.is_empty(), self.kind) {
                (true, FieldKind::Condition) => self.listed().unwrap_or_default().to_owned(),
                _ => self.label,
            },
            value: self.value,
            visibility: self.visibility.wire(),
        }
    }

    /// In words for people: the label of a code, a language's name, else the value itself.
    #[must_use]
    pub fn words(&self) -> &str {
        if self.label.is_empty() { self.listed().unwrap_or(&self.value) } else { &self.label }
    }

    /// What our own lists call the value.
    fn listed(&self) -> Option<&'static str> {
        match self.kind {
            FieldKind::Condition => codes::condition(&self.value),
            FieldKind::Language => codes::language(&self.value),
            _ => None,
        }
    }

    /// As [`Self::words`], understandable without saying what it is about.
    #[must_use]
    pub fn alone(&self) -> String {
        match self.kind {
            FieldKind::Area => format!("around {}", self.words()),
            FieldKind::YearOfDiagnosis => format!("since {}", self.words()),
            FieldKind::Language => format!("speaks {}", self.words()),
            FieldKind::AgeBand => format!("aged {}", self.words()),
            FieldKind::Treatment => format!("treated with {}", self.words()),
            FieldKind::Offer => format!("can help with {}", self.words()),
            FieldKind::Want => format!("looks for {}", self.words()),
            _ => self.words().to_owned(),
        }
    }
}

/// A member, with the fields that the viewer may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Member {
    /// Who.
    pub member_id: String,
    /// The pseudonym; "former member" once erased.
    pub handle: String,
    /// Whether they take part.
    pub state: MemberState,
    /// What they released to you.
    pub fields: Vec<ProfileField>,
    /// Whether this is you.
    pub is_you: bool,
    /// Whether you have blocked them.
    pub blocked_by_you: bool,
    /// What they may do in the whole organization; for staff.
    pub roles: Vec<TenantRole>,
}

impl Member {
    /// From a view alone.
    #[must_use]
    pub fn of_wire(view: wire::MemberView) -> Self {
        Self {
            member_id: view.member_id,
            handle: view.handle,
            state: MemberState::of_wire(view.state),
            fields: view.fields.into_iter().map(ProfileField::of_wire).collect(),
            is_you: view.is_you,
            blocked_by_you: false,
            roles: Vec::new(),
        }
    }

    /// The short form for a byline.
    #[must_use]
    pub fn author(&self) -> Author {
        Author {
            member_id: self.member_id.clone(),
            handle: self.handle.clone(),
            state: self.state,
            is_you: self.is_you,
        }
    }

    /// Their fields of one kind.
    pub fn of_kind(&self, kind: FieldKind) -> impl Iterator<Item = &ProfileField> {
        self.fields.iter().filter(move |field| field.kind == kind)
    }
}

/// Who wrote, asked or did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Author {
    /// Who.
    pub member_id: String,
    /// The pseudonym; "former member" once erased.
    pub handle: String,
    /// Whether they take part.
    pub state: MemberState,
    /// Whether this is you.
    pub is_you: bool,
}

/// The members of one page, fetched at once.
#[derive(Debug, Clone, Default)]
pub struct Authors(HashMap<String, Author>);

impl Authors {
    /// Keeps what was fetched.
    pub fn new(members: impl IntoIterator<Item = Author>) -> Self {
        Self(members.into_iter().map(|author| (author.member_id.clone(), author)).collect())
    }

    /// Also somebody who is known already.
    #[must_use]
    pub fn with(mut self, author: Author) -> Self {
        self.0.insert(author.member_id.clone(), author);
        self
    }

    /// Who has this id; somebody whom no service names any more is a former member.
    #[must_use]
    pub fn get(&self, member_id: &str) -> Author {
        self.0.get(member_id).cloned().unwrap_or_else(|| Author {
            member_id: member_id.to_owned(),
            handle: "former member".to_owned(),
            state: MemberState::Erased,
            is_you: false,
        })
    }
}

/// Your own profile and whether it is used for matching.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Profile {
    /// You.
    pub member_id: String,
    /// Your pseudonym.
    pub handle: String,
    /// Everything you said, with who may see it.
    pub fields: Vec<ProfileField>,
    /// What you agreed to.
    pub consents: Consents,
}

/// What you agreed to. Without the first the others count nothing.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a decision of its own")]
pub struct Consents {
    /// To be found by people like you, and to find them.
    pub matching: bool,
    /// That others are sought by what often goes with what you said.
    pub inference: bool,
    /// That what you wrote is compared with what others wrote.
    pub text: bool,
    /// That it is learned from whether those who were introduced talked.
    pub outcomes: bool,
}

impl Consents {
    /// As the service says it.
    #[must_use]
    pub const fn of_wire(wire: &wire::GetConsentResponse) -> Self {
        let wire::GetConsentResponse { matching, inference, text, outcomes } = *wire;
        Self { matching, inference, text, outcomes }
    }

    /// Whether this is agreed to.
    #[must_use]
    pub const fn covers(&self, purpose: ConsentPurpose) -> bool {
        match purpose {
            ConsentPurpose::Matching => self.matching,
            ConsentPurpose::Inference => self.inference,
            ConsentPurpose::Text => self.text,
            ConsentPurpose::Outcomes => self.outcomes,
            ConsentPurpose::Unknown => false,
        }
    }
}

/// How far the erasure of a member has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Erasure {
    /// Whose.
    pub member_id: String,
    /// When it was asked for; absent if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<Moment>,
    /// When the certificate was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified_at: Option<Moment>,
    /// Which parts of the platform have confirmed.
    pub confirmations: Vec<ErasureConfirmation>,
    /// What was destroyed, when, and what stays readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

/// One part of the platform says that every trace is gone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErasureConfirmation {
    /// Which part.
    pub context: String,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

impl Erasure {
    /// From the wire.
    #[must_use]
    pub fn of_wire(member_id: String, answer: wire::GetErasureResponse) -> Self {
        Self {
            member_id,
            requested_at: Moment::of_wire(answer.requested_at),
            certified_at: Moment::of_wire(answer.certified_at),
            confirmations: answer
                .confirmations
                .into_iter()
                .map(|one| ErasureConfirmation { context: one.context, at: Moment::of_wire(one.at) })
                .collect(),
            certificate: some_text(answer.certificate),
        }
    }
}
