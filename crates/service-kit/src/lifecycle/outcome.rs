//! How a process ended.

use std::process::ExitCode;

/// How a process ended; only `Drained` is a success to the orchestrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything finished what it had.
    Drained,
    /// The grace time was over, or a second signal came, before everything had finished.
    CutShort,
    /// A task failed.
    Crashed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Drained => Self::SUCCESS,
            Outcome::Crashed => Self::FAILURE,
            Outcome::CutShort => Self::from(3),
        }
    }
}
