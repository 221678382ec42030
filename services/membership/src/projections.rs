//! Read models of membership.
//!
//! Each batch loads the rows that it touches, folds its events into them and stores them:
//! two statements a table, whatever the batch holds.

mod blocks;
mod directory;
mod roster;
mod tenant_list;

pub use blocks::Blocks;
pub use directory::Directory;
pub use roster::Roster;
pub use tenant_list::TenantList;
