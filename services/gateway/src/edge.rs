//! The outermost layer: what is stripped, limited and added before and after any handler.

pub mod cookie;
pub mod forwarded;
pub mod headers;
pub mod limits;
pub mod origin;
