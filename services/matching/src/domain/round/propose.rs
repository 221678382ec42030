//! Writing down what a round proposes, part by part.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decision, Timestamp};

use super::{Event, Found, Proposal, Refusal, State};

/// The most proposals of one part: with two ids and a number each, its commit stays under
/// 200 KiB.
pub const MOST_PROPOSALS: usize = 2_000;

/// Asks that a part be written down; the last one finishes the round.
#[derive(Debug, Clone)]
pub struct ProposeMentors {
    /// Which attempt at the round, from 1.
    pub attempt: u32,
    /// Which part, from 0.
    pub part: u32,
    /// What it proposes.
    pub proposals: Vec<Proposal>,
    /// What the round began from, in the last part.
    pub last: Option<Found>,
    /// When.
    pub at: Timestamp,
}

impl Canonical for ProposeMentors {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let Self { attempt, part, proposals, last, at: _ } = self;
        writer.bytes(b"ProposeMentors");
        writer.field("attempt", attempt);
        writer.field("part", part);
        writer.field("proposals", proposals);
        writer.field("last", &last.is_some());
    }
}

impl ProposeMentors {
    /// Decides: the next part of the attempt, or the first of the next attempt, by which
    /// the one before is given up.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`], [`Refusal::OutOfTurn`], [`Refusal::TooLarge`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { attempt, part, proposals, last, at } = self.clone();
        if state.mode().is_none() {
            return Err(Refusal::NotFound);
        }
        let begins = attempt == state.next_attempt() && part == 0;
        let goes_on = attempt == state.attempt && part == state.parts;
        if state.finished || !begins && !goes_on {
            return Err(Refusal::OutOfTurn);
        }
        if proposals.len() > MOST_PROPOSALS {
            return Err(Refusal::TooLarge);
        }
        let before = if begins { 0 } else { state.proposals.len() };
        let proposed = u32::try_from(before + proposals.len()).unwrap_or(u32::MAX);
        let mut events = Vec::with_capacity(2);
        if !proposals.is_empty() {
            events.push(Event::MentorsProposed { attempt, part, proposals, at });
        }
        if let Some(found) = last {
            events.push(Event::MentorRoundFinished { attempt, found, proposed, at });
        }
        Ok(Decision::events(events))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::{Decider as _, testing::given};

    use super::*;
    use crate::domain::Round;
    use crate::domain::samples::{LATER, found, proposal, proposed_part, round_finished, round_started};

    fn part(attempt: u32, part: u32, mentees: &[u32], last: bool) -> ProposeMentors {
        let proposals = mentees.iter().map(|mentee| proposal(*mentee)).collect();
        ProposeMentors { attempt, part, proposals, last: last.then(found), at: LATER }
    }

    #[test]
    fn parts_come_in_turn_and_the_last_one_finishes_the_round() {
        let first = proposed_part(1, 0, &[1, 3]);
        given::<Round>([round_started()]).when(part(1, 0, &[1, 3], false)).then([first.clone()]);
        let last = [proposed_part(1, 1, &[4]), round_finished(1, 3)];
        given::<Round>([round_started(), first]).when(part(1, 1, &[4], true)).then(last);
    }

    #[test]
    fn a_round_with_nobody_to_propose_finishes_and_says_so() {
        given::<Round>([round_started()]).when(part(1, 0, &[], true)).then([round_finished(1, 0)]);
    }

    #[test]
    fn an_attempt_that_was_left_unfinished_is_given_up_whole() {
        let cut_short = [round_started(), proposed_part(1, 0, &[1, 3])];
        let again = [proposed_part(2, 0, &[4]), round_finished(2, 1)];
        given::<Round>(cut_short.clone()).when(part(2, 0, &[4], true)).then(again.clone());
        let outcome = |events: &[Event]| {
            let mut state = State::default();
            cut_short.iter().chain(events).for_each(|event| Round::evolve(&mut state, event));
            state.outcome().map(<[_]>::to_vec)
        };
        assert_eq!(outcome(&[]), None, "it holds only once it has finished");
        assert_eq!(outcome(&again), Some(vec![proposal(4)]));
        assert_eq!(outcome(&[round_finished(2, 0)]), Some(vec![]));
    }

    #[test]
    fn what_somebody_else_wrote_down_or_finished_is_refused() {
        let begun = [round_started(), proposed_part(1, 0, &[1])];
        for out_of_turn in [part(1, 0, &[1], false), part(1, 2, &[4], false), part(3, 0, &[4], false)] {
            given::<Round>(begun.clone()).when(out_of_turn).then_err(Refusal::OutOfTurn);
        }
        let finished = begun.into_iter().chain([round_finished(1, 1)]);
        given::<Round>(finished).when(part(2, 0, &[4], true)).then_err(Refusal::OutOfTurn);
        given::<Round>([]).when(part(1, 0, &[1], true)).then_err(Refusal::NotFound);
        let most: Vec<u32> = (10..).take(MOST_PROPOSALS + 1).collect();
        given::<Round>([round_started()]).when(part(1, 0, &most, true)).then_err(Refusal::TooLarge);
    }
}
