//! The contract between the services: protobuf messages, gRPC clients and servers.
//!
//! Nothing generated is committed; `buf` guards style and compatibility of the files.

#![expect(clippy::all, clippy::allow_attributes, missing_docs, reason = "generated code")]

/// Every message and service, for reflection and for tests that walk them.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

macro_rules! package {
    ($($module:ident: $name:literal),* $(,)?) => {
        $(#[doc = $name] pub mod $module { tonic::include_proto!($name); })*
    };
}

/// Package names as in the files, so that generated cross-references resolve.
pub mod kindred {
    pub mod common {
        package!(v1: "kindred.common.v1");
    }
    pub mod log {
        package!(v1: "kindred.log.v1");
    }
    pub mod membership {
        package!(v1: "kindred.membership.v1");
    }
    pub mod posting {
        package!(v1: "kindred.posting.v1");
    }
    pub mod matching {
        package!(v1: "kindred.matching.v1");
    }
    pub mod notification {
        package!(v1: "kindred.notification.v1");
    }
    pub mod admin {
        package!(v1: "kindred.admin.v1");
    }
}

pub use kindred::admin::v1 as admin;
pub use kindred::common::v1 as common;
pub use kindred::log::v1 as log;
pub use kindred::matching::v1 as matching;
pub use kindred::membership::v1 as membership;
pub use kindred::notification::v1 as notification;
pub use kindred::posting::v1 as posting;
