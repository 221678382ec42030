//! What the people say, each in their own name.

use std::collections::BTreeSet;
use std::time::Duration;

use kindred_ids::{CommandId, MemberId, SessionId, TenantSlug};
use kindred_proto::posting as proto;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_service_kit::caller::{Issuer, MemberClaims, Role, SigningKey, Token};
use kindred_service_kit::clock::{Clock as _, SystemClock};
use kindred_service_kit::grpc::{Credentials, ServiceChannel};

use super::people::Speaker;
use super::{World, command};
use crate::demo::settings::Layout;
use crate::demo::words::{TALKS, Talk};
use crate::operator::{Operator, said};

/// Holds every conversation: speakers take turns.
pub(super) async fn hold(
    operator: &Operator,
    voices: &Voices,
    world: &World,
    speakers: &[Speaker],
) -> anyhow::Result<()> {
    let channel = operator.channel(Role::Posting)?;
    for (number, talk) in TALKS.iter().enumerate() {
        let present: Vec<&Speaker> = speakers.iter().filter(|speaker| speaker.community == talk.community).collect();
        one(voices, &channel, world, talk, number, &present).await?;
    }
    Ok(())
}

async fn one(
    voices: &Voices,
    channel: &ServiceChannel,
    world: &World,
    talk: &Talk,
    number: usize,
    present: &[&Speaker],
) -> anyhow::Result<()> {
    let mut client = ThreadsClient::new(channel.clone());
    let speaker = |turn: usize| present[(number + turn) % present.len()];
    let start = proto::StartThreadRequest {
        command_id: command(&["thread", talk.title]),
        community_id: world.communities[talk.community].clone(),
        title: talk.title.to_owned(),
        text: talk.text.to_owned(),
    };
    let started = client.start_thread(Credentials::request_as(voices.of(speaker(0))?, start)).await.map_err(said)?;
    let thread_id = started.into_inner().thread_id;
    for (turn, words) in talk.replies.iter().enumerate() {
        let reply = proto::ReplyRequest {
            command_id: command(&["reply", talk.title, &turn.to_string()]),
            thread_id: thread_id.clone(),
            parent_id: String::new(),
            text: (*words).to_owned(),
        };
        let replied =
            client.reply(Credentials::request_as(voices.of(speaker(turn + 1))?, reply)).await.map_err(said)?;
        let post_id = replied.into_inner().comment_id;
        let react = proto::ReactRequest {
            command_id: command(&["react", talk.title, &turn.to_string()]),
            post_id,
            reaction: proto::Reaction::Helpful.into(),
        };
        client.react(Credentials::request_as(voices.of(speaker(0))?, react)).await.map_err(said)?;
    }
    Ok(())
}

/// People's own names: the demo speaks as the gateway does for whoever is signed in.
pub(super) struct Voices {
    issuer: Issuer,
}

impl Voices {
    /// With the gateway's key.
    pub(super) fn new(layout: &Layout) -> anyhow::Result<Self> {
        let key = SigningKey::load(&layout.data.join("keys").join("gateway.key"))?;
        Ok(Self { issuer: Issuer::new(Role::Gateway, key, SystemClock::shared()) })
    }

    pub(super) fn of(&self, speaker: &Speaker) -> anyhow::Result<Token> {
        let tenant: TenantSlug = speaker.tenant.parse()?;
        let member: MemberId = speaker.member_id.parse()?;
        let session = kindred_ids::derive_owned_id(
            speaker.tenant,
            "demo",
            CommandId::derived(&[b"voice"]),
            "session",
            0,
            member.0,
        );
        let claims = MemberClaims {
            tenant,
            member,
            roles: BTreeSet::new(),
            session: SessionId(session),
            authenticated_at: SystemClock.now(),
        };
        Ok(self.issuer.member(&claims, &BTreeSet::new(), Duration::from_secs(60)))
    }
}
