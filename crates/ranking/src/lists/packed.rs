//! Lists of slots in one piece of memory, cut at the same slots everywhere, so that sums
//! over one cut stay in a processor's own memory.
//!
//! # Promises
//!
//! * A slot of a list takes two bytes at most: what is dense stands as bits.

use super::BLOCK;
use crate::{ListId, Slot};

/// From how many slots of a block on bits take less room than numbers.
const DENSE: usize = BLOCK / 16;
/// Words of a block's bits.
pub(super) const WORDS: usize = BLOCK / 64;

/// The part of a list that lies in one block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) block: u16,
    length: u16,
    start: u32,
}

/// What a part of a list holds.
pub(super) enum Part<'a> {
    /// Distances from the block's first slot, ascending.
    Few(&'a [u16]),
    /// A bit for each slot of the block.
    Many(&'a [u64; WORDS]),
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    /// Where each list's heads begin, and where the last one's end.
    starts: Vec<u32>,
    heads: Vec<Head>,
    few: Vec<u16>,
    many: Vec<[u64; WORDS]>,
    /// Behind the last slot of all.
    end: usize,
}

impl Default for Packed {
    fn default() -> Self {
        Self { starts: vec![0], heads: Vec::new(), few: Vec::new(), many: Vec::new(), end: 0 }
    }
}

impl Packed {
    /// Room for so many lists.
    pub(super) fn with_capacity(lists: usize) -> Self {
        let mut starts = Vec::with_capacity(lists + 1);
        starts.push(0);
        Self { starts, ..Self::default() }
    }

    /// Adds a list behind the last one; its slots ascend.
    pub(super) fn push(&mut self, slots: &[Slot]) {
        for part in slots.chunk_by(|one, other| *one as usize / BLOCK == *other as usize / BLOCK) {
            let block = part[0] as usize / BLOCK;
            let offsets = part.iter().map(|slot| *slot as usize % BLOCK);
            let start = if part.len() > DENSE {
                let mut words = [0; WORDS];
                offsets.for_each(|offset| words[offset / 64] |= 1 << (offset % 64));
                self.many.push(words);
                self.many.len() - 1
            } else {
                self.few.extend(offsets.map(|offset| offset as u16));
                self.few.len() - part.len()
            };
            self.heads.push(Head { block: block as u16, length: part.len() as u16, start: start as u32 });
        }
        self.end = self.end.max(slots.last().map_or(0, |slot| *slot as usize + 1));
        self.starts.push(self.heads.len() as u32);
    }

    /// Gives back what was reserved in advance.
    pub(super) fn shrink(mut self) -> Self {
        self.heads.shrink_to_fit();
        self.few.shrink_to_fit();
        self.many.shrink_to_fit();
        self
    }

    /// How many blocks there are slots in.
    pub(super) const fn blocks(&self) -> usize {
        self.end.div_ceil(BLOCK)
    }

    /// How many slots of a block there may be, in whole words.
    pub(super) fn slots_of(&self, block: usize) -> usize {
        (self.end - block * BLOCK).min(BLOCK).next_multiple_of(64)
    }

    /// The parts of a list, by block; none of a list that is not there.
    pub(super) fn heads(&self, list: ListId) -> &[Head] {
        match (self.starts.get(list as usize), self.starts.get(list as usize + 1)) {
            (Some(from), Some(to)) => &self.heads[*from as usize..*to as usize],
            _ => &[],
        }
    }

    pub(super) fn part(&self, head: Head) -> Part<'_> {
        let (start, length) = (head.start as usize, usize::from(head.length));
        if length > DENSE { Part::Many(&self.many[start]) } else { Part::Few(&self.few[start..start + length]) }
    }

    /// Every slot of a list, ascending.
    pub(super) fn each(&self, list: ListId, mut take: impl FnMut(Slot)) {
        for head in self.heads(list) {
            let first = (usize::from(head.block) * BLOCK) as Slot;
            match self.part(*head) {
                Part::Few(offsets) => offsets.iter().for_each(|offset| take(first + Slot::from(*offset))),
                Part::Many(words) => {
                    for (index, word) in words.iter().enumerate() {
                        let mut left = *word;
                        while left != 0 {
                            take(first + index as Slot * 64 + left.trailing_zeros());
                            left &= left - 1;
                        }
                    }
                }
            }
        }
    }
}
