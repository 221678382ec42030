//! Mentors, and who is paired with whom.

use kindred_proto::matching::mentoring_server::{Mentoring, MentoringServer};
use kindred_proto::matching::*;
use kindred_proto::membership::{CommunityRole, TenantRole};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::matching::reasons;
use super::{Answer, Fake, Offer, Who, World, id, part};

pub fn mentoring(fake: Fake) -> MentoringServer<Fake> {
    MentoringServer::new(fake)
}

impl World {
    fn active(&self, mentor: &str) -> u32 {
        let own = self.pairings.values().filter(|one| one.mentor_id == mentor);
        own.filter(|one| one.state() == PairingState::Active).count() as u32
    }

    fn offer(&mut self, member: &str) -> Result<&mut Offer, Status> {
        let unknown = || Status::from(ApiError::not_found("MENTOR_UNKNOWN", "there is no such mentor"));
        self.offers.get_mut(member).ok_or_else(unknown)
    }

    fn pairing(&mut self, key: &str, who: &Who) -> Result<&mut Pairing, Status> {
        let unknown = || Status::from(ApiError::not_found("PAIRING_UNKNOWN", "there is no such pairing"));
        let pairing = self.pairings.get_mut(key).ok_or_else(unknown)?;
        let own = [&pairing.mentee_id, &pairing.mentor_id].contains(&&who.member);
        own.then_some(pairing).ok_or_else(unknown)
    }

    fn mentor_staff(&self, who: &Who, community: &str) -> Result<(), Status> {
        let runs = self.person(&who.member, who)?.roles.contains(&TenantRole::Administrator);
        let manages = self.role(community, &who.member) == Some(CommunityRole::Manager);
        let denied = || ApiError::denied("MENTOR_STAFF_ONLY", "only administrators and managers may do this").into();
        (runs || manages).then_some(()).ok_or_else(denied)
    }
}

/// As the reader may know it: the mentee does not learn of a no, nor the other of a reason.
fn seen(pairing: &Pairing, who: &Who) -> Pairing {
    let mut seen = pairing.clone();
    if seen.state() == PairingState::Declined && seen.mentee_id == who.member {
        seen.set_state(PairingState::Open);
    }
    seen
}

#[tonic::async_trait]
impl Mentoring for Fake {
    async fn enrol_mentor(&self, request: Request<EnrolMentorRequest>) -> Answer<EnrolMentorResponse> {
        let (who, ask) = self.enter("EnrolMentor", request)?;
        input::bounded_text("about", &ask.about, 500)?;
        if !(1..=20).contains(&ask.capacity) {
            let what = "`capacity` must be 1 to 20";
            return Err(ApiError::invalid("capacity", "CAPACITY_OUT_OF_RANGE", what).into());
        }
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let trained = world.offers.get(&who.member).is_some_and(|offer| offer.trained);
        let offer = Offer { about: ask.about, capacity: ask.capacity, trained, paused: false };
        world.offers.insert(who.member, offer);
        Ok(Response::new(EnrolMentorResponse { receipt: Some(receipt) }))
    }

