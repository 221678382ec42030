//! What every entity would otherwise write by hand.

/// Declares an entity's command enum from its command structs (each with a
/// `decide(&self, &State)`), with `From` for each, their one byte form, and the dispatch.
#[macro_export]
macro_rules! commands {
    ($(#[$doc:meta])* $visibility:vis enum $name:ident { $($variant:ident),* $(,)? } for $state:ty => $event:ty, $refusal:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[expect(missing_docs, reason = "each variant is documented at its struct")]
        $visibility enum $name { $($variant($variant)),* }

        $crate::canonical_enum!($name { $($variant),* });

        $(impl From<$variant> for $name {
            fn from(command: $variant) -> Self {
                Self::$variant(command)
            }
        })*

        impl $name {
            fn decide(&self, state: &$state) -> Result<$crate::Decision<$event, $refusal>, $refusal> {
                match self {
                    $(Self::$variant(command) => command.decide(state),)*
                }
            }
        }
    };
}

/// Names an entity's events in the log after the variants of its event enum.
#[macro_export]
macro_rules! event_types {
    ($event:ident { $($variant:ident),* $(,)? }) => {
        impl $crate::DomainEvent for $event {
            fn event_type(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => stringify!($variant),)*
                }
            }
        }
    };
}
