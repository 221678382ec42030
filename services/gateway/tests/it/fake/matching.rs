//! Who suits whom.

use kindred_proto::matching::matching_server::{Matching, MatchingServer};
use kindred_proto::matching::*;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::{Answer, Fake, Who, Wish, World, id, part};

pub fn matching(fake: Fake) -> MatchingServer<Fake> {
    MatchingServer::new(fake)
}

/// As the reader may know it: who asked does not learn of a no.
fn seen(key: &str, wish: &Wish, who: &Who) -> Introduction {
    let hidden = wish.state == IntroductionState::Declined as i32 && wish.from == who.member;
    Introduction {
        introduction_id: key.to_owned(),
        from_member_id: wish.from.clone(),
        to_member_id: wish.to.clone(),
        state: if hidden { IntroductionState::Open as i32 } else { wish.state },
        note: wish.note.clone(),
        asked_at: wish.at,
        answered_at: 0,
    }
}

pub fn reasons(world: &World, one: &str, other: &str, language: &str) -> Vec<Reason> {
    let fields = |who: &str| world.people[who].fields.clone();
    let mut found: Vec<Reason> = fields(one)
        .into_iter()
        .filter(|field| fields(other).iter().any(|same| same.kind == field.kind && same.value == field.value))
        .filter_map(|field| {
            let (text, weight, kind) = match field.kind {
                1 => (format!("You both live with {}", field.label), 900, "condition"),
                2 => (format!("You both like to talk about {}", field.value), 400, "interest"),
                5 => ("You both speak the same language".to_owned(), 150, "language"),
                4 => (format!("You both live around {}", field.value), 300, "area"),
                _ => return None,
            };
            Some(Reason { text, weight, kind: kind.to_owned(), language: language.to_owned() })
        })
        .collect();
    found.sort_by_key(|reason| std::cmp::Reverse(reason.weight));
    found
}

#[tonic::async_trait]
impl Matching for Fake {
    async fn find_people(&self, request: Request<FindPeopleRequest>) -> Answer<FindPeopleResponse> {
        // Only the tag: what is said in another language is for matching's own tests.
        let accepted = request.metadata().get("accept-language").and_then(|accepted| accepted.to_str().ok());
        let language = if accepted.is_some_and(|accepted| accepted.starts_with("es")) { "es" } else { "en" };
        let (who, ask) = self.enter("FindPeople", request)?;
        let world = self.world();
        let advice = vec!["Add the year of your diagnosis: 14 members near your stage share theirs.".to_owned()];
        if !world.person(&who.member, &who)?.consents.matching {
            return Ok(Response::new(FindPeopleResponse {
                advice,
                stale: world.stale,
                language: language.to_owned(),
                ..FindPeopleResponse::default()
            }));
        }
        let others = world.people.iter().filter(|(key, one)| {
            **key != who.member
                && one.tenant == who.tenant
                && one.consents.matching
                && !world.blocks.contains(&(who.member.clone(), (*key).clone()))
        });
        let mut matches: Vec<Match> = others
            .map(|(key, _)| {
                let reasons = reasons(&world, &who.member, key, language);
                let both = |one: &&String| world.role(one, key).is_some() && world.role(one, &who.member).is_some();
                Match {
                    member_id: key.clone(),
                    score: reasons.iter().map(|reason| reason.weight).sum(),
                    reasons,
                    community_ids: world.circles.keys().filter(both).cloned().collect(),
                }
            })
            .filter(|one| one.score > 0)
            .collect();
        matches.sort_by_key(|one| std::cmp::Reverse(one.score));
        matches.truncate(ask.limit as usize);
        let (position, language) = (String::new(), language.to_owned());
        Ok(Response::new(FindPeopleResponse { matches, advice, position, stale: world.stale, language }))
    }

    async fn suggest_communities(
        &self,
        request: Request<SuggestCommunitiesRequest>,
    ) -> Answer<SuggestCommunitiesResponse> {
        let (who, ask) = self.enter("SuggestCommunities", request)?;
        let world = self.world();
        let inside = |key: &&String| world.role(key, &who.member).is_some();
        let because_of = world.circles.keys().find(inside).cloned().unwrap_or_default();
        let text = "Many who are in your communities are there too".to_owned();
        let language = "en".to_owned();
        let reasons = vec![Reason { text, weight: 40, kind: "community".to_owned(), language }];
        let others = world.circles.iter().filter(|(key, one)| one.tenant == who.tenant && !inside(key));
        let communities = others.take(ask.limit as usize).map(|(key, _)| CommunitySuggestion {
            community_id: key.clone(),
            score: 40,
            reasons: reasons.clone(),
            because_of_community_id: because_of.clone(),
        });
        let communities = if because_of.is_empty() { Vec::new() } else { communities.collect() };
        Ok(Response::new(SuggestCommunitiesResponse { communities, position: String::new(), stale: world.stale }))
    }

