//! What a service wires to follow the log.

use kindred_eventsourcing::EventStore as _;
use kindred_jetstream::JetStreamStore;
use kindred_projections::{Erasure, Projection, ProjectorBuilder, Reaction};

use crate::config::Part;

/// What follows the log in this service; parts that this process does not run are left out.
pub struct Wiring {
    pub(super) builder: ProjectorBuilder,
    pub(super) parts: Vec<Part>,
    pub(super) wired: Vec<String>,
}

impl Wiring {
    /// Another context's log.
    #[must_use]
    pub fn stream(mut self, store: JetStreamStore) -> Self {
        self.wired.push(store.context().to_owned());
        self.builder = self.builder.stream(store);
        self
    }

    /// A read model.
    #[must_use]
    pub fn projection(mut self, projection: impl Projection) -> Self {
        if self.parts.contains(&Part::Projector) {
            self.builder = self.builder.projection(projection);
        }
        self
    }

    /// A reaction.
    #[must_use]
    pub fn reaction(mut self, reaction: impl Reaction) -> Self {
        if self.parts.contains(&Part::Reactor) {
            self.builder = self.builder.reaction(reaction);
        }
        self
    }

    /// What to do when a person is erased.
    #[must_use]
    pub fn erasure(mut self, erasure: impl Erasure) -> Self {
        if self.parts.contains(&Part::Projector) {
            self.builder = self.builder.erasure(erasure);
        }
        self
    }
}
