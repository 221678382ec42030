//! The events of a preference.

use kindred_eventsourcing::{Contract, DecodeError, Record};
use kindred_proto::notification as wire;

use super::{at, body, id, preference_from_wire, preference_to_wire, record};
use crate::domain::preference::{Preference, PreferenceSet};

impl Contract for Preference {
    fn encode(event: &PreferenceSet) -> Record {
        let PreferenceSet { member, kind, channel, on, at } = *event;
        let preference = Some(preference_to_wire(kind, channel, on));
        record(event, &wire::PreferenceSet { member_id: member.to_string(), preference, at: at.millis() })
    }

    fn decode(record: &Record) -> Result<PreferenceSet, DecodeError> {
        if record.event_type != "PreferenceSet" {
            return Err(DecodeError::unknown(record));
        }
        let set: wire::PreferenceSet = body(record)?;
        let malformed = || DecodeError::bytes(record);
        let (kind, channel, on) =
            preference_from_wire(&set.preference.ok_or_else(malformed)?).map_err(|_field| malformed())?;
        Ok(PreferenceSet { member: id(record, &set.member_id)?, kind, channel, on, at: at(set.at) })
    }
}
