//! What mentors and mentees do.

use kindred_eventsourcing::{Decider as _, EventStore, Executor, Receipt};
use kindred_ids::{EntityKey, MemberId, PairingId, RoundId, TenantSlug};
use kindred_matching::application::{Application, NewCheckIn, NewOffer, Question};
use kindred_matching::domain::check_in::Mood;
use kindred_matching::domain::mentor_wait::{Wait, mentor_wait_id};
use kindred_matching::domain::pairing::{Reason, Standing, pairing_id};
use kindred_matching::domain::round::{Mode, Proposal};
use kindred_matching::domain::{MentorWait, Pairing, Round};
use kindred_proto::common::Page;
use kindred_proto::matching as wire;
use kindred_proto::matching::mentoring_server::Mentoring as _;
use kindred_service_kit::error::ApiError;

use super::database::Desk;
use super::{Person, Town};

impl Town {
    pub async fn enrol(&self, mentor: &Person, about: &str, capacity: u32) -> Result<Receipt, ApiError> {
        self.enrol_at(&self.application, mentor, about, capacity).await
    }

    /// At one of several replicas.
    pub async fn enrol_at<S: EventStore>(
        &self,
        application: &Application<S>,
        mentor: &Person,
        about: &str,
        capacity: u32,
    ) -> Result<Receipt, ApiError> {
        let new = NewOffer::read(self.command(), about, capacity)?;
        application.enrol_mentor(&mentor.caller, &new).await
    }

    /// Somebody who mentors this many at once, trained.
    pub async fn mentor(&self, capacity: u32) -> Person {
        self.mentor_at(&self.application, capacity).await
    }

    pub async fn mentor_at<S: EventStore>(&self, application: &Application<S>, capacity: u32) -> Person {
        let (mentor, staff) = (self.member(&[]).await, self.administrator().await);
        self.enrol_at(application, &mentor, "Diet and sleep", capacity).await.unwrap();
        application.confirm_training(&staff.caller, self.command(), mentor.id, None).await.unwrap();
        mentor
    }

    pub async fn train(&self, mentor: &Person) -> Receipt {
        let staff = self.administrator().await;
        self.application.confirm_training(&staff.caller, self.command(), mentor.id, None).await.unwrap()
    }

    pub async fn pause(&self, mentor: &Person, paused: bool) -> Result<Receipt, ApiError> {
        self.application.pause_mentoring(&mentor.caller, self.command(), paused).await
    }

    pub async fn resize(&self, mentor: &Person, capacity: u32) -> Result<Receipt, ApiError> {
        self.application.change_capacity(&mentor.caller, self.command(), capacity).await
    }

    pub async fn ask_mentor(
        &self,
        mentee: &Person,
        mentor: MemberId,
        note: &str,
    ) -> Result<(Receipt, PairingId), ApiError> {
        let new = Question::read(self.command(), mentor, note)?;
        self.application.request_pairing(&mentee.caller, &new).await
    }

    pub async fn reply(&self, mentor: &Person, id: PairingId, accept: bool) -> Result<Receipt, ApiError> {
        self.application.answer_pairing(&mentor.caller, self.command(), id, accept).await
    }

    /// Two who are paired.
    pub async fn pair(&self, mentee: &Person, mentor: &Person) -> PairingId {
        let (_, id) = self.ask_mentor(mentee, mentor.id, "").await.unwrap();
        self.reply(mentor, id, true).await.unwrap();
        id
    }

    pub async fn take_back(&self, mentee: &Person, id: PairingId) -> Result<Receipt, ApiError> {
        self.application.withdraw_pairing(&mentee.caller, self.command(), id).await
    }

    pub async fn end(&self, by: &Person, id: PairingId, reason: Reason) -> Result<Receipt, ApiError> {
        self.application.end_pairing(&by.caller, self.command(), id, reason).await
    }

    pub async fn say(&self, by: &Person, id: PairingId, mood: Mood, note: &str) -> Result<Receipt, ApiError> {
        let new = NewCheckIn::read(self.command(), id, mood, note)?;
        self.application.check_in(&by.caller, &new).await
    }
}

impl Town {
    /// Somebody who waits for a mentor.
    pub async fn waiting(&self) -> Person {
        let mentee = self.member(&[]).await;
        self.wait(&mentee).await.unwrap();
        mentee
    }

    pub async fn wait(&self, mentee: &Person) -> Result<Receipt, ApiError> {
        self.application.wait_for_mentor(&mentee.caller, self.command()).await
    }

