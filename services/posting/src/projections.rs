//! Posting's read models: what the log says, as rows to be read by pages.

mod asked;
pub mod conversations;
mod opened;
pub mod questions;
pub mod sentences;
pub mod thread;
pub mod thread_list;

pub use conversations::Conversations;
pub use questions::Questions;
pub use sentences::Sentences;
pub use thread::ThreadProjection;
pub use thread_list::ThreadList;
