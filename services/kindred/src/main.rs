//! `kindred`: see `kindred --help`.

use std::process::ExitCode;

use clap::Parser;
use kindred::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(cli.run()),
        Err(error) => Err(error.into()),
    };
    kindred::cli::exit_code(outcome)
}
