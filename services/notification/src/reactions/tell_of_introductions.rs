//! An introduction: the one who is asked is told, and the one who asked is told of a yes.
//! Of a no, and of a withdrawal, nobody is told.

use kindred_eventsourcing::{DecodeError, EventStore, Record, RecordedCommit};
use kindred_ids::IntroductionId;
use kindred_projections::{ReactError, Reaction};
use kindred_proto::matching as wire;

use super::{tell, undecodable};
use crate::application::Application;
use crate::contract::{body, id};
use crate::domain::fan_out::Introduction;
use crate::domain::notice::Notice;

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
        commit.key.category() == "introduction"
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
    let pair = |from: &str, to: &str| -> Result<Introduction, DecodeError> {
        let entity = commit.key.id().ok_or_else(|| DecodeError::bytes(record))?;
        let (from, to) = (id(record, from)?, id(record, to)?);
        Ok(Introduction { source: commit.event_id(index), id: IntroductionId(entity), from, to })
    };
    match record.event_type.as_str() {
        "IntroductionRequested" => {
            let requested: wire::IntroductionRequested = body(record)?;
            Ok(pair(&requested.from_member_id, &requested.to_member_id)?.requested())
        }
        "IntroductionAccepted" => {
            let accepted: wire::IntroductionAccepted = body(record)?;
            Ok(pair(&accepted.from_member_id, &accepted.to_member_id)?.accepted())
        }
        // A decline is silent: whoever asked must not learn of it.
        "IntroductionDeclined" | "IntroductionWithdrawn" => Ok(None),
        _ => Ok(None),
    }
}
