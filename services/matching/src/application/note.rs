//! Words that somebody writes to another: read, and sealed under the key of the writer.

use kindred_eventsourcing::{EventStore, Sealed};
use kindred_ids::{CommandId, EntityKey, MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::optional_text;
use kindred_vault::Aad;

use super::{Application, keys_unavailable};

/// The name of a sealed note, part of what its seal is bound to; frozen once released.
pub const NOTE: &str = "note";

/// The name of what a mentor says of themselves; frozen once released.
pub const ABOUT: &str = "about";

/// Longest text, in characters.
pub const LONGEST: usize = 500;

/// A text as it counts: a form sends line ends as two characters, which mean one.
pub(super) fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Reads a note; a blank one is none.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on `note` if it is too long or holds a control character.
pub(super) fn read(note: &str) -> Result<Option<String>, ApiError> {
    let note = plain(note);
    optional_text(NOTE, &note, LONGEST)?;
    Ok((!note.is_empty()).then_some(note))
}

/// Where a text is to stand: of which field of which entity, by which command.
pub(super) struct Place<'a> {
    pub(super) tenant: &'a TenantSlug,
    pub(super) writer: MemberId,
    pub(super) key: &'a EntityKey,
    pub(super) command_id: CommandId,
    pub(super) field: &'static str,
}

impl<S: EventStore> Application<S> {
    /// Seals a text under the key of whoever writes it.
    pub(super) async fn seal(&self, place: Place<'_>, text: &str) -> Result<Sealed, ApiError> {
        let Place { tenant, writer, key, command_id, field } = place;
        let sealer = self.keys.sealer(tenant, writer).await.map_err(|error| keys_unavailable(&error))?;
        let sealer = sealer.ok_or_else(|| {
            ApiError::unavailable("KEYS_UNAVAILABLE", "the key to seal this text with is not to be had now")
        })?;
        let sealed = sealer.seal(text, &Aad::of(tenant, writer, key, command_id, field));
        sealed.map_err(|error| ApiError::internal(&error))
    }

    /// Seals a note, if there is one.
    pub(super) async fn seal_note(&self, place: Place<'_>, note: Option<&str>) -> Result<Option<Sealed>, ApiError> {
        match note {
            Some(note) => self.seal(place, note).await.map(Some),
            None => Ok(None),
        }
    }
}
