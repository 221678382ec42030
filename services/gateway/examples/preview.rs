//! The gateway over invented services, to look at its pages: prints its address and goes on
//! until it is stopped. `cargo run --example preview -- 127.0.0.1:8099`
#![expect(clippy::print_stdout, reason = "a tool for looking, not for serving")]

#[path = "../tests/it/main.rs"]
mod it;

#[tokio::main]
async fn main() {
    let listen = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let site = it::site::Site::start(&listen).await;
    println!("{} with {} people", site.url, site.fake.world().people.len());
    for name in ["patient", "newcomer", "mentor", "moderator", "manager", "privacy", "administrator", "operator"] {
        println!("{name}: {}", it::fake::persona(name));
    }
    tokio::signal::ctrl_c().await.expect("signals can be listened to");
    site.tasks.stop();
}
