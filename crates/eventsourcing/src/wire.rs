//! The body of a message in the log: protobuf `kindred.log.v1.Commit`.

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
