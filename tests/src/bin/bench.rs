//! `make bench`: measures, prints a table, writes `target/bench/report.json`.

use std::process::ExitCode;

use kindred_tests::bench::{Demand, run};

#[tokio::main]
#[expect(clippy::print_stderr, reason = "the last word of a command line")]
async fn main() -> ExitCode {
    let demand = Demand::read(std::env::args().skip(1));
    let strict = demand.as_ref().is_ok_and(|demand| demand.strict);
    let outcome = match demand {
        Ok(demand) => run(demand).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(report) if strict && report.missed().next().is_some() => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
