//! Posting's read models: what the log says, as rows to be read by pages.

mod opened;
pub mod thread;
pub mod thread_list;

pub use thread::ThreadProjection;
pub use thread_list::ThreadList;
