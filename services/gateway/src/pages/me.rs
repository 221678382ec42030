//! The reader's own profile: what they say about themselves, and who sees it.

mod rows;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::ApiError;

use self::rows::{Row, Rows};
use super::communities::about_input;
use super::errors::{html, sentence};
use super::frame::{Frame, visibility_words};
use super::request::{Sent, Visit};
use crate::codes;
use crate::failure::Answer;
use crate::model::Consents;
use crate::operations::members;
use crate::wire::{ConsentPurpose, FieldKind, Visibility};

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    frame: Frame,
    handle: String,
    consents: Consents,
    rows: Rows,
    error: Option<String>,
}

/// Something that a member may also agree to.
struct Choice {
    purpose: ConsentPurpose,
    title: &'static str,
    words: &'static str,
    on: bool,
}

/// What may also be agreed to, in words.
const CHOICES: [(ConsentPurpose, &str, &str); 3] = [
    (
        ConsentPurpose::Inference,
        "What often goes together",
        "People with the same things often have others in common too. If you agree, you also find people who have \
         what often goes with what you said, and what you said helps to learn it. A guess about you is never shown to \
         anybody, and none is made about addiction, HIV or the end of a pregnancy.",
    ),
    (
        ConsentPurpose::Text,
        "What you write about",
        "If you agree, the threads that you started are compared with those of others who agreed, in the communities \
         where both of you are: people who write about similar things come further up for each other. A program does \
         it, here; nobody reads along, and your messages and replies are not used.",
    ),
    (
        ConsentPurpose::Outcomes,
        "What came of introductions",
        "If you agree, it is learned from whether you and the people you were introduced to wrote to each other: \
         what you had in common then counts more or less for everybody. What you wrote is not read, and it only counts \
         where both of you agreed.",
    ),
];

impl MePage {
    fn choices(&self) -> impl Iterator<Item = Choice> {
        let consents = self.consents;
        CHOICES.into_iter().map(move |(purpose, title, words)| Choice {
            purpose,
            title,
            words,
            on: consents.covers(purpose),
        })
    }

    fn visibilities(&self, row: &Row) -> Vec<(&'static str, &'static str, bool)> {
        Visibility::ALL.iter().map(|one| (one.as_str(), visibility_words(*one), *one == row.visibility)).collect()
    }

    fn conditions(&self) -> Vec<&'static str> {
        codes::conditions().map(|(_, words)| words).collect()
    }

    const fn ages(&self) -> [&'static str; 7] {
        rows::AGES
    }

    fn languages(&self) -> Vec<&'static str> {
        codes::LANGUAGES.iter().map(|(_, name)| *name).collect()
    }

    fn groups(&self) -> Vec<Group<'_>> {
        FieldKind::ALL.iter().map(|kind| Group::new(*kind, &self.rows)).collect()
    }
}

/// The rows of one kind, and how they are asked for.
struct Group<'a> {
    kind: &'static str,
    title: &'static str,
    hint: &'static str,
    label: &'static str,
    list: Option<&'static str>,
    rows: Vec<&'a Row>,
}

impl<'a> Group<'a> {
    fn new(kind: FieldKind, rows: &'a Rows) -> Self {
        let (title, hint, label, list) = match kind {
            FieldKind::Condition | FieldKind::Unknown => (
                "What you live with",
                "Choose from the list, or write a code such as E06.3. Leave a line empty to take it out.",
                "Condition",
                Some("conditions"),
            ),
            FieldKind::Interest => (
                "What you like to do or talk about",
                "A word or two each, such as walking, sleep, cooking, tired at work.",
                "Interest",
                None,
            ),
            FieldKind::Role => {
                ("What you are here as", "Such as patient, caregiver, nurse, organizer.", "Role", Some("roles"))
            }
            FieldKind::Area => (
                "Where you live, roughly",
                "The first digits of your postcode, or your city. Never your street.",
                "Area",
                None,
            ),
            FieldKind::Language => {
                ("What you speak", "One a line, such as English or Spanish.", "Language", Some("languages"))
            }
            FieldKind::YearOfDiagnosis => ("When it began", "The year of your diagnosis, four digits.", "Year", None),
            FieldKind::Stage => (
                "Where you are with it",
                "Such as newly diagnosed, in treatment, in remission.",
                "Stage",
                Some("stages"),
            ),
            FieldKind::Treatment => (
                "What you are treated with",
                "A word or two each, such as levothyroxine, insulin pump, physiotherapy.",
                "Treatment",
                None,
            ),
            FieldKind::AgeBand => ("How old you are, roughly", "Choose from the list.", "Age", Some("ages")),
            FieldKind::Sex => {
                ("Your sex or gender", "In your own word, such as female, male, non-binary.", "Sex", Some("sexes"))
            }
            FieldKind::Offer => (
                "What you can help others with",
                "A few words each. Those who look for the same words find you.",
                "I can help with",
                None,
            ),
            FieldKind::Want => (
                "What you are looking for",
                "A few words each. Those who can help with the same words find you.",
                "I look for",
                None,
            ),
        };
        Self { kind: kind.as_str(), title, hint, label, list, rows: rows.of(kind) }
    }
}

/// `GET /me`.
pub async fn show(visit: Visit) -> Answer<Response> {
    let signed = visit.signed()?;
    let (profile, frame) = tokio::join!(members::profile(&signed.call, &signed.session.member_id), visit.frame("me"));
    let profile = profile?;
    let rows = Rows::of_profile(&profile.fields);
    Ok(html(&MePage { frame, handle: profile.handle, consents: profile.consents, rows, error: None }))
}

/// `POST /me/profile`: nothing that was typed is lost if something does not fit.
pub async fn save(sent: Sent) -> Answer<Response> {
    let rows = Rows::of_form(&sent.fields);
    let Some(fields) = rows.fields() else {
        return again(&sent, rows, "Something does not fit yet; see below.".to_owned(), StatusCode::BAD_REQUEST).await;
    };
    match members::set_profile(sent.visit.call()?, sent.command.clone(), fields).await {
        Ok(accepted) => sent.done(&accepted, "/me", "profile"),
        Err(error) if about_input(error.code()) => {
            again(&sent, rows, sentence(error.message()), error.code().http()).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(sent: &Sent, rows: Rows, error: String, status: StatusCode) -> Answer<Response> {
    let signed = sent.visit.signed()?;
    let (consents, frame): (Result<Consents, ApiError>, Frame) =
        tokio::join!(members::consents(&signed.call), sent.visit.frame("me"));
    let handle = signed.session.handle.clone();
    let page = MePage { frame, handle, consents: consents?, rows: rows.with_blanks(), error: Some(error) };
    Ok((status, html(&page)).into_response())
}
