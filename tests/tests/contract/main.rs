//! What stands in the log stays readable: stored bytes of every event ever released, the
//! commit around them, and no field that holds a person's words in the open.

mod commit;
mod corpus;
mod descriptors;
mod readers;
mod samples;
mod unsealed;
