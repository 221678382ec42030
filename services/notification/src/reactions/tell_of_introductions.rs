//! An introduction or a pairing with a mentor: the one who is asked is told, and the one who
//! asked is told of a yes. Of a no, of a withdrawal and of an end, nobody is told.

use kindred_eventsourcing::{DecodeError, EventStore, Record, RecordedCommit};
use kindred_projections::{ReactError, Reaction};
use kindred_proto::matching as wire;

use super::{tell, undecodable};
use crate::application::Application;
use crate::contract::{body, id};
use crate::domain::fan_out::Question;
use crate::domain::notice::{Kind, Notice};

/// See the module.
pub struct TellOfIntroductions<S>(Application<S>);

impl<S: EventStore> TellOfIntroductions<S> {
    /// Tells through `application`.
    pub const fn new(application: Application<S>) -> Self {
        Self(application)
    }
}

impl<S: EventStore> Reaction for TellOfIntroductions<S> {
    const NAME: &'static str = "tell_of_introductions";
    const CONTEXT: &'static str = "matching";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        matches!(commit.key.category(), "introduction" | "pairing")
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let Some(tenant) = commit.key.scope().tenant() else { return Ok(()) };
        for (index, record) in commit.records.iter().enumerate() {
            let notice = read(commit, index, record).map_err(|error| undecodable(index, &error))?;
            tell(&self.0, Self::NAME, (commit, index), tenant, notice).await?;
        }
        Ok(())
    }
}

fn read(commit: &RecordedCommit, index: usize, record: &Record) -> Result<Option<Notice>, DecodeError> {
    let question = |from: &str, to: &str| -> Result<Question, DecodeError> {
        let entity = commit.key.id().ok_or_else(|| DecodeError::bytes(record))?;
        let (from, to) = (id(record, from)?, id(record, to)?);
        Ok(Question { source: commit.event_id(index), id: entity, from, to })
    };
    match record.event_type.as_str() {
        "IntroductionRequested" => {
            let requested: wire::IntroductionRequested = body(record)?;
            let question = question(&requested.from_member_id, &requested.to_member_id)?;
            Ok(question.requested(Kind::IntroductionRequested))
        }
        "IntroductionAccepted" => {
            let accepted: wire::IntroductionAccepted = body(record)?;
            let question = question(&accepted.from_member_id, &accepted.to_member_id)?;
            Ok(question.accepted(Kind::IntroductionAccepted))
        }
        "PairingRequested" => {
            let requested: wire::PairingRequested = body(record)?;
            Ok(question(&requested.mentee_id, &requested.mentor_id)?.requested(Kind::PairingRequested))
        }
        "PairingAccepted" => {
            let accepted: wire::PairingAccepted = body(record)?;
            Ok(question(&accepted.mentee_id, &accepted.mentor_id)?.accepted(Kind::PairingAccepted))
        }
        // A decline is silent: whoever asked must not learn of it.
        "IntroductionDeclined" | "IntroductionWithdrawn" | "PairingDeclined" | "PairingWithdrawn" | "PairingLapsed" => {
            Ok(None)
        }
        _ => Ok(None),
    }
}