    pub async fn stop_waiting(&self, mentee: &Person) -> Result<Receipt, ApiError> {
        self.application.stop_waiting(&mentee.caller, self.command()).await
    }

    /// An administrator starts a round.
    pub async fn round(&self, mode: Mode) -> RoundId {
        let staff = self.administrator().await;
        self.application.run_round(&staff.caller, self.command(), None, mode).await.unwrap().1
    }

    /// What the log says of a question to a mentor.
    pub async fn asked(&self, mentee: &Person, mentor: &Person) -> Option<Standing> {
        let id = pairing_id(&mentee.tenant, mentee.id, mentor.id);
        let key = EntityKey::new(mentee.tenant.clone(), Pairing::CATEGORY, id);
        let executor = Executor::new(self.store.clone(), 1);
        executor.load::<Pairing>(&key).await.unwrap().state.asked().map(|asked| asked.standing)
    }

    /// What the log says of somebody who waits.
    pub async fn wait_of(&self, mentee: &Person) -> Option<Wait> {
        let key =
            EntityKey::new(mentee.tenant.clone(), MentorWait::CATEGORY, mentor_wait_id(&mentee.tenant, mentee.id));
        Executor::new(self.store.clone(), 1).load::<MentorWait>(&key).await.unwrap().state.wait().copied()
    }

    /// What a round proposes, once it has finished.
    pub async fn outcome(&self, tenant: &TenantSlug, round: RoundId) -> Option<Vec<Proposal>> {
        let key = EntityKey::new(tenant.clone(), Round::CATEGORY, round);
        let loaded = Executor::new(self.store.clone(), 1).load::<Round>(&key).await.unwrap();
        loaded.state.outcome().map(<[Proposal]>::to_vec)
    }
}

impl Desk {
    /// What staff read of those who wait.
    pub async fn queue(&self, by: &Person, token: &str) -> wire::MentorQueue {
        let message = wire::ListMentorLoadsRequest { community_id: String::new() };
        let answer = self.mentoring.list_mentor_loads(self.request(by, token, message)).await;
        answer.unwrap().into_inner().queue.unwrap()
    }

    /// Since when somebody has been waiting, as they are told.
    pub async fn since(&self, by: &Person, token: &str) -> i64 {
        let request = self.request(by, token, wire::GetWaitingRequest {});
        let answer = self.mentoring.get_waiting(request).await.unwrap().into_inner();
        assert!(!answer.stale, "the read model does not catch up");
        answer.since
    }

    /// The mentors who have a place for somebody, once what is behind `token` is read.
    pub async fn mentors(&self, by: &Person, token: &str) -> Vec<wire::FreeMentor> {
        let request = self.request(by, token, wire::ListMentorsRequest { limit: 0 });
        let answer = self.mentoring.list_mentors(request).await.unwrap().into_inner();
        assert!(!answer.stale, "the read model does not catch up");
        answer.mentors
    }

    /// Who they are.
    pub async fn free(&self, by: &Person, token: &str) -> Vec<String> {
        self.mentors(by, token).await.into_iter().map(|mentor| mentor.member_id).collect()
    }

    pub async fn offer(&self, by: &Person, token: &str) -> Option<wire::MentorOffer> {
        let answer = self.mentoring.get_mentor(self.request(by, token, wire::GetMentorRequest {})).await;
        answer.unwrap().into_inner().offer
    }

    pub async fn loads(&self, by: &Person, token: &str, community_id: &str) -> Result<Vec<wire::MentorLoad>, ApiError> {
        let message = wire::ListMentorLoadsRequest { community_id: community_id.to_owned() };
        let answer = self.mentoring.list_mentor_loads(self.request(by, token, message)).await;
        Ok(answer.map_err(ApiError::from)?.into_inner().mentors)
    }

    pub async fn pairings(&self, by: &Person, after: &Receipt) -> Vec<wire::Pairing> {
        self.pairings_at(by, &self.token(after)).await
    }

    pub async fn pairings_at(&self, by: &Person, token: &str) -> Vec<wire::Pairing> {
        let message = wire::ListPairingsRequest { page: Some(Page::default()) };
        let answer = self.mentoring.list_pairings(self.request(by, token, message)).await;
        let answer = answer.unwrap().into_inner();
        assert!(!answer.stale, "the read model does not catch up");
        answer.pairings
    }
}
