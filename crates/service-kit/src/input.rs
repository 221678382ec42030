//! Reads what a request holds: precise refusals that name the field, nothing repaired.

use std::str::FromStr;

use kindred_ids::{CommandId, IdError, TenantSlug};

use crate::error::ApiError;

/// The client-made id of a command.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on `command_id` if it is missing, malformed or nil.
pub fn command_id(text: &str) -> Result<CommandId, ApiError> {
    if text.is_empty() {
        return Err(ApiError::invalid("command_id", "COMMAND_ID_MISSING", "`command_id` is required"));
    }
    text.parse().map_err(|error: IdError| {
        ApiError::invalid("command_id", "COMMAND_ID_MALFORMED", format!("`command_id` is malformed: {error}"))
    })
}

/// The id in `field`, of any of the typed kinds.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on the field if it is missing or malformed.
pub fn id<T: FromStr<Err = IdError>>(field: &'static str, text: &str) -> Result<T, ApiError> {
    if text.is_empty() {
        return Err(ApiError::invalid(field, "ID_MISSING", format!("`{field}` is required")));
    }
    text.parse().map_err(|error| ApiError::invalid(field, "ID_MALFORMED", format!("`{field}` is malformed: {error}")))
}

/// The id in `field`, or none if it is empty.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on the field if it is malformed.
pub fn optional_id<T: FromStr<Err = IdError>>(field: &'static str, text: &str) -> Result<Option<T>, ApiError> {
    if text.is_empty() { Ok(None) } else { id(field, text).map(Some) }
}

/// The tenant's slug in `field`.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on the field if it is missing or no slug.
pub fn tenant(field: &'static str, text: &str) -> Result<TenantSlug, ApiError> {
    if text.is_empty() {
        return Err(ApiError::invalid(field, "TENANT_MISSING", format!("`{field}` is required")));
    }
    text.parse().map_err(|error| ApiError::invalid(field, "TENANT_MALFORMED", format!("`{field}`: {error}")))
}

/// A text that somebody wrote: 1 to `most` characters, line breaks and tabs the only
/// control characters. Nothing is trimmed or changed.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on the field if it is blank, too long or holds a control character.
pub fn bounded_text<'a>(field: &'static str, text: &'a str, most: usize) -> Result<&'a str, ApiError> {
    if cfg!(feature = "sabotage-8") {
        return Ok(text);
    }
    optional_text(field, text, most)?;
    if text.trim().is_empty() {
        return Err(ApiError::invalid(field, "TEXT_EMPTY", format!("`{field}` is empty")));
    }
    Ok(text)
}

/// As [`bounded_text`], but may be empty.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on the field if it is too long or holds a control character.
pub fn optional_text<'a>(field: &'static str, text: &'a str, most: usize) -> Result<&'a str, ApiError> {
    if cfg!(feature = "sabotage-8") {
        return Ok(text);
    }
    // A character has at most four bytes: no need to count what is far too long.
    let count = if text.len() > most.saturating_mul(4) { text.len() / 4 + 1 } else { text.chars().count() };
    if count > most {
        return Err(ApiError::invalid(field, "TEXT_TOO_LONG", format!("`{field}` is longer than {most} characters")));
    }
    match text.chars().find(|&character| character.is_control() && !matches!(character, '\n' | '\t')) {
        None => Ok(text),
        Some(bad) => Err(ApiError::invalid(
            field,
            "TEXT_CONTROL_CHARACTER",
            format!("`{field}` holds the control character U+{:04X}", u32::from(bad)),
        )),
    }
}

/// A text of one line, such as a name or title.
///
/// # Errors
///
/// As [`bounded_text`], and for line breaks and tabs.
pub fn bounded_line<'a>(field: &'static str, text: &'a str, most: usize) -> Result<&'a str, ApiError> {
    bounded_text(field, text, most)?;
    if !cfg!(feature = "sabotage-8") && text.contains(['\n', '\t']) {
        return Err(ApiError::invalid(field, "TEXT_NOT_ONE_LINE", format!("`{field}` must be one line")));
    }
    Ok(text)
}

/// How many to answer with: 0 stands for `usual`.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on the field past `most`.
pub fn page_size(field: &'static str, asked: u32, usual: u32, most: u32) -> Result<u32, ApiError> {
    match asked {
        0 => Ok(usual),
        asked if asked <= most => Ok(asked),
        _ => Err(ApiError::invalid(field, "PAGE_TOO_LARGE", format!("`{field}` is at most {most}"))),
    }
}

#[cfg(test)]
mod tests;
