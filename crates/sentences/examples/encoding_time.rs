//! How long a model takes to load and to read texts of some lengths.
//!
//!     cargo run --release --package kindred-sentences --example encoding_time -- "$(make model)"

use std::path::PathBuf;
use std::time::Instant;

use kindred_sentences::Encoder;

/// How often each text is read.
const ROUNDS: u32 = 20;

#[expect(clippy::print_stdout, reason = "what was measured is its answer")]
fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder of a model"));
    let begun = Instant::now();
    let encoder = Encoder::load(&folder).expect("a model");
    println!("loaded in {:.2} s", begun.elapsed().as_secs_f64());
    for words in [5, 15, 30, 60, 120, 500] {
        let text = "how do you explain being tired at work ".repeat(words / 8 + 1);
        let text: Vec<&str> = text.split(' ').take(words).collect();
        let text = text.join(" ");
        let begun = Instant::now();
        for _ in 0..ROUNDS {
            encoder.encode(&[&text]).expect("a vector");
        }
        println!("{words:>4} words: {:.1} ms", begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(ROUNDS));
    }
}
