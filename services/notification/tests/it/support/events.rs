//! What happens in the other services, as their logs tell it. Every field that could hold
//! somebody's words holds words of health, unsealed: worse than any real log.

use kindred_eventsourcing::{
    Actor, ChainHash, CommitMeta, EventStore, MemoryStore, NewCommit, Record, RequestHash, Write,
};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId};
use kindred_proto::common::Sealed;
use kindred_proto::{matching, membership, posting};
use kindred_service_kit::clock::{Clock as _, SystemClock};
use prost::Message;

use super::{RIVERSIDE, Town, community, key, owned, thread};

/// Words that must never be in a mail; every event holds them wherever it can.
pub const CANARIES: [&str; 6] = ["Hashimoto", "levothyroxine", "Diabetes Café", "ann-the-brave", "thyroid", "Graves"];

fn words() -> Option<Sealed> {
    let text = CANARIES.join(" ").into_bytes();
    Some(Sealed {
        key_id: text.clone().into(),
        nonce: text.clone().into(),
        ciphertext: text.clone().into(),
        fingerprint: text.into(),
    })
}

/// Appends one event to another service's log.
pub async fn append<S: EventStore>(
    log: &S,
    command_id: CommandId,
    key: EntityKey,
    event_type: &str,
    message: &impl Message,
) {
    let tail = log.tail(&key).await.unwrap();
    let meta = CommitMeta {
        command_id,
        version: tail.as_ref().map_or(1, |tail| tail.meta.version + 1),
        previous: tail.as_ref().map_or(ChainHash::START, |tail| tail.hash),
        actor: Actor(CANARIES[3].to_owned()),
        causation: None,
        correlation: command_id.as_uuid(),
        request_hash: RequestHash([0; 16]),
        at: SystemClock.now(),
        trace: None,
    };
    let data = message.encode_to_vec().into();
    let records = vec![Record { event_type: event_type.to_owned(), version: 1, data }];
    let expected = tail.map_or(0, |tail| tail.sequence);
    log.append(vec![Write { key, expected, commit: NewCommit { meta, records } }]).await.unwrap();
}

async fn publish(town: &Town, log: &MemoryStore, key: EntityKey, event_type: &str, message: &impl Message) {
    append(log, town.command(), key, event_type, message).await;
}

/// A reply to a thread of `began`.
pub fn comment(
    number: u32,
    began: MemberId,
    author: MemberId,
    mentioned: &[MemberId],
) -> (EntityKey, posting::CommentPosted) {
    let posted = posting::CommentPosted {
        community_id: community().to_string(),
        thread_id: thread(1).to_string(),
        thread_author_id: began.to_string(),
        author_id: author.to_string(),
        text: words(),
        mentioned_ids: texts(mentioned),
        at: 1,
        ..Default::default()
    };
    (key(RIVERSIDE, "comment", owned("comment", number, community().0)), posted)
}

pub fn erased(member: MemberId) -> (EntityKey, membership::MemberErased) {
    let erased = membership::MemberErased { data_key_id: vec![7; 16].into(), at: 1 };
    (key(RIVERSIDE, "member", member), erased)
}

fn texts(members: &[MemberId]) -> Vec<String> {
    members.iter().map(ToString::to_string).collect()
}

impl Town {
    /// Somebody begins a thread that names others.
    pub async fn start_thread(&self, number: u32, author: MemberId, mentioned: &[MemberId]) {
        let started = posting::ThreadStarted {
            community_id: community().to_string(),
            author_id: author.to_string(),
            title: words(),
            text: words(),
            mentioned_ids: texts(mentioned),
            at: 1,
            ..Default::default()
        };
        publish(self, &self.posting, key(RIVERSIDE, "thread", thread(number)), "ThreadStarted", &started).await;
    }

    /// Somebody answers a thread of `began`.
    pub async fn reply(&self, number: u32, began: MemberId, author: MemberId, mentioned: &[MemberId]) {
        let (key, posted) = comment(number, began, author, mentioned);
        publish(self, &self.posting, key, "CommentPosted", &posted).await;
    }

