//! The sentences in Spanish. Whoever reads them and the other are "tú y esta persona": it says
//! nothing of anybody's gender.

use super::{Hint, Sentences, Span, is_code};
use crate::index::feature::{Feature, Kind};
use crate::index::reason::About;

/// See the module.
pub(super) struct Spanish;

impl Sentences for Spanish {
    fn both(&self, shared: &Feature, by: &Feature, own: Option<&str>) -> String {
        let value = own.unwrap_or(&shared.value);
        match shared.kind {
            Kind::Condition => format!("Tú y esta persona viven con {}", condition(shared == by, own)),
            Kind::Interest => format!("Tienen un interés en común: {value}"),
            Kind::Role => format!("Tienen aquí el mismo papel: {value}"),
            Kind::Area if is_code(value) => format!("Viven donde los códigos postales empiezan por {value}"),
            Kind::Area => format!("Tú y esta persona viven cerca de {value}"),
            Kind::Language => format!("Tú y esta persona hablan {}", super::name_of(NAMES, &shared.value)),
            Kind::Year if shared == by => format!("Recibieron su diagnóstico en {}", by.value),
            Kind::Year => format!("Recibieron su diagnóstico hacia {}", by.value),
            Kind::Stage => format!("Están en la misma etapa: {value}"),
            Kind::Treatment => format!("Reciben el mismo tratamiento: {value}"),
            Kind::AgeBand => format!("Tú y esta persona {}", age(&shared.value)),
            Kind::Sex => format!("Coinciden en el sexo: {}", sex(&shared.value)),
            Kind::Offer => format!("Puede ayudar con {value}, que es lo que buscas"),
            Kind::Want => format!("Busca {value}, y tú puedes ayudar con eso"),
            Kind::Community | Kind::Thread | Kind::Asked => self.together(About::Shared(shared.kind), 1),
        }
    }

    fn together(&self, about: About, count: u32) -> String {
        match (about, count) {
            (About::Likely, _) => "Lo que dijiste y lo que dijo esta persona suelen ir juntos".to_owned(),
            (About::Writing, _) => "Escriben sobre cosas parecidas".to_owned(),
            (About::Shared(Kind::Asked), _) => "Pidió conocerte".to_owned(),
            (About::Shared(Kind::Thread), 1) => "Participaron en la misma conversación".to_owned(),
            (About::Shared(Kind::Thread), _) => format!("Participaron en {count} de las mismas conversaciones"),
            (About::Shared(_), 1) => "Están en la misma comunidad".to_owned(),
            (About::Shared(_), _) => format!("Están en {count} de las mismas comunidades"),
        }
    }

    fn crossing(&self) -> &'static str {
        "Muchas personas de tus comunidades también están allí"
    }

    fn many(&self, shared: &Feature) -> String {
        let value = &shared.value;
        let do_what = match shared.kind {
            Kind::Condition => "viven con una afección como la tuya".to_owned(),
            Kind::Interest => format!("comparten este interés: {value}"),
            Kind::Role => format!("tienen este papel: {value}"),
            Kind::Area if is_code(value) => format!("viven donde los códigos postales empiezan por {value}"),
            Kind::Area => format!("viven cerca de {value}"),
            Kind::Language => format!("hablan {}", super::name_of(NAMES, value)),
            Kind::Year => "recibieron su diagnóstico más o menos cuando tú".to_owned(),
            Kind::Stage => format!("están en esta etapa: {value}"),
            Kind::Treatment => format!("reciben este tratamiento: {value}"),
            Kind::AgeBand => age(value),
            Kind::Sex => format!("coinciden contigo en el sexo: {}", sex(value)),
            Kind::Offer => format!("pueden ayudar con {value}, que es lo que buscas"),
            Kind::Want => format!("buscan {value}, y tú puedes ayudar con eso"),
            Kind::Community | Kind::Thread | Kind::Asked => return self.crossing().to_owned(),
        };
        format!("Muchas personas allí {do_what}")
    }

    fn hint(&self, hint: Hint) -> &'static str {
        match hint {
            Hint::Agree => "Acepta que te encuentren: solo pueden encontrarse quienes aceptaron.",
            Hint::Condition => "Añade con qué vives, o con qué vive alguien a quien cuidas.",
            Hint::Interest => "Añade lo que te gusta hacer o de qué te gusta hablar.",
            Hint::Language => "Añade los idiomas que hablas.",
            Hint::Year => "Añade el año de tu diagnóstico.",
            Hint::Release => {
                "Deja que se use más de tu perfil para encontrar personas: lo que solo tú puedes ver nunca se usa."
            }
        }
    }
}