    async fn change_capacity(&self, request: Request<ChangeCapacityRequest>) -> Answer<ChangeCapacityResponse> {
        let (who, ask) = self.enter("ChangeCapacity", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.offer(&who.member)?.capacity = ask.capacity;
        Ok(Response::new(ChangeCapacityResponse { receipt: Some(receipt) }))
    }

    async fn pause_mentoring(&self, request: Request<PauseMentoringRequest>) -> Answer<PauseMentoringResponse> {
        let (who, ask) = self.enter("PauseMentoring", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.offer(&who.member)?.paused = ask.paused;
        Ok(Response::new(PauseMentoringResponse { receipt: Some(receipt) }))
    }

    async fn leave_mentoring(&self, request: Request<LeaveMentoringRequest>) -> Answer<LeaveMentoringResponse> {
        let (who, ask) = self.enter("LeaveMentoring", request)?;
        let mut world = self.world();
        world.offer(&who.member)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.offers.remove(&who.member);
        Ok(Response::new(LeaveMentoringResponse { receipt: Some(receipt) }))
    }

    async fn confirm_training(&self, request: Request<ConfirmTrainingRequest>) -> Answer<ConfirmTrainingResponse> {
        let (who, ask) = self.enter("ConfirmTraining", request)?;
        let mut world = self.world();
        world.mentor_staff(&who, &ask.community_id)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.offer(&ask.member_id)?.trained = true;
        Ok(Response::new(ConfirmTrainingResponse { receipt: Some(receipt) }))
    }

    async fn get_mentor(&self, request: Request<GetMentorRequest>) -> Answer<GetMentorResponse> {
        let (who, _) = self.enter("GetMentor", request)?;
        let world = self.world();
        let offer = world.offers.get(&who.member).cloned().map(|offer| MentorOffer {
            about: offer.about,
            capacity: offer.capacity,
            trained: offer.trained,
            paused: offer.paused,
            active: world.active(&who.member),
        });
        Ok(Response::new(GetMentorResponse { offer, stale: world.stale }))
    }

    async fn list_mentors(&self, request: Request<ListMentorsRequest>) -> Answer<ListMentorsResponse> {
        let (who, _) = self.enter("ListMentors", request)?;
        let world = self.world();
        let asked = |key: &str| world.pairings.values().any(|one| one.mentee_id == who.member && one.mentor_id == key);
        let free = world.offers.iter().filter(|(key, offer)| {
            **key != who.member && offer.trained && !offer.paused && world.active(key) < offer.capacity && !asked(key)
        });
        let mentors = free.map(|(key, offer)| {
            let reasons = reasons(&world, &who.member, key, "en");
            let both = |one: &&String| world.role(one, key).is_some() && world.role(one, &who.member).is_some();
            FreeMentor {
                member_id: key.clone(),
                about: offer.about.clone(),
                free: offer.capacity - world.active(key),
                score: reasons.iter().map(|reason| reason.weight).sum(),
                reasons,
                community_ids: world.circles.keys().filter(both).cloned().collect(),
            }
        });
        Ok(Response::new(ListMentorsResponse { mentors: mentors.collect(), stale: world.stale }))
    }

    async fn request_pairing(&self, request: Request<RequestPairingRequest>) -> Answer<RequestPairingResponse> {
        let (who, ask) = self.enter("RequestPairing", request)?;
        input::optional_text("note", &ask.note, 500)?;
        let mut world = self.world();
        if world.offer(&ask.member_id)?.paused {
            return Err(ApiError::refused("MENTOR_BUSY", "this mentor takes nobody new at the moment").into());
        }
        let made = id(0x9a, 100 + world.pairings.len() as u32);
        let (receipt, pairing_id) = world.accept(&ask.command_id, &made)?;
        let pairing = Pairing {
            pairing_id: pairing_id.clone(),
            mentee_id: who.member,
            mentor_id: ask.member_id,
            state: PairingState::Open.into(),
            note: ask.note,
            asked_at: world.now(),
            ..Pairing::default()
        };
        world.pairings.insert(pairing_id.clone(), pairing);
        Ok(Response::new(RequestPairingResponse { receipt: Some(receipt), pairing_id }))
    }

    async fn answer_pairing(&self, request: Request<AnswerPairingRequest>) -> Answer<AnswerPairingResponse> {
        let (who, ask) = self.enter("AnswerPairing", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let now = world.now();
        let pairing = world.pairing(&ask.pairing_id, &who)?;
        pairing.set_state(if ask.accept { PairingState::Active } else { PairingState::Declined });
        pairing.accepted_at = if ask.accept { now } else { 0 };
        Ok(Response::new(AnswerPairingResponse { receipt: Some(receipt) }))
    }

    async fn withdraw_pairing(&self, request: Request<WithdrawPairingRequest>) -> Answer<WithdrawPairingResponse> {
        let (who, ask) = self.enter("WithdrawPairing", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.pairing(&ask.pairing_id, &who)?.set_state(PairingState::Withdrawn);
        Ok(Response::new(WithdrawPairingResponse { receipt: Some(receipt) }))
    }

    async fn end_pairing(&self, request: Request<EndPairingRequest>) -> Answer<EndPairingResponse> {
        let (who, ask) = self.enter("EndPairing", request)?;
        if ask.reason() == PairingEnd::Unspecified {
            return Err(ApiError::invalid("reason", "VALUE_UNKNOWN", "`reason` is none of the known values").into());
        }
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.pairing(&ask.pairing_id, &who)?.set_state(PairingState::Ended);
        Ok(Response::new(EndPairingResponse { receipt: Some(receipt) }))
    }

    async fn check_in(&self, request: Request<CheckInRequest>) -> Answer<CheckInResponse> {
        let (who, ask) = self.enter("CheckIn", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let said = Some(CheckInView { mood: ask.mood, note: ask.note.clone(), at: world.now() });
        let pairing = world.pairing(&ask.pairing_id, &who)?;
        let mentors = pairing.mentor_id == who.member;
        *(if mentors { &mut pairing.mentor_check_in } else { &mut pairing.mentee_check_in }) = said;
        Ok(Response::new(CheckInResponse { receipt: Some(receipt) }))
    }

    async fn list_pairings(&self, request: Request<ListPairingsRequest>) -> Answer<ListPairingsResponse> {
        let (who, ask) = self.enter("ListPairings", request)?;
        let world = self.world();
        let own = world.pairings.values().filter(|one| [&one.mentee_id, &one.mentor_id].contains(&&who.member));
        let (pairings, next_cursor) = part(own.map(|one| seen(one, &who)).collect(), ask.page)?;
        Ok(Response::new(ListPairingsResponse { pairings, next_cursor, stale: world.stale }))
    }

    async fn wait_for_mentor(&self, request: Request<WaitForMentorRequest>) -> Answer<WaitForMentorResponse> {
        let (who, ask) = self.enter("WaitForMentor", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let now = world.now();
        world.waits.entry(who.member).or_insert(now);
        Ok(Response::new(WaitForMentorResponse { receipt: Some(receipt) }))
    }

    async fn stop_waiting(&self, request: Request<StopWaitingRequest>) -> Answer<StopWaitingResponse> {
        let (who, ask) = self.enter("StopWaiting", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.waits.remove(&who.member);
        Ok(Response::new(StopWaitingResponse { receipt: Some(receipt) }))
    }

    async fn get_waiting(&self, request: Request<GetWaitingRequest>) -> Answer<GetWaitingResponse> {
        let (who, _) = self.enter("GetWaiting", request)?;
        let world = self.world();
        let since = world.waits.get(&who.member).copied().unwrap_or_default();
        Ok(Response::new(GetWaitingResponse { since, stale: world.stale }))
    }

    async fn run_mentor_round(&self, request: Request<RunMentorRoundRequest>) -> Answer<RunMentorRoundResponse> {
        let (who, ask) = self.enter("RunMentorRound", request)?;
        if ask.mode() == RoundMode::Unspecified {
            return Err(ApiError::invalid("mode", "VALUE_UNKNOWN", "`mode` is none of the known values").into());
        }
        let mut world = self.world();
        world.mentor_staff(&who, &ask.community_id)?;
        let made = id(0xf0, world.rounds.len() as u32);
        let (receipt, round_id) = world.accept(&ask.command_id, &made)?;
        let (now, waiting) = (world.now(), world.waits.len() as u32);
        let longest = world.waits.values().min().map_or(0, |since| (now - since).unsigned_abs());
        world.rounds.push(MentorRound {
            round_id: round_id.clone(),
            mode: ask.mode,
            started_at: now,
            finished_at: now,
            waiting,
            mentors: 2,
            places: 4,
            proposed: waiting,
            accepted: 0,
            longest_wait_millis: longest,
        });
        Ok(Response::new(RunMentorRoundResponse { receipt: Some(receipt), round_id }))
    }

    async fn list_mentor_loads(&self, request: Request<ListMentorLoadsRequest>) -> Answer<ListMentorLoadsResponse> {
        let (who, ask) = self.enter("ListMentorLoads", request)?;
        let world = self.world();
        world.mentor_staff(&who, &ask.community_id)?;
        let inside = |key: &str| ask.community_id.is_empty() || world.role(&ask.community_id, key).is_some();
        let mentors = world.offers.iter().filter(|(key, _)| inside(key)).map(|(key, offer)| MentorLoad {
            member_id: key.clone(),
            capacity: offer.capacity,
            active: world.active(key),
            recent: world.active(key),
            trained: offer.trained,
            paused: offer.paused,
        });
        let queue = MentorQueue {
            waiting: world.waits.len() as u32,
            longest_since: world.waits.values().min().copied().unwrap_or_default(),
            last_round: world.rounds.last().cloned(),
            exposure_gini_permille: 312,
            exposures: world.rounds.iter().map(|round| round.proposed).sum(),
        };
        let (mentors, queue) = (mentors.collect(), Some(queue));
        Ok(Response::new(ListMentorLoadsResponse { mentors, more: false, stale: world.stale, queue }))
    }
}
