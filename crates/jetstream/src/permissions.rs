//! What an identity may do on the bus, as a block of the server's configuration.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::topology::stream_name;

/// The permissions of the service that owns `context` and reads the streams of `reads`
/// (its own is always read); `inbox_prefix` as in its
/// [`ConnectSettings`](crate::ConnectSettings). Everything not named is refused.
#[must_use]
pub fn permissions(context: &str, reads: &[&str], inbox_prefix: &str) -> String {
    let own = stream_name(context);
    let mut publish = vec![
        format!("es.{context}.>"),
        format!("pub.{context}.>"),
        format!("$JS.API.STREAM.MSG.GET.{own}"),
        format!("$JS.API.DIRECT.GET.{own}"),
    ];
    let streams: BTreeSet<String> = reads.iter().copied().chain([context]).map(stream_name).collect();
    for stream in streams {
        publish.push(format!("$JS.API.STREAM.INFO.{stream}"));
        publish.push(format!("$JS.API.CONSUMER.CREATE.{stream}.>"));
        publish.push(format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.*"));
    }
    block(&publish, inbox_prefix)
}

/// The permissions of an identity that is made for one lawful removal from the log of
/// `context` and taken away after it: all that [`Redact`](kindred_eventsourcing::Redact) does.
#[must_use]
pub fn removal_permissions(context: &str, inbox_prefix: &str) -> String {
    let stream = stream_name(context);
    let calls = ["STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET", "STREAM.MSG.DELETE"];
    let calls = calls.map(|call| format!("$JS.API.{call}.{stream}"));
    let publish: Vec<String> = std::iter::once(format!("es.{context}.>")).chain(calls).collect();
    block(&publish, inbox_prefix)
}

fn block(publish: &[String], inbox_prefix: &str) -> String {
    let mut block = String::from("permissions: {\n  publish: { allow: [\n");
    for subject in publish {
        writeln!(block, "    \"{subject}\"").expect("a string takes all");
    }
    write!(block, "  ] }}\n  subscribe: {{ allow: [ \"{inbox_prefix}.>\" ] }}\n}}\n").expect("a string takes all");
    block
}
