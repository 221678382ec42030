//! What the server answered to each publish, as the store's trace lines tell.

use std::fmt::Debug;
use std::sync::{Mutex, Once};

use kindred_jetstream::telemetry::target;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

static ANSWERS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Starts listening; call it before the first publish.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Recorder).expect("no other subscriber"));
}

/// The answers in a context that hold `text`.
pub fn answers(context: &str, text: &str) -> usize {
    let answers = ANSWERS.lock().expect("no panic while held");
    answers.iter().filter(|(of, answer)| of == context && answer.contains(text)).count()
}

/// All answers in a context, for a failing test's message.
pub fn all(context: &str) -> Vec<String> {
    let answers = ANSWERS.lock().expect("no panic while held");
    answers.iter().filter(|(of, _)| of == context).map(|(_, answer)| answer.clone()).collect()
}

struct Recorder;

#[derive(Default)]
struct Fields {
    context: String,
    answer: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "context" {
            self.context = value.to_owned();
        }
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.answer.push_str(&format!("{}={value} ", field.name()));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.answer.push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == target::REPLY
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        ANSWERS.lock().expect("no panic while held").push((fields.context, fields.answer));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}
