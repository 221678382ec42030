//! People, communities and conversations to look at.

use kindred_proto::matching::{
    CheckInView, IntroductionState, MentorRound, Pairing, PairingMood, PairingState, RoundMode,
};
use kindred_proto::membership::*;
use kindred_proto::notification::{InboxItem, NotificationKind};

use super::posting::written;
use super::{Chat, Circle, Offer, Person, Talk, Wish, World};

/// A well-formed id: kind and number are its first bytes.
pub fn id(kind: u8, number: u32) -> String {
    format!("{kind:02x}{number:06x}000080008000000000000000")
}

/// The session token of a persona.
pub fn persona(name: &str) -> String {
    format!("riverside.session.{name}")
}

fn field(kind: ProfileFieldKind, value: &str, label: &str, seen: Visibility) -> ProfileField {
    ProfileField { kind: kind.into(), value: value.into(), label: label.into(), visibility: seen.into() }
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Everything.
pub fn seed(now: i64) -> World {
    let mut world = World::default();
    tenants(&mut world);
    people(&mut world);
    circles(&mut world);
    talks(&mut world, now);
    meetings(&mut world, now);
    mentoring(&mut world, now);
    chats(&mut world, now);
    world
}

fn tenants(world: &mut World) {
    for (slug, name, hue, open) in [
        ("riverside", "Riverside Hospital", 168, false),
        ("lakeside", "Lakeside Practices", 255, true),
        ("healthit", "Health IT Society", 25, true),
    ] {
        let tenant = Tenant {
            tenant: slug.into(),
            name: name.into(),
            programme: "valley-care".into(),
            suspended: false,
            hue,
            open_registration: open,
        };
        world.tenants.insert(slug.into(), tenant);
    }
}

fn people(world: &mut World) {
    use ProfileFieldKind as K;
    use Visibility as V;
    let hashimoto = || field(K::Condition, "icd10cm|E06.3", "Hashimoto’s thyroiditis", V::Matched);
    let walking = || field(K::Interest, "walking", "", V::Community);
    let work = || field(K::Interest, "being tired at work", "", V::Community);
    let english = || field(K::Language, "en", "", V::Tenant);
    let role = |value: &str| field(K::Role, value, "", V::Community);
    let lines: [(&str, &str, Vec<ProfileField>, Vec<TenantRole>); 10] = [
        (
            "patient",
            "quiet-heron",
            vec![
                hashimoto(),
                walking(),
                work(),
                english(),
                role("patient"),
                field(K::Area, "941", "", V::Matched),
                field(K::YearOfDiagnosis, "2025", "", V::Matched),
            ],
            vec![],
        ),
        ("newcomer", "first-light", vec![english()], vec![]),
        (
            "mentor",
            "morning-walker",
            vec![hashimoto(), walking(), work(), english(), role("patient"), field(K::Area, "941", "", V::Community)],
            vec![],
        ),
        ("moderator", "steady-hand", vec![english(), role("nurse")], vec![]),
        ("manager", "green-door", vec![english(), role("organizer")], vec![]),
        ("privacy", "grey-owl", vec![], vec![TenantRole::PrivacyOfficer]),
        ("administrator", "front-desk", vec![], vec![TenantRole::Administrator]),
        ("operator", "night-watch", vec![], vec![]),
        ("two-cups", "two-cups", vec![hashimoto(), work(), english(), role("caregiver")], vec![]),
        (
            "river-stone",
            "river-stone",
            vec![walking(), english(), field(K::Condition, "icd10cm|E11.9", "Type 2 diabetes", V::Community)],
            vec![],
        ),
    ];
    for (number, (name, handle, fields, roles)) in (0_u32..).zip(lines) {
        let key = id(0x0e, number);
        let person = Person {
            tenant: "riverside".into(),
            handle: handle.into(),
            email: format!("{handle}@mail.example"),
            state: MemberState::Active,
            fields,
            roles,
            operator: name == "operator",
            consents: GetConsentResponse {
                matching: !matches!(name, "newcomer" | "privacy" | "operator" | "administrator"),
                ..GetConsentResponse::default()
            },
        };
        world.sessions.insert(persona(name), key.clone());
        world.people.insert(key, person);
    }
    let gone = Person { state: MemberState::Erased, handle: String::new(), ..world.people[&id(0x0e, 1)].clone() };
    world.people.insert(id(0x0e, 10), gone);
    let other = Person { tenant: "lakeside".into(), handle: "far-away".into(), ..world.people[&id(0x0e, 0)].clone() };
    world.people.insert(id(0x0e, 11), other);
    world.sessions.insert("lakeside.session.other".into(), id(0x0e, 11));
}

const PROMISES: &str = "* We speak of what helped **us**, and leave treatment to those who treat.\n* What is said here stays here.\n* Nobody has to explain their whole chart.";

fn circles(world: &mut World) {
    for (number, (name, purpose, policy, others)) in (0_u32..).zip([
        ("Thyroid circle", "For everybody who lives with Hashimoto’s, Graves’ or a thyroid that does as it likes, and for those who live with them.", JoinPolicy::Open, 404),
        ("Type 2, day by day", "Food, feet, figures, and how to get through the week.", JoinPolicy::Approval, 1_180),
        ("Heart and hope", "After the hospital: getting stronger, being afraid, being glad.", JoinPolicy::Approval, 236),
        ("Moving again", "People around Riverside who would like to walk, swim or dance with somebody. No diagnosis needed.", JoinPolicy::Open, 88),
        ("Those who care", "For partners, parents, children and friends who look after somebody.", JoinPolicy::Invitation, 51),
    ]) {
        let circle = Circle { tenant: "riverside".into(), name: name.into(), purpose: purpose.into(), guidelines: PROMISES.into(), policy, others };
        world.circles.insert(id(0xc0, number), circle);
    }
    use CommunityRole as R;
    use MembershipState as S;
    let mut put = |circle: u32, member: u32, state: S, role: R, note: &str| {
        world.roster.insert((id(0xc0, circle), id(0x0e, member)), (state, role, note.into()));
    };
    for (member, role) in
        [(0, R::Member), (2, R::Mentor), (3, R::Moderator), (4, R::Manager), (8, R::Member), (10, R::Member)]
    {
        put(0, member, S::Active, role, "");
    }
    put(0, 9, S::Suspended, R::Member, "");
    put(1, 0, S::Pending, R::Member, "");
    put(1, 4, S::Active, R::Manager, "");
    put(
        1,
        1,
        S::Pending,
        R::Member,
        "My doctor told me three weeks ago. I have a lot of questions and nobody to ask in the evening.",
    );
    put(1, 9, S::Pending, R::Member, "");
    put(3, 0, S::Active, R::Member, "");
    put(3, 2, S::Active, R::Member, "");
    put(3, 9, S::Active, R::Member, "");
}

fn talks(world: &mut World, now: i64) {
    let first = written(
        &id(0x70, 0),
        &id(0x0e, 8),
        "My team is kind, but they see me leave at four and I never know what to say. I do not want to explain my whole chart.\n\nHow do you put it, in one sentence?",
        now - 3 * DAY,
    );
    let mut answer = written(
        &id(0x71, 1),
        &id(0x0e, 2),
        "“My energy runs on a timer; mornings are my best work.” Nobody ever asked further, and it is true.\n\n* say it once\n* say it early\n* then talk of the work",
        now - 2 * DAY,
    );
    answer.versions.push((
        answer.versions[0].0.clone() + "\n\nThere is a good page about it: https://example.org/energy",
        now - DAY,
    ));
    let mut own = written(
        &id(0x71, 2),
        &id(0x0e, 0),
        &format!("Thank you @{{{}}}, I will try that on Monday.", id(0x0e, 2)),
        now - 5 * HOUR,
    );
    own.parent = answer.id.clone();
    let erased = written(&id(0x71, 3), &id(0x0e, 10), "gone", now - 4 * HOUR);
    let mut taken = written(&id(0x71, 4), &id(0x0e, 9), "buy my tea", now - 3 * HOUR);
    taken.deleted = true;
    taken.removal = "Selling something".into();
    let evil = written(
        &id(0x71, 5),
        &id(0x0e, 3),
        "<script>alert(1)</script> **bold** <img src=x onerror=alert(2)> [x](javascript:alert(3))",
        now - 20 * MINUTE,
    );
    let mut first = first;
    for (member, kind) in [(0, 1), (2, 1), (3, 3)] {
        first.reactions.insert(id(0x0e, member), kind);
    }
    answer.reactions.insert(id(0x0e, 8), 2);
    let posts = vec![first, answer, own, erased, taken, evil];
    world.talks.insert(
        id(0x70, 0),
        Talk { community: id(0xc0, 0), title: "Tired at work: what do you tell people?".into(), posts },
    );
    for (number, (title, author, hours)) in (1_u32..).zip([
        ("Morning or evening for the tablet?", 2, 30),
        ("My mother has it too, and now my daughter", 8, 52),
        ("Cold hands all summer", 0, 75),
        ("What I wish I had known in the first month, written down for whoever comes next, with the things that I got wrong", 2, 101),
        ("Introduce yourself here", 4, 900),
    ]) {
        let first = written(&id(0x70, number), &id(0x0e, author), "What helped me most in the first months was writing down one good hour a day. Small, but I could see the week change.", now - i64::from(hours) * HOUR);
        let replies = (0..number).map(|index| written(&id(0x72, number * 10 + index), &id(0x0e, 2), "Same here.", now - i64::from(hours - 1) * HOUR));
        world.talks.insert(id(0x70, number), Talk { community: id(0xc0, 0), title: title.into(), posts: std::iter::once(first).chain(replies).collect() });
    }
    let walk = written(
        &id(0x70, 9),
        &id(0x0e, 9),
        "Saturday at ten by the boathouse, an hour, slowly. Who comes along?",
        now - 6 * HOUR,
    );
    world.talks.insert(
        id(0x70, 9),
        Talk { community: id(0xc0, 3), title: "A slow walk on Saturday".into(), posts: vec![walk] },
    );
}

fn meetings(world: &mut World, now: i64) {
    let wish = |from: u32, to: u32, note: &str, state: IntroductionState, age: i64| Wish {
        from: id(0x0e, from),
        to: id(0x0e, to),
        note: note.into(),
        state: state as i32,
        at: now - age,
    };
    world.wishes.insert(
        id(0x1d, 0),
        wish(
            8,
            0,
            "You wrote about cold hands; I laughed and cried. Would you like to talk some evening?",
            IntroductionState::Open,
            2 * HOUR,
        ),
    );
    world.wishes.insert(id(0x1d, 1), wish(0, 2, "", IntroductionState::Accepted, 5 * DAY));
    world.wishes.insert(id(0x1d, 2), wish(0, 9, "I walk on Saturdays too.", IntroductionState::Declined, DAY));
    let item = |number: u32, kind: NotificationKind, actor: u32, subject: String, age: i64, read: bool| InboxItem {
        item_id: id(0x1b, number),
        kind: kind.into(),
        actor_id: id(0x0e, actor),
        subject_id: subject,
        thread_id: if matches!(kind, NotificationKind::Reply | NotificationKind::Mention) {
            id(0x70, 0)
        } else {
            String::new()
        },
        community_id: id(0xc0, 0),
        at: now - age,
        read,
        declined: false,
    };
    use NotificationKind as N;
    for one in [
        item(0, N::IntroductionRequested, 8, id(0x1d, 0), 2 * HOUR, false),
        item(1, N::Reply, 2, id(0x71, 1), 26 * HOUR, false),
        item(2, N::Mention, 3, id(0x71, 5), 28 * HOUR, false),
        item(3, N::IntroductionAccepted, 2, id(0x1d, 1), 4 * DAY, true),
        item(4, N::JoinDecided, 4, id(0xc0, 0), 20 * DAY, true),
    ] {
        world.inbox.push((id(0x0e, 0), one));
    }
    world.blocks.insert((id(0x0e, 0), id(0x0e, 4)));
    world.erasures.insert(id(0x0e, 10), now - DAY);
    world.certified.insert(id(0x0e, 10));
}

/// One mentor who is paired, one who is free, one who waits for the word of staff; somebody
/// who waits for whoever it may be, and a round.
fn mentoring(world: &mut World, now: i64) {
    for (member, about, capacity, trained, paused) in [
        (2, "The first year with Hashimoto’s: tests, tablets, and what to tell people.", 3, true, false),
        (4, "Getting through forms and phone calls.", 2, true, false),
        (8, "Looking after somebody, and after yourself.", 1, false, false),
        (9, "Food and feet with type 2.", 2, true, true),
    ] {
        let offer = Offer { about: about.to_owned(), capacity, trained, paused };
        world.offers.insert(id(0x0e, member), offer);
    }
    world.waits.insert(id(0x0e, 3), now - 3 * DAY);
    world.rounds.push(MentorRound {
        round_id: id(0xf0, 0),
        mode: RoundMode::Cheapest.into(),
        started_at: now - 5 * DAY,
        finished_at: now - 5 * DAY + 900,
        waiting: 7,
        mentors: 4,
        places: 6,
        proposed: 6,
        accepted: 5,
        longest_wait_millis: 9 * DAY as u64,
    });
    let pairing = |number: u32, mentee: u32, mentor: u32, state: PairingState, note: &str| Pairing {
        pairing_id: id(0x9a, number),
        mentee_id: id(0x0e, mentee),
        mentor_id: id(0x0e, mentor),
        state: state.into(),
        note: note.to_owned(),
        asked_at: now - 9 * DAY + i64::from(number),
        accepted_at: if state == PairingState::Active { now - 8 * DAY } else { 0 },
        ..Pairing::default()
    };
    let said =
        |mood: PairingMood, note: &str| Some(CheckInView { mood: mood.into(), note: note.to_owned(), at: now - DAY });
    let going_on = Pairing {
        mentee_check_in: said(PairingMood::CouldBeBetter, ""),
        mentor_check_in: said(PairingMood::GoingWell, "You came a long way since June."),
        ..pairing(0, 0, 2, PairingState::Active, "I was told in spring and have so many questions.")
    };
    for pairing in [
        going_on,
        pairing(1, 3, 2, PairingState::Open, "Would you have an hour for me now and then?"),
        pairing(2, 0, 9, PairingState::Declined, "You know so much about shoes."),
    ] {
        world.pairings.insert(pairing.pairing_id.clone(), pairing);
    }
}

fn chats(world: &mut World, now: i64) {
    let said = |number: u32, author: u32, text: Option<&str>, age: i64| {
        (id(0xcb, number), id(0x0e, author), text.map(str::to_owned), now - age)
    };
    let with = |other: u32, left: &[u32], messages: Vec<_>| Chat {
        pair: [id(0x0e, 0), id(0x0e, other)],
        left: left.iter().map(|number| id(0x0e, *number)).collect(),
        messages,
    };
    let walk = vec![
        said(0, 2, Some("I am glad that you asked. Do you **walk** in the rain too?"), 3 * DAY),
        said(1, 0, Some("Only with a good coat. Saturday?"), 2 * DAY),
        said(2, 2, None, DAY),
        said(3, 2, Some("<script>alert(1)</script> Saturday it is, at ten."), 3 * HOUR),
    ];
    world.chats.insert(id(0xca, 0), with(2, &[], walk));
    world.chats.insert(id(0xca, 1), with(10, &[], vec![said(10, 10, Some("gone"), 9 * DAY)]));
    world.chats.insert(id(0xca, 2), with(9, &[9], vec![said(20, 0, Some("Are you well?"), 12 * DAY)]));
    world.chats.insert(id(0xca, 3), with(3, &[0], vec![said(30, 3, Some("Welcome."), 20 * DAY)]));
}
