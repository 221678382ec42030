//! What people type, parsed once: a value that exists is valid.

use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{bounded_line, optional_text};

use crate::domain::value::{FieldKind, Visibility};

/// How many fields a profile has at most.
const MOST_FIELDS: usize = 100;

/// An e-mail address, normalized: trimmed and in lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `email`.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let text = bounded_line("email", text.trim(), 254)?.to_lowercase();
        let parts: Vec<&str> = text.split('@').collect();
        let fits = matches!(parts[..], [local, domain] if !local.is_empty() && local.len() <= 64
            && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains(".."))
            && !text
                .contains(|character: char| character.is_whitespace() || matches!(character, '<' | '>' | ',' | ';'));
        fits.then_some(Self(text))
            .ok_or_else(|| ApiError::invalid("email", "EMAIL_MALFORMED", "`email` is not an e-mail address"))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A pseudonym as typed; unique without regard to case.
#[derive(Clone, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    /// Reads a pseudonym.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `handle`.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = (3..=30).contains(&text.len())
            && text.bytes().all(plain)
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        fits.then(|| Self(text.to_owned())).ok_or_else(|| {
            let message = "`handle` has 3 to 30 letters, digits and single hyphens";
            ApiError::invalid("handle", "HANDLE_MALFORMED", message)
        })
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What must be unique.
    pub fn normalized(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Ages as they are said: coarse enough to name nobody.
const AGE_BANDS: [&str; 7] = ["18-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+"];

/// One value of a profile, readable.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct ProfileEntry {
    pub kind: FieldKind,
    pub value: String,
    pub label: String,
    pub visibility: Visibility,
}

impl ProfileEntry {
    /// Reads one value.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `fields`, saying which kind and why.
    pub fn parse(kind: i32, value: &str, label: &str, visibility: i32) -> Result<Self, ApiError> {
        let wrong = |reason, message: &str| ApiError::invalid("fields", reason, message);
        let kind = FieldKind::from_number(kind)
            .ok_or_else(|| wrong("FIELD_KIND_UNKNOWN", "`fields.kind` is none of the known kinds"))?;
        let visibility = Visibility::from_number(visibility)
            .ok_or_else(|| wrong("VISIBILITY_UNKNOWN", "`fields.visibility` is none of the known ones"))?;
        let value = bounded_line("fields", value.trim(), 60)?;
        let label = optional_text("fields", label.trim(), 200)?;
        let fits = match kind {
            FieldKind::Condition => is_code(value),
            FieldKind::Language => is_language(value),
            FieldKind::YearOfDiagnosis => value.parse::<u16>().is_ok_and(|year| (1900..=2200).contains(&year)),
            FieldKind::AgeBand => AGE_BANDS.contains(&value),
            FieldKind::Interest
            | FieldKind::Role
            | FieldKind::Area
            | FieldKind::Stage
            | FieldKind::Treatment
            | FieldKind::Sex
            | FieldKind::Offer
            | FieldKind::Want => true,
        };
        if !fits {
            let message = match kind {
                FieldKind::Condition => "a condition is `icd10cm|<code>` or `snomed|<code>`",
                FieldKind::Language => "a language is a BCP 47 tag such as `en` or `pt-BR`",
                FieldKind::AgeBand => "an age is one of 18-29, 30-39, 40-49, 50-59, 60-69, 70-79, 80+",
                _ => "a year of diagnosis has four digits",
            };
            return Err(wrong("FIELD_VALUE_MALFORMED", message));
        }
        if label.contains('\n') {
            return Err(wrong("TEXT_NOT_ONE_LINE", "`fields.label` must be one line"));
        }
        Ok(Self { kind, value: value.to_owned(), label: label.to_owned(), visibility })
    }

