//! Who is told of what, and what becomes of each message: pure functions over events.
//!
//! # Invariants
//!
//! * Nothing here performs I/O, reads a clock or draws randomness, so a replay always
//!   yields the same state.
//! * Per event, person and channel there is one entity, whose id follows from these three:
//!   telling somebody twice of one event is impossible, not only avoided.
//! * That nobody was told is a fact too. It stands whatever blocks and preferences say
//!   when the event is read again.
//! * No event and no state holds a name, an address or a word that somebody wrote.

pub mod delivery;
pub mod fan_out;
pub mod identity;
pub mod inbox_item;
pub mod notice;
pub mod preference;
