//! Who is told of an event of another context: at most one notice per person.

use kindred_ids::{CommentId, CommunityId, ConversationId, EntityId, MemberId, ThreadId};
use uuid::Uuid;

use super::notice::{Kind, Notice};

/// A post, as far as it concerns who is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The event that told of it.
    pub source: Uuid,
    /// Who wrote it.
    pub author: MemberId,
    /// Where.
    pub community: CommunityId,
    /// In which thread; itself, if it began one.
    pub thread: ThreadId,
    /// The reply, if it did not begin a thread.
    pub comment: Option<CommentId>,
    /// Whom it answers: the author of the thread and of the reply above, if any.
    pub answered: Vec<MemberId>,
    /// Whose names are in it.
    pub mentioned: Vec<MemberId>,
}

impl Post {
    /// One notice for each person named or answered but the author; being named wins over
    /// being answered.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let named = self.mentioned.iter().map(|member| (*member, Kind::Mention));
        let answered = self.answered.iter().map(|member| (*member, Kind::Reply));
        let mut notices: Vec<Notice> = Vec::new();
        for (member, kind) in named.chain(answered) {
            let told = notices.iter().any(|notice| notice.member == member);
            if member != self.author && !told {
                notices.push(self.notice(member, kind));
            }
        }
        notices
    }

    fn notice(&self, member: MemberId, kind: Kind) -> Notice {
        Notice {
            member,
            kind,
            actor: self.author,
            subject: self.comment.map_or(self.thread.0, |comment| comment.0),
            thread: Some(self.thread),
            community: Some(self.community),
            declined: false,
            source: self.source,
        }
    }
}

/// Two members of whom one asked the other to meet, or to mentor them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The event that told of it.
    pub source: Uuid,
    /// Which introduction or pairing.
    pub id: EntityId,
    /// Who asked.
    pub from: MemberId,
    /// Who was asked.
    pub to: MemberId,
}

impl Question {
    /// The one who is asked hears of it.
    #[must_use]
    pub fn requested(&self, kind: Kind) -> Option<Notice> {
        self.notice(self.to, self.from, kind)
    }

    /// The one who asked hears of a yes; of a no nobody hears.
    #[must_use]
    pub fn accepted(&self, kind: Kind) -> Option<Notice> {
        self.notice(self.from, self.to, kind)
    }

    fn notice(&self, member: MemberId, actor: MemberId, kind: Kind) -> Option<Notice> {
        let (subject, source) = (self.id, self.source);
        let notice = Notice { member, kind, actor, subject, thread: None, community: None, declined: false, source };
        (member != actor).then_some(notice)
    }
}

/// A message of one member to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// The event that told of it.
    pub source: Uuid,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub from: MemberId,
    /// To whom.
    pub to: MemberId,
}

impl Message {
    /// The one it is for hears of it.
    #[must_use]
    pub fn notice(&self) -> Option<Notice> {
        let notice = Notice {
            member: self.to,
            kind: Kind::Message,
            actor: self.from,
            subject: self.conversation.0,
            thread: None,
            community: None,
            declined: false,
            source: self.source,
        };
        (self.to != self.from).then_some(notice)
    }
}

/// A decision about who may join a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinDecision {
    /// The event that told of it.
    pub source: Uuid,
    /// Who asked to join.
    pub member: MemberId,
    /// Who decided.
    pub decided_by: MemberId,
    /// About which community.
    pub community: CommunityId,
    /// Whether it was no.
    pub declined: bool,
}

impl JoinDecision {
    /// The one who asked hears of it, and nobody else.
    #[must_use]
    pub fn notice(&self) -> Option<Notice> {
        let notice = Notice {
            member: self.member,
            kind: Kind::JoinDecided,
            actor: self.decided_by,
            subject: EntityId::from(self.community),
            thread: None,
            community: Some(self.community),
            declined: self.declined,
            source: self.source,
        };
        (self.member != self.decided_by).then_some(notice)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{community, event, member, thread};

    fn post(author: u8, answered: &[u8], mentioned: &[u8]) -> Post {
        Post {
            source: event(1),
            author: member(author),
            community: community(1),
            thread: thread(1),
            comment: Some(CommentId(thread(2).0)),
            answered: answered.iter().copied().map(member).collect(),
            mentioned: mentioned.iter().copied().map(member).collect(),
        }
    }

    fn told(post: &Post) -> Vec<(MemberId, Kind)> {
        post.notices().iter().map(|notice| (notice.member, notice.kind)).collect()
    }

    #[test]
    fn a_reply_tells_the_authors_of_thread_and_reply() {
        assert_eq!(told(&post(1, &[2, 3], &[])), [(member(2), Kind::Reply), (member(3), Kind::Reply)]);
    }

    #[test]
    fn a_mention_wins_over_a_reply() {
        assert_eq!(told(&post(1, &[2, 2], &[2])), [(member(2), Kind::Mention)]);
    }

    #[test]
    fn nobody_hears_of_themselves() {
        assert_eq!(told(&post(1, &[1], &[1])), []);
        let alone = Question { source: event(1), id: thread(1).0, from: member(1), to: member(1) };
        let (asked, accepted) = (Kind::IntroductionRequested, Kind::IntroductionAccepted);
        assert_eq!((alone.requested(asked), alone.accepted(accepted)), (None, None));
        let conversation = ConversationId(thread(1).0);
        let note = Message { source: event(1), conversation, from: member(1), to: member(1) };
        assert_eq!(note.notice(), None);
    }

    #[test]
    fn a_notice_says_what_it_is_about() {
        let reply = post(1, &[2], &[]).notices().remove(0);
        assert_eq!((reply.subject, reply.thread, reply.community), (thread(2).0, Some(thread(1)), Some(community(1))));
        let start = Post { comment: None, ..post(1, &[], &[2]) }.notices().remove(0);
        assert_eq!(start.subject, thread(1).0);
    }

    #[test]
    fn each_side_of_a_question_hears_what_the_other_did() {
        let pair = Question { source: event(1), id: thread(1).0, from: member(1), to: member(2) };
        let asked = pair.requested(Kind::IntroductionRequested).expect("told");
        assert_eq!((asked.member, asked.actor, asked.kind), (member(2), member(1), Kind::IntroductionRequested));
        let accepted = pair.accepted(Kind::PairingAccepted).expect("told");
        assert_eq!((accepted.member, accepted.actor, accepted.kind), (member(1), member(2), Kind::PairingAccepted));
    }

    proptest! {
        #[test]
        fn everybody_hears_at_most_once(answered in proptest::collection::vec(0u8..6, 0..4), mentioned in proptest::collection::vec(0u8..6, 0..8)) {
            let mut people: Vec<_> = told(&post(1, &answered, &mentioned)).into_iter().map(|(member, _)| member).collect();
            people.sort_unstable();
            let count = people.len();
            people.dedup();
            prop_assert_eq!(people.len(), count);
            prop_assert!(!people.contains(&member(1)));
        }
    }
}
