//! The list of communities, and making one.

use askama::Template;
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::ErrorCode;

use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{Community, Page, SuggestedCommunity};
use crate::operations::communities::{self, Shape};
use crate::operations::suggestions;
use crate::wire::{JoinPolicy, MembershipState, TenantRole};

/// How many are suggested.
const SUGGESTED: u32 = 3;

#[derive(Template)]
#[template(path = "communities.html")]
struct CommunitiesPage {
    frame: Frame,
    communities: Page<Community>,
    /// Communities that suit the reader; none where they cannot be had.
    suggested: Vec<SuggestedCommunity>,
    may_create: bool,
}

impl CommunitiesPage {
    fn yours(&self) -> Vec<&Community> {
        self.communities.items.iter().filter(|one| one.yours()).collect()
    }

    /// Those that are neither the reader's nor suggested above.
    fn others(&self) -> Vec<&Community> {
        let suggested = |one: &Community| self.suggested.iter().any(|it| it.community.community_id == one.community_id);
        self.communities.items.iter().filter(|one| !one.yours() && !suggested(one)).collect()
    }

    /// The name of the reader's community because of which one is suggested.
    fn because_of(&self, suggested: &SuggestedCommunity) -> Option<&str> {
        let id = suggested.because_of_community_id.as_ref()?;
        self.communities.items.iter().find(|one| one.community_id == *id).map(|one| one.name.as_str())
    }
}

/// How a community lets people in, in words.
pub(super) const fn way_in(policy: &JoinPolicy) -> &'static str {
    match policy {
        JoinPolicy::Open => "Open to everybody here",
        JoinPolicy::Approval => "You ask, and somebody answers",
        JoinPolicy::Invitation => "By invitation",
        JoinPolicy::Unknown => "",
    }
}

/// How one stands to a community, in words.
pub(super) const fn standing(state: &MembershipState) -> Option<&'static str> {
    match state {
        MembershipState::Pending => Some("You asked to join"),
        MembershipState::Suspended => Some("You are suspended here"),
        MembershipState::Declined => Some("Your question was turned down; you may ask again"),
        MembershipState::Left => Some("You left"),
        MembershipState::None | MembershipState::Active | MembershipState::Unknown => None,
    }
}

/// `GET /communities`.
pub async fn list(visit: Visit) -> Answer<Response> {
    let call = visit.call()?;
    let part = visit.part(60);
    let (communities, suggested, frame) = tokio::join!(
        communities::list(call, &part),
        suggestions::communities(call, SUGGESTED),
        visit.frame("communities")
    );
    let communities = communities?;
    // The page is whole without them.
    let suggested = suggestions::described(call, suggested.unwrap_or_default(), &communities.items).await;
    let may_create = visit.signed()?.session.has(TenantRole::Administrator);
    Ok(html(&CommunitiesPage { communities, suggested, frame, may_create }))
}

#[derive(Template)]
#[template(path = "community_form.html")]
pub(super) struct CommunityForm {
    pub(super) frame: Frame,
    pub(super) title: &'static str,
    pub(super) action: String,
    pub(super) button: &'static str,
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) guidelines: String,
    pub(super) policy: JoinPolicy,
    pub(super) error: Option<String>,
}

impl CommunityForm {
    fn policies(&self) -> Vec<(&'static str, &'static str, bool)> {
        JoinPolicy::ALL.iter().map(|one| (one.as_str(), way_in(one), *one == self.policy)).collect()
    }
}

pub(super) fn shape(sent: &Sent) -> Shape {
    Shape {
        name: sent.line("name"),
        purpose: sent.text("purpose").trim().to_owned(),
        guidelines: sent.text("guidelines").trim().to_owned(),
        join_policy: sent.line("join_policy").parse().unwrap_or(JoinPolicy::Open),
    }
}

pub(super) async fn form_again(
    sent: &Sent,
    shape: Shape,
    error: &kindred_service_kit::error::ApiError,
    like: (&'static str, String, &'static str),
) -> Response {
    let page = CommunityForm {
        frame: sent.visit.frame("communities").await,
        title: like.0,
        action: like.1,
        button: like.2,
        name: shape.name,
        purpose: shape.purpose,
        guidelines: shape.guidelines,
        policy: shape.join_policy,
        error: Some(sentence(error.message())),
    };
    (error.code().http(), html(&page)).into_response()
}

pub(super) const fn about_input(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::InvalidArgument | ErrorCode::AlreadyExists | ErrorCode::Refused)
}

/// `GET /communities/new`.
pub async fn new(visit: Visit) -> Answer<Response> {
    visit.signed()?;
    Ok(html(&CommunityForm {
        frame: visit.frame("communities").await,
        title: "New community",
        action: "/communities".to_owned(),
        button: "Make it",
        name: String::new(),
        purpose: String::new(),
        guidelines: String::new(),
        policy: JoinPolicy::Open,
        error: None,
    }))
}

/// `POST /communities`.
pub async fn create(sent: Sent) -> Answer<Response> {
    let shape = shape(&sent);
    match communities::create(sent.visit.call()?, sent.command.clone(), shape.clone()).await {
        Ok(accepted) => {
            let path = format!("/communities/{}", accepted.id.as_deref().unwrap_or_default());
            sent.done(&accepted, &path, "community")
        }
        Err(error) if about_input(error.code()) => {
            let like = ("New community", "/communities".to_owned(), "Make it");
            Ok(form_again(&sent, shape, &error, like).await)
        }
        Err(error) => Err(error.into()),
    }
}
