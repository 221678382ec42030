//! What queries and the worker read: rows of the projections, and the live inbox.

mod blocks;
mod inbox;
mod lease;
mod ledger;
mod watch;

pub use blocks::BlockList;
pub use inbox::{Cursor, InboxPage, InboxRow, page, unread};
pub use lease::DatabaseLease;
pub use ledger::DeliveryLedger;
pub use watch::{Subscription, TooManyWatchers, Watchers};
