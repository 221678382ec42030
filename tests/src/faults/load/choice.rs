//! What somebody does next.

use std::sync::Arc;

use kindred_testkit::Seed;

use crate::faults::action::Action;
use crate::faults::sender::{Sender, Way};
use crate::faults::world::{Person, Tenant};

/// As many people come to a tenant.
const MOST_PEOPLE: usize = 80;

/// Who does what, over what.
pub struct Chosen {
    /// Who.
    pub person: Arc<Person>,
    /// Over what.
    pub way: Way,
    /// What.
    pub action: Action,
}

/// Chooses; nothing if what was drawn cannot be done yet.
pub async fn choose(tenant: &Tenant, seed: &mut Seed, sender: &Sender) -> Option<Chosen> {
    let person = tenant.people.pick(seed, |_| true)?;
    let way = if person.token.is_empty() || seed.below(2) == 0 { Way::Grpc } else { Way::Http };
    // Whoever registered later comes in first.
    let action = if person.talks() {
        draw(tenant, &person, seed, sender).await?
    } else {
        Action::Join { community: tenant.talk.clone() }
    };
    Some(Chosen { person, way, action })
}

async fn draw(tenant: &Tenant, person: &Person, seed: &mut Seed, sender: &Sender) -> Option<Action> {
    let own = person.member;
    Some(match seed.below(100) {
        0..25 => {
            let thread = tenant.threads.pick(seed, |_| true)?;
            Action::Reply { thread: thread.id, text: words(seed) }
        }
        25..42 => {
            let reaction = [Some("helpful"), Some("hug"), Some("me_too"), None][seed.below(4) as usize];
            Action::React { post: tenant.posts.pick(seed, |_| true)?.id, reaction }
        }
        42..50 => {
            let post = tenant.posts.pick(seed, |post| post.author == own)?;
            Action::Edit { post: post.id, is_thread: post.is_thread, text: words(seed) }
        }
        50..57 => {
            let title = format!("A question, number {}", seed.below(1_000_000));
            Action::StartThread { community: tenant.talk.clone(), title, text: words(seed) }
        }
        57..62 => Action::SetConsent { matching: seed.below(5) > 0 },
        62..66 => Action::SetProfile { interest: format!("walk {}", seed.below(1_000)) },
        66..69 => Action::Join { community: tenant.side.clone() },
        69..72 => Action::Leave { community: tenant.side.clone() },
        72..74 => Action::Block { member: other(tenant, person, seed)? },
        74..77 => Action::Unblock { member: other(tenant, person, seed)? },
        77..83 => Action::Ask { member: other(tenant, person, seed)?, note: words(seed) },
        83..87 => {
            let introduction = tenant.introductions.pick(seed, |one| one.to == own)?.id;
            Action::Answer { introduction, accept: seed.below(3) > 0 }
        }
        87..89 => Action::Withdraw { introduction: tenant.introductions.pick(seed, |one| one.from == own)?.id },
        89..94 => {
            let kind = ["reply", "mention", "introduction_accepted"][seed.below(3) as usize];
            let channel = ["inbox", "email"][seed.below(2) as usize];
            Action::Prefer { kind, channel, on: seed.below(2) == 0 }
        }
        94..98 => Action::MarkRead { item: unread(person, sender).await? },
        _ if tenant.people.all().len() >= MOST_PEOPLE => Action::SetConsent { matching: true },
        _ => {
            let name = format!("late-{:010x}", seed.next() & 0xff_ffff_ffff);
            Action::Register { email: format!("{name}@{}.example", tenant.slug), handle: name }
        }
    })
}

/// Somebody else of the tenant.
fn other(tenant: &Tenant, person: &Person, seed: &mut Seed) -> Option<String> {
    Some(tenant.people.pick(seed, |one| one.member != person.member)?.member.to_string())
}

/// An inbox item that was not seen yet.
async fn unread(person: &Person, sender: &Sender) -> Option<String> {
    if person.token.is_empty() {
        return None;
    }
    let inbox = sender.get(person, "/inbox?size=5&unread=true").await.ok()?;
    Some(inbox["items"].as_array()?.last()?["item_id"].as_str()?.to_owned())
}

fn words(seed: &mut Seed) -> String {
    const WORDS: [&str; 12] =
        ["slowly", "tea", "again", "walking", "morning", "rest", "thank", "you", "better", "today", "since", "spring"];
    let count = 3 + seed.below(20);
    (0..count).map(|_| WORDS[seed.below(12) as usize]).collect::<Vec<_>>().join(" ")
}
