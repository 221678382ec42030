//! What profile fields are about.

/// What a profile field is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A coded condition.
    Condition,
    /// Something a person likes to do or talk about.
    Interest,
    /// Patient, caregiver, nurse.
    Role,
    /// A coarse area.
    Area,
    /// A language.
    Language,
    /// The year of diagnosis.
    Year,
    /// Where somebody stands with a condition.
    Stage,
    /// A treatment.
    Treatment,
    /// Ten years of age.
    AgeBand,
    /// Female, male, non-binary.
    Sex,
    /// What somebody can help with: counts for those who want it.
    Offer,
    /// What somebody looks for: counts for those who offer it.
    Want,
    /// A community that both are in. This and what follows is done, not said.
    Community,
    /// A thread in which both spoke.
    Thread,
    /// Whom somebody asked to meet.
    Asked,
}

impl Kind {
    /// All that a profile may hold.
    pub const ALL: [Self; 12] = [
        Self::Condition,
        Self::Interest,
        Self::Role,
        Self::Area,
        Self::Language,
        Self::Year,
        Self::Stage,
        Self::Treatment,
        Self::AgeBand,
        Self::Sex,
        Self::Offer,
        Self::Want,
    ];

    /// How many there are, with what is done.
    pub(super) const COUNT: usize = Self::ALL.len() + Self::DONE.len();

    /// What is done, not said.
    pub(super) const DONE: [Self; 3] = [Self::Community, Self::Thread, Self::Asked];

    /// Reads the name for programs; none of a kind that this program does not know.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain(Self::DONE).find(|kind| kind.as_str() == name)
    }

    /// Its name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Interest => "interest",
            Self::Role => "role",
            Self::Area => "area",
            Self::Language => "language",
            Self::Year => "year",
            Self::Stage => "stage",
            Self::Treatment => "treatment",
            Self::AgeBand => "age_band",
            Self::Sex => "sex",
            Self::Offer => "offer",
            Self::Want => "want",
            Self::Community => "community",
            Self::Thread => "thread",
            Self::Asked => "asked",
        }
    }

    /// Reads the number of the contract; none for a kind that this program does not know.
    #[must_use]
    pub const fn from_number(number: i32) -> Option<Self> {
        match number {
            1 => Some(Self::Condition),
            2 => Some(Self::Interest),
            3 => Some(Self::Role),
            4 => Some(Self::Area),
            5 => Some(Self::Language),
            6 => Some(Self::Year),
            7 => Some(Self::Stage),
            8 => Some(Self::Treatment),
            9 => Some(Self::AgeBand),
            10 => Some(Self::Sex),
            11 => Some(Self::Offer),
            12 => Some(Self::Want),
            _ => None,
        }
    }

    /// Whether it is what people do where both are, which both see anyway, and not what
    /// they say of themselves.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Community | Self::Thread | Self::Asked)
    }

    /// What of another's it goes with: what is offered with what is wanted, all else with
    /// its like.
    #[must_use]
    pub const fn counterpart(self) -> Self {
        match self {
            Self::Offer => Self::Want,
            Self::Want => Self::Offer,
            kind => kind,
        }
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) const fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }

    /// One bit for each kind that there is.
    pub(super) const fn bits(self) -> u16 {
        self.0
    }

    /// The set of these bits.
    pub(super) const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// How many there are.
    pub(super) const fn len(self) -> u32 {
        self.0.count_ones()
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |set, kind| set | 1 << kind as u16))
    }
}
