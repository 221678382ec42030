//! Names of attributes on spans, log lines and metrics.

/// The system behind a call: `grpc`.
pub const RPC_SYSTEM_NAME: &str = "rpc.system.name";
/// `package.Service/Method`.
pub const RPC_METHOD: &str = "rpc.method";
/// How the call ended.
pub const RPC_STATUS_CODE: &str = "rpc.status_code";
/// The class of an error.
pub const ERROR_TYPE: &str = "error.type";
/// Under which id an internal failure was logged.
pub const ERROR_ID: &str = "kindred.error.id";
/// A member's id.
pub const MEMBER_ID: &str = "kindred.member.id";
/// A community's id.
pub const COMMUNITY_ID: &str = "kindred.community.id";
/// An entity's subject in the log, without its context.
pub const ENTITY: &str = "kindred.entity";
/// The tenant; on spans and log lines only.
pub const TENANT: &str = "kindred.tenant";
/// A command's name.
pub const COMMAND: &str = "kindred.command";
/// A command's id.
pub const COMMAND_ID: &str = "kindred.command.id";
/// An event's type.
pub const EVENT_TYPE: &str = "kindred.event.type";
/// A context: the name of a stream's owner.
pub const CONTEXT: &str = "kindred.context";
/// A projection's name.
pub const PROJECTION: &str = "kindred.projection";
/// A partition's number.
pub const PARTITION: &str = "kindred.partition";
/// A sequence in a stream.
pub const SEQUENCE: &str = "kindred.sequence";
/// Which stream, of all that had its name.
pub const STREAM_IDENTITY: &str = "kindred.stream.identity";
/// When heads were read, milliseconds since the epoch.
pub const HEADS_AT: &str = "kindred.heads.at";
/// Where every partition of a stream ended.
pub const HEADS: &str = "kindred.heads";
/// The signature under heads.
pub const HEADS_SIGNATURE: &str = "kindred.heads.signature";
/// The policy that stopped a call.
pub const POLICY: &str = "policy";
/// How a command ended: accepted, replayed, unchanged, refused, conflict, failed.
pub const RESULT: &str = "result";
/// A database system.
pub const DB_SYSTEM_NAME: &str = "db.system.name";
/// A database operation.
pub const DB_OPERATION_NAME: &str = "db.operation.name";
/// A messaging system.
pub const MESSAGING_SYSTEM: &str = "messaging.system";
/// A stream or subject.
pub const MESSAGING_DESTINATION_NAME: &str = "messaging.destination.name";
