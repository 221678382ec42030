//! Who met whom: a mentor with somebody paired, somebody who waits for one, and two who
//! were introduced and talk.

use std::time::Duration;

use anyhow::Context as _;
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_proto::matching::mentoring_client::MentoringClient;
use kindred_proto::matching::{self as proto, PairingMood};
use kindred_proto::posting::conversations_client::ConversationsClient;
use kindred_proto::posting::{OpenConversationRequest, WriteMessageRequest};
use kindred_service_kit::caller::Role;
use kindred_service_kit::grpc::{Credentials, ServiceChannel};
use tonic::{Code, Request, Response, Status};

use super::people::Speaker;
use super::talks::Voices;
use super::{World, command};
use crate::operator::{Operator, said};

/// How often something is asked again that is late, and how long after.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(200);

/// Lets them meet.
pub(super) async fn hold(
    operator: &Operator,
    voices: &Voices,
    world: &World,
    speakers: &[Speaker],
) -> anyhow::Result<()> {
    let thyroid = |speaker: &&Speaker| speaker.community == "thyroid";
    let persona = |role: &str| -> anyhow::Result<&Speaker> {
        let person = world.personas.iter().find(|person| person.role == role);
        let found = person
            .and_then(|person| speakers.iter().filter(thyroid).find(|speaker| speaker.member_id == person.member_id));
        found.with_context(|| format!("nobody in the thyroid circle is the {role}"))
    };
    let unnamed = |speaker: &&Speaker| world.personas.iter().all(|person| person.member_id != speaker.member_id);
    let mut others = speakers.iter().filter(thyroid).filter(unnamed);
    let (friend, mentee, waiting) = (others.next(), others.next(), others.next());
    let (friend, mentee) = (friend.context("nobody else is there")?, mentee.context("nobody else is there")?);
    let talk = Talk { voices, matching: operator.channel(Role::Matching)?, posting: operator.channel(Role::Posting)? };
    talk.mentor(persona("mentor")?, persona("community manager")?, mentee, &world.communities["thyroid"]).await?;
    talk.wait(waiting.context("nobody else is there")?).await?;
    talk.meet(friend, persona("patient")?).await
}

/// Asks a client something in a speaker's name.
macro_rules! ask {
    ($talk:ident, $speaker:expr, $client:ident.$call:ident($message:ident)) => {
        $talk
            .ask($speaker, &$message, |request| {
                let mut client = $client.clone();
                async move { client.$call(request).await }
            })
            .await?
    };
}

struct Talk<'a> {
    voices: &'a Voices,
    matching: ServiceChannel,
    posting: ServiceChannel,
}

impl Talk<'_> {
    async fn mentor(
        &self,
        mentor: &Speaker,
        manager: &Speaker,
        mentee: &Speaker,
        community: &str,
    ) -> anyhow::Result<()> {
        let client = MentoringClient::new(self.matching.clone());
        let about = "Three years with it, and back at work for two. Ask me about tired days at work.".to_owned();
        let enrol = proto::EnrolMentorRequest { command_id: command(&["mentor", "enrol"]), about, capacity: 3 };
        ask!(self, mentor, client.enrol_mentor(enrol));
        let (member_id, community_id) = (mentor.member_id.clone(), community.to_owned());
        let confirm =
            proto::ConfirmTrainingRequest { command_id: command(&["mentor", "training"]), member_id, community_id };
        ask!(self, manager, client.confirm_training(confirm));
        let note = "I was told last month, and everything is new. May I ask you things?".to_owned();
        let member_id = mentor.member_id.clone();
        let request = proto::RequestPairingRequest { command_id: command(&["mentor", "request"]), member_id, note };
        let asked = ask!(self, mentee, client.request_pairing(request));
        let pairing_id = asked.pairing_id;
        let answer = proto::AnswerPairingRequest {
            command_id: command(&["mentor", "answer"]),
            pairing_id: pairing_id.clone(),
            accept: true,
        };
        ask!(self, mentor, client.answer_pairing(answer));
        let check_in = proto::CheckInRequest {
            command_id: command(&["mentor", "check in"]),
            pairing_id,
            mood: PairingMood::GoingWell.into(),
            note: "The walk in the morning helps. Thank you for that.".to_owned(),
        };
        ask!(self, mentee, client.check_in(check_in));
        Ok(())
    }

    async fn wait(&self, waiting: &Speaker) -> anyhow::Result<()> {
        let client = MentoringClient::new(self.matching.clone());
        let wait = proto::WaitForMentorRequest { command_id: command(&["mentor", "wait"]) };
        ask!(self, waiting, client.wait_for_mentor(wait));
        Ok(())
    }

    /// Two are introduced and write to each other.
    async fn meet(&self, from: &Speaker, to: &Speaker) -> anyhow::Result<()> {
        let client = MatchingClient::new(self.matching.clone());
        let note = "You wrote that evenings are hard. They are for me, too.".to_owned();
        let member_id = to.member_id.clone();
        let request = proto::RequestIntroductionRequest { command_id: command(&["meet", "ask"]), member_id, note };
        let asked = ask!(self, from, client.request_introduction(request));
        let answer = proto::AnswerIntroductionRequest {
            command_id: command(&["meet", "answer"]),
            introduction_id: asked.introduction_id,
            accept: true,
        };
        ask!(self, to, client.answer_introduction(answer));
        let client = ConversationsClient::new(self.posting.clone());
        let open = OpenConversationRequest { command_id: command(&["meet", "open"]), member_id: to.member_id.clone() };
        let opened = ask!(self, from, client.open_conversation(open));
        for (turn, (speaker, text)) in [
            (from, "Thank you for saying yes. How do you get through the hour after dinner?"),
            (to, "Slowly! I lie down for ten minutes first, and I stopped being sorry for it."),
        ]
        .into_iter()
        .enumerate()
        {
            let write = WriteMessageRequest {
                command_id: command(&["meet", "write", &turn.to_string()]),
                conversation_id: opened.conversation_id.clone(),
                text: text.to_owned(),
            };
            ask!(self, speaker, client.write_message(write));
        }
        Ok(())
    }

    /// Asks in somebody's name, again while a service is behind what was just said elsewhere.
    async fn ask<M: Clone, A, F: Future<Output = Result<Response<A>, Status>>>(
        &self,
        speaker: &Speaker,
        message: &M,
        call: impl Fn(Request<M>) -> F,
    ) -> anyhow::Result<A> {
        for _ in 1..TRIES {
            match call(Credentials::request_as(self.voices.of(speaker)?, message.clone())).await {
                Err(status) if status.code() == Code::Unavailable => tokio::time::sleep(PAUSE).await,
                answer => return Ok(answer.map_err(said)?.into_inner()),
            }
        }
        let answer = call(Credentials::request_as(self.voices.of(speaker)?, message.clone())).await;
        Ok(answer.map_err(said)?.into_inner())
    }
}
