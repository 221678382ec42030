//! A synthetic crowd: about 22 values each with what they are a kind of, frequent ones far
//! more often than rare ones, 85 of a hundred consenting.

use kindred_ids::{CommandId, CommunityId, MemberId, TenantSlug, derive_root_id};
use kindred_matching::index::admit::Newcomer;
use kindred_matching::index::{Kind, PlainField, Release};
use kindred_testkit::Seed;

const CATEGORIES: &str = include_str!("../../data/icd10cm.tsv");
const PLACES: u64 = 200;

/// Makes people one after the other, the same in every run.
pub struct Crowd {
    seed: Seed,
    tenant: TenantSlug,
    codes: Vec<&'static str>,
    places: Vec<CommunityId>,
}

impl Crowd {
    /// People of a tenant.
    pub fn new(tenant: &TenantSlug) -> Self {
        let codes = CATEGORIES.lines().filter_map(|line| line.split('\t').next());
        let codes = codes.filter(|code| code.len() == 3 && !code.starts_with('#')).collect();
        let place = |number| CommunityId(id(tenant, "community", number));
        let places = (0..PLACES).map(place).collect();
        Self { seed: Seed::new(7), tenant: tenant.clone(), codes, places }
    }

    /// The person of a number, who says something else each time.
    pub fn person(&mut self, number: u64) -> Newcomer {
        let member = MemberId(id(&self.tenant, "member", number));
        let consents = self.seed.below(100) < 85;
        let fields = self.fields();
        let joins = 1 + self.seed.below(3);
        let communities = (0..joins).map(|_| self.places[zipf(&mut self.seed, PLACES) as usize]).collect();
        Newcomer { member, consents, fields, communities }
    }

    fn fields(&mut self) -> Vec<PlainField> {
        let mut fields = Vec::with_capacity(16);
        for _ in 0..1 + self.seed.below(4) {
            let count = self.codes.len() as u64;
            // Spread over the book, so that what is frequent is not all of one chapter.
            let code = self.codes[(zipf(&mut self.seed, count) * 911 % count) as usize];
            let leaf = self.seed.below(4);
            self.say(&mut fields, Kind::Condition, format!("icd10cm|{code}.{leaf}"));
        }
        for _ in 0..2 + self.seed.below(7) {
            let number = zipf(&mut self.seed, 400);
            self.say(&mut fields, Kind::Interest, format!("interest {number}"));
        }
        let languages = ["en", "en", "en", "en", "en", "en", "es", "pt-BR", "vi", "zh"];
        let language = languages[self.seed.below(10) as usize];
        self.say(&mut fields, Kind::Language, language.to_owned());
        let role = ["patient", "patient", "patient", "caregiver", "nurse"][self.seed.below(5) as usize];
        self.say(&mut fields, Kind::Role, role.to_owned());
        let area = zipf(&mut self.seed, 120);
        self.say(&mut fields, Kind::Area, format!("{area:03}"));
        let year = 1_995 + self.seed.below(31);
        self.say(&mut fields, Kind::Year, year.to_string());
        fields
    }

    fn say(&mut self, fields: &mut Vec<PlainField>, kind: Kind, value: String) {
        let release = match self.seed.below(100) {
            // Released to nobody, so never here.
            0..5 => return,
            5..65 => Release::Matched,
            65..75 => Release::Community,
            _ => Release::Tenant,
        };
        fields.push(PlainField { kind, release, value, label: String::new() });
    }
}

fn id(tenant: &TenantSlug, category: &str, number: u64) -> kindred_ids::EntityId {
    let command = CommandId::derived(&[&number.to_be_bytes()]);
    derive_root_id(tenant.as_str(), "anonymous", command, category, 0)
}

/// A number below `bound`, small ones far more often.
fn zipf(seed: &mut Seed, bound: u64) -> u64 {
    let share = seed.below(1 << 53) as f64 / (1_u64 << 53) as f64;
    ((bound as f64 + 1.0).powf(share) - 1.0) as u64 % bound
}
