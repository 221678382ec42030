//! `make bench`: measures, prints a table, writes `target/bench/report.json`.

use std::process::ExitCode;

use kindred_tests::bench::{Demand, INDEX_MEMORY, print_index_memory, run};

#[tokio::main]
#[expect(clippy::print_stderr, reason = "the last word of a command line")]
async fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(INDEX_MEMORY) {
        return print_index_memory(std::env::args().nth(2));
    }
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
