//! Words of the domain that several entities use.

use kindred_eventsourcing::{Canonical, CanonicalWriter};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// Its number in the log and on the wire.
            pub const fn number(self) -> i32 {
                match self { $(Self::$variant => $number),* }
            }
            /// Reads that number.
            pub const fn from_number(number: i32) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }
        impl Canonical for $name {
            fn canonical(&self, writer: &mut CanonicalWriter) {
                self.number().canonical(writer);
            }
        }
    )*};
}

words! {
    /// Who may see a profile field.
    Visibility {
        /// Only the member.
        Nobody = 1,
        /// Members who hold and release the same value.
        Matched = 2,
        /// Members of the same communities.
        Community = 3,
        /// Everybody in the tenant.
        Tenant = 4,
    }
    /// What a profile field is about.
    FieldKind {
        /// A coded condition.
        Condition = 1,
        /// Something the member likes to do or talk about.
        Interest = 2,
        /// Patient, caregiver, nurse, organizer.
        Role = 3,
        /// A coarse area.
        Area = 4,
        /// A BCP 47 language tag.
        Language = 5,
        /// Four digits.
        YearOfDiagnosis = 6,
        /// Where the member stands: newly diagnosed, in remission.
        Stage = 7,
        /// A treatment in words.
        Treatment = 8,
        /// Ten years of age.
        AgeBand = 9,
        /// Female, male, non-binary.
        Sex = 10,
        /// What the member can help others with.
        Offer = 11,
        /// What the member looks for.
        Want = 12,
    }
    /// What a member may do in the whole tenant.
    TenantRole {
        /// Sees access reports and runs erasures.
        PrivacyOfficer = 1,
        /// Registers people and makes communities.
        Administrator = 2,
        /// Also operates the programme that the tenant belongs to.
        ProgrammeOperator = 3,
    }
    /// What a member may do in one community, from least to most.
    CommunityRole {
        /// Reads and writes.
        Member = 1,
        /// Is there for newcomers.
        Mentor = 2,
        /// Takes out posts, admits and suspends members.
        Moderator = 3,
        /// Also changes the community and its roles.
        Manager = 4,
    }
    /// How people get into a community.
    JoinPolicy {
        /// At once.
        Open = 1,
        /// After a moderator agreed.
        Approval = 2,
        /// Only if invited.
        Invitation = 3,
    }
}