/// Names of codes are published in English: without the viewer's own words there is none.
fn condition(same: bool, own: Option<&str>) -> String {
    match (own, same) {
        (Some(own), _) => super::untagged(own).to_owned(),
        (None, true) => "la misma afección".to_owned(),
        (None, false) => "una afección parecida".to_owned(),
    }
}

fn age(band: &str) -> String {
    match super::span(band) {
        Span::Between(from, to) => format!("tienen entre {from} y {to} años"),
        Span::From(from) => format!("tienen {from} años o más"),
        Span::Other(band) => format!("tienen la misma edad, {band}"),
    }
}

fn sex(value: &str) -> &str {
    match value {
        "female" => "mujer",
        "male" => "hombre",
        "non-binary" => "no binario",
        other => other,
    }
}

const NAMES: &[(&str, &str)] = &[
    ("ar", "árabe"),
    ("bg", "búlgaro"),
    ("bn", "bengalí"),
    ("ca", "catalán"),
    ("cs", "checo"),
    ("cy", "galés"),
    ("da", "danés"),
    ("de", "alemán"),
    ("el", "griego"),
    ("en", "inglés"),
    ("es", "español"),
    ("et", "estonio"),
    ("eu", "euskera"),
    ("fa", "persa"),
    ("fi", "finés"),
    ("fr", "francés"),
    ("ga", "irlandés"),
    ("gl", "gallego"),
    ("gu", "guyaratí"),
    ("he", "hebreo"),
    ("hi", "hindi"),
    ("hmn", "hmong"),
    ("hr", "croata"),
    ("ht", "criollo haitiano"),
    ("hu", "húngaro"),
    ("hy", "armenio"),
    ("id", "indonesio"),
    ("is", "islandés"),
    ("it", "italiano"),
    ("ja", "japonés"),
    ("km", "jemer"),
    ("ko", "coreano"),
    ("ku", "kurdo"),
    ("lo", "lao"),
    ("lt", "lituano"),
    ("lv", "letón"),
    ("ml", "malayalam"),
    ("mr", "maratí"),
    ("ms", "malayo"),
    ("my", "birmano"),
    ("nb", "noruego"),
    ("ne", "nepalí"),
    ("nl", "neerlandés"),
    ("no", "noruego"),
    ("nv", "navajo"),
    ("pa", "panyabí"),
    ("pl", "polaco"),
    ("ps", "pastún"),
    ("pt", "portugués"),
    ("ro", "rumano"),
    ("ru", "ruso"),
    ("sk", "eslovaco"),
    ("sl", "esloveno"),
    ("so", "somalí"),
    ("sq", "albanés"),
    ("sr", "serbio"),
    ("sv", "sueco"),
    ("sw", "suajili"),
    ("ta", "tamil"),
    ("te", "telugu"),
    ("th", "tailandés"),
    ("ti", "tigriña"),
    ("tl", "tagalo"),
    ("tr", "turco"),
    ("uk", "ucraniano"),
    ("ur", "urdu"),
    ("vi", "vietnamita"),
    ("yi", "yidis"),
    ("yo", "yoruba"),
    ("zh", "chino"),
    ("zu", "zulú"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn own(kind: Kind, typed: &str, label: Option<&str>) -> String {
        let feature = Feature::of(kind, typed).expect("a value");
        Spanish.both(&feature, &feature, label)
    }

    #[test]
    fn reasons_are_whole_sentences() {
        let told = own(Kind::Condition, "icd10cm|E06.3", Some("tiroiditis de Hashimoto"));
        assert_eq!(told, "Tú y esta persona viven con tiroiditis de Hashimoto");
        let unnamed = own(Kind::Condition, "icd10cm|E06.3", None);
        assert_eq!(unnamed, "Tú y esta persona viven con la misma afección", "no name in another language");
        assert_eq!(own(Kind::Language, "pt-BR", None), "Tú y esta persona hablan portugués");
        assert_eq!(own(Kind::Area, "021", None), "Viven donde los códigos postales empiezan por 021");
        assert_eq!(own(Kind::AgeBand, "40-49", None), "Tú y esta persona tienen entre 40 y 49 años");
        assert_eq!(own(Kind::Sex, "Female", None), "Coinciden en el sexo: mujer");
        assert_eq!(own(Kind::Offer, "caminar", None), "Puede ayudar con caminar, que es lo que buscas");
        let many = Spanish.many(&Feature::of(Kind::Language, "es").expect("a value"));
        assert_eq!(many, "Muchas personas allí hablan español");
    }

    #[test]
    fn every_language_that_has_an_english_name_has_one_here() {
        let codes = |names: &[(&'static str, &str)]| names.iter().map(|(code, _)| *code).collect::<Vec<_>>();
        assert_eq!(codes(NAMES), codes(crate::index::words::english::NAMES));
    }
}
