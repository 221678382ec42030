//! The bodies that the core itself writes: protobuf of `kindred.log.v1`.

/// One accepted command's events.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Commit {
    /// Layout of this message; 1.
    #[prost(uint32, tag = "1")]
    pub schema: u32,
    /// The events in order; at least one.
    #[prost(message, repeated, tag = "2")]
    pub records: Vec<WireRecord>,
}

/// One event.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct WireRecord {
    /// Name of the event.
    #[prost(string, tag = "1")]
    pub event_type: String,
    /// Version of its shape.
    #[prost(uint32, tag = "2")]
    pub version: u32,
    /// Its protobuf bytes.
    #[prost(bytes = "bytes", tag = "3")]
    pub data: bytes::Bytes,
}

/// `kindred.log.v1.Redacted`: a commit that was removed from the log on an order.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Redacted {
    /// Subject on which it stood.
    #[prost(string, tag = "1")]
    pub subject: String,
    /// Its place in the stream.
    #[prost(uint64, tag = "2")]
    pub sequence: u64,
    /// The entity's version after it.
    #[prost(uint64, tag = "3")]
    pub version: u64,
    /// Its hash.
    #[prost(bytes = "vec", tag = "4")]
    pub commit_hash: Vec<u8>,
    /// Hash of the entity's commit before it.
    #[prost(bytes = "vec", tag = "5")]
    pub previous_hash: Vec<u8>,
    /// The command that made it.
    #[prost(string, tag = "6")]
    pub command_id: String,
    /// Hash of that command.
    #[prost(bytes = "vec", tag = "7")]
    pub request_hash: Vec<u8>,
    /// Who acted.
    #[prost(string, tag = "8")]
    pub actor_id: String,
    /// The reference of the order.
    #[prost(string, tag = "9")]
    pub order: String,
}
