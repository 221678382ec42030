//! The lines of the profile editor: what is there, room for more, what somebody typed.

use super::super::request::Fields;
use crate::codes;
use crate::model::ProfileField;
use crate::wire::{FieldKind, Visibility};

/// One line of the editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub kind: FieldKind,
    /// What stands in the box.
    pub shown: String,
    /// The value behind it, where that is a code.
    pub value: String,
    /// What stood in the box when it was rendered.
    pub was: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// What does not fit.
    pub error: Option<&'static str>,
}

/// Ages as they are said.
pub const AGES: [&str; 7] = ["18-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+"];

/// All lines.
#[derive(Debug, Clone)]
pub struct Rows(Vec<Row>);

/// How many empty lines each kind is shown with.
const fn blanks(kind: FieldKind, used: usize) -> usize {
    match kind {
        FieldKind::Condition | FieldKind::Interest => 2,
        FieldKind::Language | FieldKind::Treatment | FieldKind::Offer | FieldKind::Want => 1,
        _ if used == 0 => 1,
        _ => 0,
    }
}

/// What a new value starts with: seen by nobody but matching, never wider.
const fn usual(kind: FieldKind) -> Visibility {
    match kind {
        FieldKind::Role | FieldKind::Language | FieldKind::Interest | FieldKind::Offer | FieldKind::Want => {
            Visibility::Community
        }
        _ => Visibility::Matched,
    }
}

impl Rows {
    /// The lines of a profile, with room for more.
    pub fn of_profile(fields: &[ProfileField]) -> Self {
        let rows = fields.iter().map(|field| Row {
            kind: field.kind,
            shown: field.words().to_owned(),
            value: field.value.clone(),
            was: field.words().to_owned(),
            visibility: field.visibility,
            error: None,
        });
        Self(rows.collect()).with_blanks()
    }

    /// The lines as a form holds them: each has a kind, a text, what it was, and who may
    /// see it. Empty lines are left out.
    pub fn of_form(fields: &Fields) -> Self {
        let (kinds, texts) = (fields.all("kind"), fields.all("text"));
        let (values, were, seen) = (fields.all("value"), fields.all("was"), fields.all("visibility"));
        let lines = kinds.zip(texts).zip(values.zip(were)).zip(seen);
        let rows = lines.filter_map(|(((kind, text), (value, was)), seen)| {
            let kind: FieldKind = kind.parse().ok()?;
            let text = text.trim();
            (!text.is_empty()).then(|| Row {
                kind,
                shown: text.to_owned(),
                value: value.to_owned(),
                was: was.to_owned(),
                visibility: seen.parse().unwrap_or(Visibility::Nobody),
                error: None,
            })
        });
        Self(rows.map(Row::checked).collect())
    }

    /// With room for more.
    pub fn with_blanks(mut self) -> Self {
        for &kind in FieldKind::ALL {
            for _ in 0..blanks(kind, self.of(kind).len()) {
                self.0.push(Row {
                    kind,
                    shown: String::new(),
                    value: String::new(),
                    was: String::new(),
                    visibility: usual(kind),
                    error: None,
                });
            }
        }
        self
    }

    /// Those of one kind.
    pub fn of(&self, kind: FieldKind) -> Vec<&Row> {
        self.0.iter().filter(|row| row.kind == kind).collect()
    }

    /// As a profile, if everything fits.
    pub fn fields(&self) -> Option<Vec<ProfileField>> {
        self.0.iter().all(|row| row.error.is_none()).then(|| self.0.iter().map(Row::field).collect())
    }
}

impl Row {
    /// Looks whether it fits, and finds the code behind a condition. A condition that was
    /// left as it stood keeps its code, whatever system that is of.
    fn checked(mut self) -> Self {
        match self.kind {
            FieldKind::Condition if self.shown == self.was && self.value.contains('|') => {}
            FieldKind::Condition => match codes::coded(&self.shown) {
                Some((value, words)) => (self.value, self.shown) = (value, words),
                None => self.error = Some("Choose one from the list, or write its code, such as E06.3."),
            },
            FieldKind::YearOfDiagnosis if !is_year(&self.shown) => {
                self.error = Some("A year has four digits, such as 2019.");
            }
            FieldKind::AgeBand if !AGES.contains(&self.shown.as_str()) => {
                self.error = Some("Choose one from the list, such as 40-49.");
            }
            FieldKind::Language => self.value = codes::language_tag(&self.shown),
            _ if self.shown.chars().count() > 60 => self.error = Some("At most 60 characters, please."),
            _ => {}
        }
        self
    }

    fn field(&self) -> ProfileField {
        let (value, label) = match self.kind {
            FieldKind::Condition => (self.value.clone(), self.shown.clone()),
            FieldKind::Language => (self.value.clone(), String::new()),
            _ => (self.shown.clone(), String::new()),
        };
        ProfileField { kind: self.kind, value, label, visibility: self.visibility }
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(lines: &[(&str, &str, &str, &str, &str)]) -> Rows {
        let encoded: Vec<String> = lines
            .iter()
            .map(|(kind, text, value, was, seen)| {
                format!("kind={kind}&text={text}&value={value}&was={was}&visibility={seen}")
            })
            .collect();
        Rows::of_form(&Fields::parse(encoded.join("&").as_bytes()).expect("a form"))
    }

    #[test]
    fn lines_become_a_profile_and_empty_ones_are_left_out() {
        let rows = form(&[
            ("condition", "E06.3", "", "", "matched"),
            ("condition", "", "", "", "tenant"),
            ("condition", "Something", "snomed|1", "Something", "tenant"),
            ("interest", "walking", "", "", "community"),
        ]);
        let fields = rows.fields().expect("all fit");
        assert_eq!(fields.len(), 3);
        assert_eq!((fields[0].value.as_str(), fields[0].label.as_str()), ("icd10cm|E06.3", "Hashimoto’s thyroiditis"));
        assert_eq!(fields[1].value, "snomed|1");
        assert_eq!(fields[2].visibility, Visibility::Community);
    }

    #[test]
    fn what_does_not_fit_is_kept_and_named() {
        for bad in [("condition", "tired"), ("year_of_diagnosis", "19"), ("age_band", "43")] {
            let rows = form(&[(bad.0, bad.1, "", "", "matched")]);
            assert!(rows.fields().is_none(), "{bad:?}");
            assert_eq!(rows.0[0].shown, bad.1);
        }
    }

    #[test]
    fn a_new_line_is_never_wider_than_ones_communities() {
        let rows = Rows::of_profile(&[]);
        assert!(rows.0.iter().all(|row| row.visibility != Visibility::Tenant));
        assert!(rows.of(FieldKind::Condition).iter().all(|row| row.visibility == Visibility::Matched));
    }
}
