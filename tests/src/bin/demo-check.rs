//! `make demo-check`: starts the demo and plays its main job as its people would; one line
//! a step, and an end at the first thing that does not hold.

use std::process::ExitCode;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "the last word of a command line")]
async fn main() -> ExitCode {
    match kindred_tests::demo_check::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo-check: {error:#}");
            ExitCode::FAILURE
        }
    }
}