    async fn suggest_threads(&self, request: Request<SuggestThreadsRequest>) -> Answer<SuggestThreadsResponse> {
        let (who, ask) = self.enter("SuggestThreads", request)?;
        let world = self.world();
        let threads = world.talks.iter().filter(|(_, talk)| talk.community == ask.community_id);
        let threads = threads.filter(|(_, talk)| world.role(&talk.community, &who.member).is_some());
        let threads = threads.take(ask.limit as usize).map(|(key, talk)| ThreadSuggestion {
            thread_id: key.clone(),
            community_id: talk.community.clone(),
            score: 10,
        });
        let threads = threads.collect();
        Ok(Response::new(SuggestThreadsResponse { threads, position: String::new(), stale: world.stale }))
    }

    async fn request_introduction(
        &self,
        request: Request<RequestIntroductionRequest>,
    ) -> Answer<RequestIntroductionResponse> {
        let (who, ask) = self.enter("RequestIntroduction", request)?;
        input::optional_text("note", &ask.note, 500)?;
        let mut world = self.world();
        world.person(&ask.member_id, &who)?;
        if ask.member_id == who.member {
            return Err(ApiError::invalid("member_id", "YOURSELF", "you know yourself already").into());
        }
        let made = id(0x1d, 100 + world.wishes.len() as u32);
        let (receipt, introduction_id) = world.accept(&ask.command_id, &made)?;
        let wish = Wish {
            from: who.member,
            to: ask.member_id,
            note: ask.note,
            state: IntroductionState::Open as i32,
            at: world.now(),
        };
        world.wishes.insert(introduction_id.clone(), wish);
        Ok(Response::new(RequestIntroductionResponse { receipt: Some(receipt), introduction_id }))
    }

    async fn answer_introduction(
        &self,
        request: Request<AnswerIntroductionRequest>,
    ) -> Answer<AnswerIntroductionResponse> {
        let (who, ask) = self.enter("AnswerIntroduction", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let wish = world.wishes.get_mut(&ask.introduction_id).filter(|wish| wish.to == who.member);
        let unknown = || Status::from(ApiError::not_found("INTRODUCTION_UNKNOWN", "no such introduction"));
        let answer = if ask.accept { IntroductionState::Accepted } else { IntroductionState::Declined };
        wish.ok_or_else(unknown)?.state = answer as i32;
        Ok(Response::new(AnswerIntroductionResponse { receipt: Some(receipt) }))
    }

    async fn withdraw_introduction(
        &self,
        request: Request<WithdrawIntroductionRequest>,
    ) -> Answer<WithdrawIntroductionResponse> {
        let (who, ask) = self.enter("WithdrawIntroduction", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let wish = world.wishes.get_mut(&ask.introduction_id).filter(|wish| wish.from == who.member);
        let unknown = || Status::from(ApiError::not_found("INTRODUCTION_UNKNOWN", "no such introduction"));
        wish.ok_or_else(unknown)?.state = IntroductionState::Withdrawn as i32;
        Ok(Response::new(WithdrawIntroductionResponse { receipt: Some(receipt) }))
    }

    async fn list_introductions(
        &self,
        request: Request<ListIntroductionsRequest>,
    ) -> Answer<ListIntroductionsResponse> {
        let (who, ask) = self.enter("ListIntroductions", request)?;
        let world = self.world();
        let own = world.wishes.iter().filter(|(_, wish)| wish.from == who.member || wish.to == who.member);
        let (introductions, next_cursor) = part(own.map(|(key, wish)| seen(key, wish, &who)).collect(), ask.page)?;
        Ok(Response::new(ListIntroductionsResponse { introductions, next_cursor, stale: world.stale }))
    }

    async fn check_acquaintance(&self, _: Request<CheckAcquaintanceRequest>) -> Answer<CheckAcquaintanceResponse> {
        Err(Status::permission_denied("for services"))
    }
}
