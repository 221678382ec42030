//! How many fields of 200 bytes one core seals and opens in a second.

use std::io::Write as _;
use std::time::Instant;

use kindred_eventsourcing::KeyId;
use kindred_ids::{CommandId, EntityKey, MemberId, TenantSlug, derive_root_id};
use kindred_vault::{Aad, DataKey, Opener, Sealer, Secret};

const ROUNDS: u32 = 400_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant: TenantSlug = "riverside".parse()?;
    let command = CommandId::derived(&[b"throughput"]);
    let member = MemberId(derive_root_id(tenant.as_str(), "anonymous", command, "member", 0));
    let entity = EntityKey::new(tenant.clone(), "thread", member.0);
    let aad = Aad::of(&tenant, member, &entity, command, "body");
    let key = DataKey::new(KeyId(command.as_uuid()), tenant.clone(), member, Secret::random()?);
    let (sealer, opener) = (Sealer::new(key.clone()), Opener::new(key));
    let text = "m".repeat(200);

    let start = Instant::now();
    let mut sealed = sealer.seal(&text, &aad)?;
    for _ in 1..ROUNDS {
        sealed = std::hint::black_box(sealer.seal(&text, &aad)?);
    }
    let sealing = start.elapsed();
    let start = Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(opener.open(&sealed, &aad)?);
    }
    let opening = start.elapsed();
    let per_second = |elapsed: std::time::Duration| f64::from(ROUNDS) / elapsed.as_secs_f64();
    writeln!(std::io::stdout(), "sealed {:.0}/s, opened {:.0}/s", per_second(sealing), per_second(opening))?;
    Ok(())
}
