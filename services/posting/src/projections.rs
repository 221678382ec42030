//! Posting's read models: what the log says, as rows to be read by pages.

pub mod conversations;
mod opened;
pub mod thread;
pub mod thread_list;

pub use conversations::Conversations;
pub use thread::ThreadProjection;
pub use thread_list::ThreadList;
