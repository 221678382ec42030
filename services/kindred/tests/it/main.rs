//! The command line as it is used: processes, on servers that all tests share.

mod adopting;
mod auditing;
mod support;