    /// Reads a whole profile; equal values are one, and the order is made one.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` if there are too many, or several of a kind that has one value.
    pub fn profile(mut entries: Vec<Self>) -> Result<Vec<Self>, ApiError> {
        if entries.len() > MOST_FIELDS {
            let message = format!("a profile has at most {MOST_FIELDS} fields, not {}", entries.len());
            return Err(ApiError::invalid("fields", "TOO_MANY_FIELDS", message));
        }
        entries.sort();
        entries.dedup_by(|later, earlier| (later.kind, &later.value) == (earlier.kind, &earlier.value));
        for single in [FieldKind::Area, FieldKind::YearOfDiagnosis, FieldKind::AgeBand, FieldKind::Sex] {
            if entries.iter().filter(|entry| entry.kind == single).count() > 1 {
                return Err(ApiError::invalid(
                    "fields",
                    "FIELD_REPEATED",
                    "a profile has one area, one year of diagnosis, one age and one sex",
                ));
            }
        }
        Ok(entries)
    }

    /// As it is sealed: value and label.
    pub fn content(&self) -> String {
        format!("{}\n{}", self.value, self.label)
    }

    /// Value and label of what was sealed.
    pub fn split(content: &str) -> (&str, &str) {
        content.split_once('\n').unwrap_or((content, ""))
    }
}

/// `icd10cm|E06.3` (CDC's ICD-10-CM, dotted) or `snomed|21983002` (SNOMED CT concept id).
fn is_code(value: &str) -> bool {
    match value.split_once('|') {
        Some(("icd10cm", code)) => {
            let (category, rest) = code.split_once('.').unwrap_or((code, "0"));
            category.len() == 3
                && category.starts_with(|first: char| first.is_ascii_uppercase())
                && category[1..2].bytes().all(|byte| byte.is_ascii_digit())
                && (1..=4).contains(&rest.len())
                && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'.')
        }
        Some(("snomed", code)) => (6..=18).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// The shape of a tag of RFC 5646 that we take: language, then script, region or variant.
fn is_language(value: &str) -> bool {
    let mut parts = value.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_or_refused() {
        for good in ["a@b.example", " Ann.Lee@Clinic.Example "] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "a@b", "@b.c", "a@", "a@b..c", "a@.b", "a b@c.d", "a@b.c,d@e.f", "a@b@c.d", "<a@b.c>"] {
            let error = Email::parse(bad).err().unwrap_or_else(|| panic!("{bad:?} was taken"));
            assert_eq!(error.field(), Some("email"));
        }
    }

    #[test]
    fn handles_are_taken_or_refused() {
        assert!(Handle::parse("quiet-heron").is_ok());
        for bad in ["", "ab", "-ab", "ab-", "a--b", "a b c", "é-heron", &"a".repeat(31)] {
            assert!(Handle::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn codes_languages_and_years_have_their_shape() {
        let parse = |kind: FieldKind, value: &str| ProfileEntry::parse(kind.number(), value, "", 2).is_ok();
        for good in ["icd10cm|E06.3", "icd10cm|I10", "snomed|21983002", "icd10cm|C7A.00"] {
            assert!(parse(FieldKind::Condition, good), "{good}");
        }
        for bad in
            ["E06.3", "icd10cm|", "icd10cm|e06.3", "icd10cm|E0", "snomed|12", "loinc|1234-5", "icd10cm|E06.12345"]
        {
            assert!(!parse(FieldKind::Condition, bad), "{bad}");
        }
        assert!(parse(FieldKind::Language, "pt-BR") && !parse(FieldKind::Language, "Portuguese"));
        assert!(parse(FieldKind::YearOfDiagnosis, "2021") && !parse(FieldKind::YearOfDiagnosis, "21"));
        assert!(parse(FieldKind::AgeBand, "40-49") && !parse(FieldKind::AgeBand, "43"));
    }

    #[test]
    fn a_profile_of_ten_thousand_fields_is_refused() {
        let entry = ProfileEntry::parse(2, "walking", "", 2).expect("an interest");
        let error = ProfileEntry::profile(vec![entry.clone(); 10_000]).err().expect("refused");
        assert_eq!(error.reason(), "TOO_MANY_FIELDS");
        assert_eq!(ProfileEntry::profile(vec![entry; 3]).expect("taken").len(), 1);
    }
}
