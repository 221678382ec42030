//! What tests of several modules share: values, and doubles of the world outside.

mod doubles;
mod log;
mod values;

pub use doubles::{AddressBook, BlockSet, FixedLedger, Letterbox, OpenLease};
pub use log::{BrokenStore, Fault, Told, commit, told};
pub use values::{TENANT, at, community, composer, event, member, notice, tenant, thread};
