//! What can be asked on the command line, and how each answer ends the process.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 65 some of the input was broken (the rest
//! was taken), 69 something needed does not answer, 78 a setting does not hold.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use futures::future::LocalBoxFuture;
use kindred_service_kit::config::ConfigError;
use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::output::Format;
use crate::{audit, demo, health, import, keys, matching, operate, prepare, serve};

/// Kindred: a community platform for health.
#[derive(Debug, Parser)]
#[command(name = "kindred", version, propagate_version = true)]
pub struct Cli {
    /// How answers are written.
    #[arg(long, value_enum, default_value = "table", global = true)]
    output: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a role of the platform, or all of them in one process.
    Serve(serve::Serve),
    /// Starts everything on this machine, with servers, tenants and people.
    Demo(demo::Demo),
    /// Makes the keys that the roles sign with.
    Keys(keys::Keys),
    /// Makes or changes a service's tables; with the rights of the database's owner.
    Migrate(prepare::Migrate),
    /// Makes, changes or adopts the streams of the log; with the rights of the bus's owner.
    Streams(prepare::Streams),
    /// Whether a role that runs is ready: for containers, which have no other program.
    Health(health::Health),
    /// Proof that the log is what it was.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Brings people in from elsewhere.
    #[command(subcommand)]
    Import(import::Import),
    /// How good matching is, on anybody's data.
    #[command(subcommand)]
    Match(matching::Match),
    /// Read models: where they stand, rebuild, verify, roll back.
    Projection(Operated<operate::ProjectionCommand>),
    /// Events that could not be applied.
    Parked(Operated<operate::ParkedCommand>),
    /// What is in the log.
    Log(Operated<operate::LogCommand>),
    /// Tenants of the programme.
    Tenant(Operated<operate::TenantCommand>),
}

/// A command that an operator gives to running services.
#[derive(Debug, Args)]
pub struct Operated<C: Subcommand> {
    /// The operator's settings: name, key, and where the services are.
    #[arg(long, env = "KINDRED_OPERATOR", value_name = "FILE", global = true)]
    operator: Option<PathBuf>,
    #[command(subcommand)]
    command: C,
}

/// Some of the input was broken; the rest was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartlyBroken;

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    ///
    /// Whatever failed; [`exit_code`] tells how the process ends.
    pub fn run(self) -> LocalBoxFuture<'static, anyhow::Result<Option<PartlyBroken>>> {
        // Boxed, so that all commands are compiled here and not again in the binary.
        Box::pin(self.perform())
    }

    async fn perform(self) -> anyhow::Result<Option<PartlyBroken>> {
        let format = self.output;
        match self.command {
            Command::Serve(serve) => serve.run().await?,
            Command::Demo(demo) => demo.run().await?,
            Command::Keys(keys) => keys.run()?,
            Command::Migrate(migrate) => migrate.run().await?,
            Command::Streams(streams) => streams.run(format).await?,
            Command::Health(health) => health.run(format).await?,
            Command::Audit(audit) => audit.run(format).await?,
            Command::Import(import) => return import.run(format).await,
            Command::Match(asked) => asked.run(format)?,
            Command::Projection(asked) => asked.command.run(asked.operator.as_deref(), format).await?,
            Command::Parked(asked) => asked.command.run(asked.operator.as_deref(), format).await?,
            Command::Log(asked) => asked.command.run(asked.operator.as_deref(), format).await?,
            Command::Tenant(asked) => asked.command.run(asked.operator.as_deref(), format).await?,
        }
        Ok(None)
    }
}

/// Says on one line what failed, and how the process ends.
#[expect(clippy::print_stderr, reason = "the last word of a command line")]
#[must_use]
pub fn exit_code(outcome: anyhow::Result<Option<PartlyBroken>>) -> ExitCode {
    let error = match outcome {
        Ok(None) => return ExitCode::SUCCESS,
        Ok(Some(PartlyBroken)) => return ExitCode::from(65),
        Err(error) => error,
    };
    eprintln!("kindred: {error:#}");
    if error.chain().any(|cause| cause.is::<ConfigError>()) {
        return ExitCode::from(78);
    }
    let unavailable = error
        .chain()
        .any(|cause| cause.downcast_ref::<ApiError>().is_some_and(|error| error.code() == ErrorCode::Unavailable));
    if unavailable { ExitCode::from(69) } else { ExitCode::FAILURE }
}