    /// Somebody writes to another in a conversation; which.
    pub async fn write(&self, number: u32, from: MemberId, to: MemberId) -> EntityId {
        let conversation = owned("conversation", 1, from.0);
        let written = posting::MessageWritten {
            conversation_id: conversation.to_string(),
            from_member_id: from.to_string(),
            to_member_id: to.to_string(),
            text: words(),
            at: 1,
        };
        let id = owned("message", number, from.0);
        publish(self, &self.posting, key(RIVERSIDE, "message", id), "MessageWritten", &written).await;
        conversation
    }

    /// Somebody asks to be introduced.
    pub async fn ask(&self, number: u32, from: MemberId, to: MemberId) -> EntityId {
        let requested = matching::IntroductionRequested {
            from_member_id: from.to_string(),
            to_member_id: to.to_string(),
            note: words(),
            at: 1,
        };
        let id = owned("introduction", number, from.0);
        publish(self, &self.matching, key(RIVERSIDE, "introduction", id), "IntroductionRequested", &requested).await;
        id
    }

    pub async fn answer(&self, introduction: EntityId, from: MemberId, to: MemberId, event_type: &str) {
        let answered =
            matching::IntroductionAccepted { from_member_id: from.to_string(), to_member_id: to.to_string(), at: 1 };
        publish(self, &self.matching, key(RIVERSIDE, "introduction", introduction), event_type, &answered).await;
    }

    /// One asks another to mentor them, and is answered by an event of this type.
    pub async fn pair(&self, number: u32, mentee: MemberId, mentor: MemberId, answer: &str) {
        let (mentee_id, mentor_id, at) = (mentee.to_string(), mentor.to_string(), 1);
        let key = key(RIVERSIDE, "pairing", owned("pairing", number, mentee.0));
        let (mentee, mentor) = (mentee_id.clone(), mentor_id.clone());
        let requested = matching::PairingRequested {
            mentee_id,
            mentor_id,
            note: words(),
            at,
            ..matching::PairingRequested::default()
        };
        publish(self, &self.matching, key.clone(), "PairingRequested", &requested).await;
        let answered = matching::PairingDeclined { mentee_id: mentee, mentor_id: mentor, at };
        publish(self, &self.matching, key, answer, &answered).await;
    }

    /// Staff decides about somebody who asked to join.
    pub async fn decide_join(&self, number: u32, member: MemberId, by: MemberId, admitted: bool) {
        let id = owned("membership", number, community().0);
        let (community_id, member_id) = (community().to_string(), member.to_string());
        let key = key(RIVERSIDE, "membership", id);
        if admitted {
            let joined = membership::MemberJoined { community_id, member_id, admitted_by: by.to_string(), at: 1 };
            publish(self, &self.membership, key, "MemberJoined", &joined).await;
        } else {
            let declined = membership::JoinDeclined { community_id, member_id, declined_by: by.to_string(), at: 1 };
            publish(self, &self.membership, key, "JoinDeclined", &declined).await;
        }
    }

    pub async fn block(&self, member: MemberId, blocked: MemberId) {
        let event = membership::MemberBlocked { member_id: member.to_string(), blocked_id: blocked.to_string(), at: 1 };
        publish(self, &self.membership, block_key(member, blocked), "MemberBlocked", &event).await;
    }

    pub async fn unblock(&self, member: MemberId, blocked: MemberId) {
        let event =
            membership::MemberUnblocked { member_id: member.to_string(), blocked_id: blocked.to_string(), at: 1 };
        publish(self, &self.membership, block_key(member, blocked), "MemberUnblocked", &event).await;
    }

    pub async fn erase(&self, member: MemberId) {
        let (key, erased) = erased(member);
        publish(self, &self.membership, key, "MemberErased", &erased).await;
    }
}

fn block_key(member: MemberId, blocked: MemberId) -> EntityKey {
    let parts: [&[u8]; 2] = [member.0.as_bytes(), blocked.0.as_bytes()];
    key(RIVERSIDE, "block", EntityId::keyed(RIVERSIDE, "block", &parts, member.0))
}
