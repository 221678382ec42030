//! How weights stand in the log.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent as _, Record, Timestamp};
use kindred_proto::matching as proto;
use kindred_service_host::wire::{fits, message, record};

use crate::domain::Weights;
use crate::domain::weights::{Event, Part};

impl Contract for Weights {
    fn encode(event: &Event) -> Record {
        let Event::WeightsFixed { part, at } = event;
        let Part { table, part, parts, membership_position, population, floor, features, weights } = part.clone();
        let weights = weights.into_iter().map(u32::from).collect();
        let at = at.millis();
        let body =
            proto::WeightsFixed { table, part, parts, membership_position, population, floor, features, weights, at };
        record(event.event_type(), 1, &body)
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        if (record.event_type.as_str(), record.version) != ("WeightsFixed", 1) {
            return Err(DecodeError::unknown(record));
        }
        let proto::WeightsFixed { table, part, parts, membership_position, population, floor, features, weights, at } =
            message(record)?;
        let weights = weights.into_iter().map(u16::try_from).collect::<Result<Vec<u16>, _>>();
        let weights = fits(record, weights.ok().filter(|weights| weights.len() == features.len()))?;
        let part = Part { table, part, parts, membership_position, population, floor, features, weights };
        Ok(Event::WeightsFixed { part, at: Timestamp::from_millis(at) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{NOW, part};

    #[test]
    fn a_part_reads_back_as_it_was_written() {
        let event = Event::WeightsFixed { part: part(3, 1, 2), at: NOW };
        assert_eq!(Weights::decode(&Weights::encode(&event)), Ok(event));
    }

    #[test]
    fn values_without_weights_are_malformed() {
        let part = Part { weights: Vec::new(), ..part(1, 0, 1) };
        let record = Weights::encode(&Event::WeightsFixed { part, at: NOW });
        assert!(matches!(Weights::decode(&record), Err(DecodeError::Malformed { .. })));
    }
}
