//! How far the runners of this process are: wakes waiters, proves nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kindred_ids::{PARTITIONS, Partition};
use tokio::sync::watch;

use crate::checkpoint::Owned;

type Board = [u64; PARTITIONS as usize];
/// By consumer and generation.
type Boards = HashMap<(String, i64), watch::Sender<Board>>;

/// See the module.
#[derive(Clone, Default)]
pub(crate) struct Marks(Arc<Mutex<Boards>>);

impl Marks {
    fn board(&self, consumer: &str, generation: i64) -> watch::Sender<Board> {
        let mut boards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || watch::Sender::new([0; PARTITIONS as usize]);
        boards.entry((consumer.to_owned(), generation)).or_insert_with(fresh).clone()
    }

    /// A runner committed these positions.
    pub(crate) fn set<'a>(&self, consumer: &str, generation: i64, owned: impl IntoIterator<Item = &'a Owned>) {
        self.board(consumer, generation).send_modify(|board| {
            for partition in owned {
                board[usize::from(partition.partition.number())] = partition.sequence;
            }
        });
    }

    /// A generation is no longer run here.
    pub(crate) fn forget(&self, consumer: &str, generation: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(consumer.to_owned(), generation));
    }

    /// Waits until this process has committed `sequence`, or for `longest`.
    pub(crate) async fn passed(
        &self,
        consumer: &str,
        generation: i64,
        partition: Partition,
        sequence: u64,
        longest: Duration,
    ) {
        let board = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(&(consumer.to_owned(), generation)).map(watch::Sender::subscribe)
        };
        let Some(mut board) = board else { return tokio::time::sleep(longest).await };
        let index = usize::from(partition.number());
        let _timed_out = tokio::time::timeout(longest, board.wait_for(|board| board[index] >= sequence)).await.is_err();
    }
}
