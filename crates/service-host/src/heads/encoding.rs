//! The heads of all partitions as a text: for each, in order, its sequence (8 bytes, big
//! end first) and running hash (16 bytes), both zero where it holds no commit; in base64.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kindred_eventsourcing::ChainHash;
use kindred_ids::{PARTITIONS, Partition};
use kindred_projections::PartitionHead;

/// Bytes of a sequence.
const SEQUENCE: usize = 8;
/// Bytes of one head.
const HEAD: usize = SEQUENCE + 16;
/// Bytes of all.
const ALL: usize = HEAD * PARTITIONS as usize;

/// Writes the heads of the partitions that hold a commit.
pub(super) fn encode(heads: &[PartitionHead]) -> String {
    let mut bytes = [0; ALL];
    for head in heads {
        let place = HEAD * usize::from(head.partition.number());
        bytes[place..place + SEQUENCE].copy_from_slice(&head.sequence.to_be_bytes());
        bytes[place + SEQUENCE..place + HEAD].copy_from_slice(&head.running.0);
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads them; none if the text is not one that [`encode`] writes.
pub(super) fn decode(text: &str) -> Option<Vec<PartitionHead>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == ALL)?;
    let heads = Partition::all().zip(bytes.chunks_exact(HEAD)).filter(|(_, bytes)| *bytes != [0; HEAD]);
    heads.map(|(partition, bytes)| head(partition, bytes)).collect()
}

fn head(partition: Partition, bytes: &[u8]) -> Option<PartitionHead> {
    let (sequence, running) = bytes.split_at(SEQUENCE);
    let sequence = u64::from_be_bytes(sequence.try_into().ok()?);
    // A hash without a commit would be lost when it is written again.
    (sequence > 0).then_some(PartitionHead { partition, sequence, running: ChainHash(running.try_into().ok()?) })
}
