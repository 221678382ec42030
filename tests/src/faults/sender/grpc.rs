//! Commands to the services themselves, signed as the gateway signs for whoever is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kindred::operator::Operator;
use kindred_ids::CommandId;
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_proto::membership::blocks_client::BlocksClient;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_proto::notification::notifications_client::NotificationsClient;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_proto::{common, matching, membership, notification, posting};
use kindred_service_kit::caller::{Issuer, MemberClaims, Role, SigningKey};
use kindred_service_kit::clock::{Clock as _, SystemClock};
use kindred_service_kit::grpc::{Credentials, ServiceChannel};
use tonic::{Request, Status};

use super::{Answer, DEADLINE, Receipt, of_status};
use crate::faults::action::Action;
use crate::faults::platform::Platform;
use crate::faults::world::Person;

/// How long a token of a call lives.
const LIFE: Duration = Duration::from_secs(60);

/// The four services.
#[derive(Clone)]
pub struct Services {
    operator: Operator,
    issuer: Arc<Issuer>,
    membership: ServiceChannel,
    posting: ServiceChannel,
    matching: ServiceChannel,
    notification: ServiceChannel,
}

type Answered = Result<(Option<common::Receipt>, Option<String>), Status>;

/// Sends a request and takes receipt and id out of the answer.
macro_rules! tell {
    ($client:expr, $method:ident, $request:expr) => {
        $client.$method($request).await.map(|answer| (answer.into_inner().receipt, None))
    };
    ($client:expr, $method:ident, $request:expr, $id:ident) => {
        $client.$method($request).await.map(|answer| {
            let answer = answer.into_inner();
            (answer.receipt, Some(answer.$id))
        })
    };
}

impl Services {
    /// Those of a platform.
    pub fn new(platform: &Platform) -> anyhow::Result<Self> {
        let operator = platform.operator()?;
        // The gateway's key: what is sent here is what the gateway would send.
        let key = SigningKey::load(&platform.data().join("keys/gateway.key"))?;
        Ok(Self {
            issuer: Arc::new(Issuer::new(Role::Gateway, key, SystemClock::shared())),
            membership: operator.channel(Role::Membership)?,
            posting: operator.channel(Role::Posting)?,
            matching: operator.channel(Role::Matching)?,
            notification: operator.channel(Role::Notification)?,
            operator,
        })
    }

    /// Sends a command once.
    pub async fn send(&self, person: &Person, id: CommandId, action: &Action) -> Answer {
        let (context, _) = action.lands();
        let answered = match context {
            "posting" => self.post(person, id, action).await,
            "matching" => self.introduce(person, id, action).await,
            "notification" => self.notify(person, id, action).await,
            _ => self.belong(person, id, action).await,
        };
        match answered {
            Ok((Some(common::Receipt { version, replayed, changed, .. }), made)) => {
                Answer::Accepted(Receipt { version, replayed, changed, id: made })
            }
            Ok((None, _)) => Answer::Doubt("an answer without a receipt".to_owned()),
            Err(status) => of_status(&status),
        }
    }

    fn request<M>(&self, person: &Person, message: M) -> Request<M> {
        let claims = MemberClaims {
            tenant: person.tenant.clone(),
            member: person.member,
            roles: BTreeSet::new(),
            session: person.session,
            authenticated_at: SystemClock.now(),
        };
        timed(Credentials::request_as(self.issuer.member(&claims, &BTreeSet::new(), LIFE), message))
    }

    async fn post(&self, person: &Person, id: CommandId, action: &Action) -> Answered {
        let (command_id, mut client) = (id.to_string(), ThreadsClient::new(self.posting.clone()));
        match action.clone() {
            Action::StartThread { community: community_id, title, text } => {
                let message = posting::StartThreadRequest { command_id, community_id, title, text };
                tell!(client, start_thread, self.request(person, message), thread_id)
            }
            Action::Reply { thread: thread_id, text } => {
                let message = posting::ReplyRequest { command_id, thread_id, parent_id: String::new(), text };
                tell!(client, reply, self.request(person, message), comment_id)
            }
            Action::Edit { post: post_id, text, .. } => {
                let message = posting::EditPostRequest { command_id, post_id, text, title: String::new() };
                tell!(client, edit_post, self.request(person, message))
            }
            Action::React { post: post_id, reaction } => {
                let reaction = match reaction {
                    None => posting::Reaction::Unspecified,
                    Some("hug") => posting::Reaction::Hug,
                    Some("me_too") => posting::Reaction::MeToo,
                    Some(_) => posting::Reaction::Helpful,
                };
                let message = posting::ReactRequest { command_id, post_id, reaction: reaction.into() };
                tell!(client, react, self.request(person, message))
            }
            other => Err(elsewhere(&other)),
        }
    }

