//! Rules of the workspace that no compiler holds: who may rest on whom, what a domain may
//! use, where SQL stands, what names are made of, and that the product speaks of itself
//! alone. Each is checked over the files that are checked in.

mod dependencies;
mod docs;
mod itself;
mod layers;
mod manifests;
mod source;
mod spans;
mod statements;
mod tree;
