//! How weights stand in the log.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent as _, Record, Timestamp};
use kindred_proto::matching as proto;
use kindred_service_host::wire::{fits, message, record};

use crate::domain::Weights;
use crate::domain::weights::{Association, Event, Part};

impl Contract for Weights {
    fn encode(event: &Event) -> Record {
        let Event::WeightsFixed { part, at } = event;
        let associations = part.associations.iter().cloned();
        let associations = associations
            .map(|Association { feature, others, says }| proto::Association { feature, others, says })
            .collect();
        let body = proto::WeightsFixed {
            table: part.table,
            part: part.part,
            parts: part.parts,
            membership_position: part.membership_position,
            population: part.population,
            floor: part.floor,
            features: part.features.clone(),
            weights: part.weights.iter().copied().map(u32::from).collect(),
            at: at.millis(),
            learned_from: part.learned_from,
            associations,
            answered: part.answered,
            kinds: part.factors.iter().map(|(kind, _)| kind.clone()).collect(),
            factors: part.factors.iter().map(|(_, factor)| u32::from(*factor)).collect(),
        };
        record(event.event_type(), 1, &body)
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        if (record.event_type.as_str(), record.version) != ("WeightsFixed", 1) {
            return Err(DecodeError::unknown(record));
        }
        let read: proto::WeightsFixed = message(record)?;
        let weights = read.weights.into_iter().map(u16::try_from).collect::<Result<Vec<u16>, _>>();
        let weights = fits(record, weights.ok().filter(|weights| weights.len() == read.features.len()))?;
        let part = Part {
            table: read.table,
            part: read.part,
            parts: read.parts,
            membership_position: read.membership_position,
            population: read.population,
            floor: read.floor,
            features: read.features,
            weights,
            learned_from: read.learned_from,
            associations: fits(record, read.associations.into_iter().map(association).collect())?,
            answered: read.answered,
            factors: fits(record, factors(read.kinds, read.factors))?,
        };
        Ok(Event::WeightsFixed { part, at: Timestamp::from_millis(read.at) })
    }
}

fn factors(kinds: Vec<String>, factors: Vec<u32>) -> Option<Vec<(String, u16)>> {
    let factors = factors.into_iter().map(u16::try_from).collect::<Result<Vec<u16>, _>>().ok()?;
    (kinds.len() == factors.len()).then(|| kinds.into_iter().zip(factors).collect())
}

fn association(read: proto::Association) -> Option<Association> {
    let proto::Association { feature, others, says } = read;
    (others.len() == says.len()).then_some(Association { feature, others, says })
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
