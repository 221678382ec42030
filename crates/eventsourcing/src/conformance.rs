//! What every store must do, as cases that run against any of them.
//!
//! [`conformance_suite!`](crate::conformance_suite) makes a test of each case, so no case
//! can be left out for one store. A case opens a log of its own and panics where the
//! store does not hold what [`EventStore`] promises.

mod append;
mod batch;
mod damage;
mod fixture;
mod read;
mod reader;
mod redaction;
mod retry;

use std::future::Future;

use crate::{EventStore, Removable};

pub use append::*;
pub use batch::*;
pub use damage::*;
pub use fixture::{Count, Counter, Refusal, commit, key, named, write};
pub use read::*;
pub use reader::*;
pub use redaction::*;
pub use retry::*;

/// A way to open logs, and to do to them what happens to logs.
pub trait Subject: Sync {
    /// The store under test.
    type Store: EventStore + Removable;

    /// A store on an empty log that nobody else uses.
    fn open(&self) -> impl Future<Output = Self::Store> + Send;

    /// Another store on the same log, as another process has it.
    fn again(&self, store: &Self::Store) -> impl Future<Output = Self::Store> + Send;

    /// Lets pass the time after which the log no longer knows message ids.
    fn forget_message_ids(&self, store: &Self::Store) -> impl Future<Output = ()> + Send;

    /// Damages the message at a sequence: it is lost, or other than it was.
    fn damage(&self, store: &Self::Store, sequence: u64) -> impl Future<Output = ()> + Send;
}

/// Makes a test of every case for one [`Subject`]:
/// `conformance_suite!(memory, Memory);` gives `memory::<case>`.
#[macro_export]
macro_rules! conformance_suite {
    ($name:ident, $subject:expr) => {
        $crate::conformance_suite!(@cases $name, $subject,
            a_new_entity_starts_behind_zero,
            a_stale_expected_sequence_conflicts,
            of_many_creators_one_wins,
            many_writers_of_one_entity_lose_nothing,
            many_writers_of_many_entities_lose_nothing,
            a_commit_reads_back_as_it_was_written,
            a_commit_without_events_is_refused,
            a_commit_too_large_is_refused,
            a_commit_of_the_largest_size_is_stored,
            a_resent_commit_is_stored_once,
            a_resent_commit_is_stored_once_when_its_message_id_is_forgotten,
            a_resent_commit_is_stored_once_when_the_entity_has_moved_on,
            one_command_on_two_entities_is_stored_on_both,
            one_message_id_in_two_tenants_is_never_taken_for_the_other,
            a_batch_is_stored_whole_and_in_order,
            a_batch_with_one_stale_write_stores_nothing,
            a_resent_batch_is_stored_once,
            a_resent_batch_is_stored_once_when_its_message_ids_are_forgotten,
            racing_batches_are_whole,
            a_name_is_taken_once_in_a_race,
            a_name_given_back_can_be_taken_again,
            a_command_sent_twice_gives_the_first_receipt,
            racing_commands_never_decide_on_the_same_version,
            an_acknowledged_commit_is_seen_at_once_by_another_process,
            a_refusal_rests_on_the_newest_tail,
            an_entity_longer_than_a_page_loads_whole,
            loading_stops_at_the_ends_asked_for,
            an_unknown_entity_is_empty,
            a_sequence_reads_back,
            a_reader_gives_all_in_order,
            a_reader_resumes_behind_its_position,
            a_reader_of_a_partition_gives_only_that,
            a_reader_of_an_idle_partition_comes_to_the_head,
            a_batch_of_large_commits_ends_by_bytes,
            a_waiting_reader_gets_what_comes,
            a_reader_of_an_empty_log_comes_back_empty,
            readers_do_not_take_from_each_other,
            a_damaged_chain_is_reported,
            a_damaged_tail_behind_a_cached_state_is_reported,
            a_removed_commit_is_stepped_over,
            removed_commits_in_a_row_are_stepped_over,
            a_cached_state_loses_what_was_removed,
            a_removal_cut_off_is_completed,
            a_hole_that_nobody_named_is_damage,
            a_hole_that_is_named_otherwise_is_damage,
            what_cannot_be_removed_is_named,
            a_removal_goes_on_beside_writers,
            redactions_are_found_behind_a_place,
        );
    };
    (@cases $name:ident, $subject:expr, $($case:ident),* $(,)?) => {
        mod $name {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $crate::conformance::$case(&$subject).await;
                }
            )*
        }
    };
}
