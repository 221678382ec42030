//! `make faults`: kills and freezes what runs, under load, and checks what is left.

use std::process::ExitCode;

use kindred_tests::faults::{Options, run};

#[tokio::main]
#[expect(clippy::print_stderr, reason = "the last word of a command line")]
async fn main() -> ExitCode {
    let outcome = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => run(options).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}