    async fn introduce(&self, person: &Person, id: CommandId, action: &Action) -> Answered {
        let (command_id, mut client) = (id.to_string(), MatchingClient::new(self.matching.clone()));
        match action.clone() {
            Action::Ask { member: member_id, note } => {
                let message = matching::RequestIntroductionRequest { command_id, member_id, note };
                tell!(client, request_introduction, self.request(person, message), introduction_id)
            }
            Action::Answer { introduction: introduction_id, accept } => {
                let message = matching::AnswerIntroductionRequest { command_id, introduction_id, accept };
                tell!(client, answer_introduction, self.request(person, message))
            }
            Action::Withdraw { introduction: introduction_id } => {
                let message = matching::WithdrawIntroductionRequest { command_id, introduction_id };
                tell!(client, withdraw_introduction, self.request(person, message))
            }
            other => Err(elsewhere(&other)),
        }
    }

    async fn notify(&self, person: &Person, id: CommandId, action: &Action) -> Answered {
        let (command_id, mut client) = (id.to_string(), NotificationsClient::new(self.notification.clone()));
        match action.clone() {
            Action::MarkRead { item: item_id } => {
                tell!(client, mark_read, self.request(person, notification::MarkReadRequest { command_id, item_id }))
            }
            Action::Prefer { kind, channel, on } => {
                let kind = match kind {
                    "mention" => notification::NotificationKind::Mention,
                    "introduction_accepted" => notification::NotificationKind::IntroductionAccepted,
                    _ => notification::NotificationKind::Reply,
                };
                let channel =
                    if channel == "email" { notification::Channel::Email } else { notification::Channel::Inbox };
                let preference = notification::Preference { kind: kind.into(), channel: channel.into(), on };
                let message = notification::SetPreferenceRequest { command_id, preference: Some(preference) };
                tell!(client, set_preference, self.request(person, message))
            }
            other => Err(elsewhere(&other)),
        }
    }

    async fn belong(&self, person: &Person, id: CommandId, action: &Action) -> Answered {
        let command_id = id.to_string();
        let (none, tenant) = (String::new, person.tenant.to_string());
        let mut members = MembersClient::new(self.membership.clone());
        let mut memberships = MembershipsClient::new(self.membership.clone());
        let mut blocks = BlocksClient::new(self.membership.clone());
        match action.clone() {
            Action::Register { email, handle } => {
                let message =
                    membership::RegisterRequest { command_id, email, handle, name: none(), tenant, roles: vec![] };
                tell!(members, register, timed(self.operator.request(message)), member_id)
            }
            Action::SetConsent { matching } => {
                let (agrees, purpose) = (matching, membership::ConsentPurpose::Matching.into());
                let message =
                    membership::SetConsentRequest { command_id, agrees, purpose, member_id: none(), tenant: none() };
                tell!(members, set_consent, self.request(person, message))
            }
            Action::SetProfile { interest: value } => {
                let kind = membership::ProfileFieldKind::Interest.into();
                let visibility = membership::Visibility::Matched.into();
                let fields = vec![membership::ProfileField { kind, value, label: none(), visibility }];
                let message = membership::SetProfileRequest { command_id, fields, member_id: none(), tenant: none() };
                tell!(members, set_profile, self.request(person, message))
            }
            Action::Join { community: community_id } => {
                let message = membership::JoinRequest {
                    command_id,
                    community_id,
                    note: none(),
                    member_id: none(),
                    tenant: none(),
                };
                tell!(memberships, join, self.request(person, message))
            }
            Action::Leave { community: community_id } => {
                tell!(memberships, leave, self.request(person, membership::LeaveRequest { command_id, community_id }))
            }
            Action::Block { member: member_id } => {
                tell!(blocks, block, self.request(person, membership::BlockRequest { command_id, member_id }))
            }
            Action::Unblock { member: member_id } => {
                tell!(blocks, unblock, self.request(person, membership::UnblockRequest { command_id, member_id }))
            }
            other => Err(elsewhere(&other)),
        }
    }
}

fn timed<M>(mut request: Request<M>) -> Request<M> {
    request.set_timeout(DEADLINE);
    request
}

fn elsewhere(action: &Action) -> Status {
    Status::unimplemented(format!("{action:?} was sent to the wrong service"))
}
