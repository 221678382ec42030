//! `make match-quality`: how good matching is on public data.

use std::process::ExitCode;

use kindred_tests::match_quality::run;

#[expect(clippy::print_stderr, reason = "the last word of a command line")]
fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("match-quality: a gate is missed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("match-quality: {error:#}");
            ExitCode::FAILURE
        }
    }
}
