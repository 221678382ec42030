//! Every sentence of every mail, in every language: a table to be read by translators.

use super::Language;
use crate::domain::notice::Kind;

/// What mails say in one language. `{tenant}` and `{minutes}` are filled in.
pub(super) struct Words {
    pub something_new: &'static str,
    pub hello: &'static str,
    pub read_it: &'static str,
    pub stop_these: &'static str,
    pub sign_in_subject: &'static str,
    pub sign_in: &'static str,
    pub not_you: &'static str,
    sentences: [&'static str; Kind::ALL.len()],
}

impl Words {
    /// What happened, said of no one.
    pub(super) fn sentence(&self, kind: Kind) -> &'static str {
        let place = Kind::ALL.into_iter().position(|known| known == kind);
        self.sentences[place.expect("every kind is listed")]
    }
}

impl Language {
    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Spanish => &SPANISH,
            Self::German => &GERMAN,
        }
    }
}

static ENGLISH: Words = Words {
    something_new: "Something new for you at {tenant}",
    hello: "Hello,",
    read_it: "You can read it here:",
    stop_these: "To get no more mails of this kind:",
    sign_in_subject: "Your link to sign in to {tenant}",
    sign_in: "this link signs you in. It works once, within {minutes} minutes:",
    not_you: "If you did not ask for it, you need not do anything.",
    sentences: [
        "somebody replied to you.",
        "somebody mentioned you.",
        "somebody would like to get to know you.",
        "somebody you asked to get to know said yes.",
        "your request to join was decided.",
        "somebody asks you to be their mentor.",
        "a mentor you asked said yes.",
        "somebody wrote to you.",
    ],
};

static SPANISH: Words = Words {
    something_new: "Algo nuevo para ti en {tenant}",
    hello: "Hola:",
    read_it: "Puedes leerlo aquí:",
    stop_these: "Para no recibir más mensajes de este tipo:",
    sign_in_subject: "Tu enlace para entrar en {tenant}",
    sign_in: "este enlace te permite entrar. Sirve una sola vez, durante {minutes} minutos:",
    not_you: "Si no lo has pedido, no tienes que hacer nada.",
    sentences: [
        "alguien te ha respondido.",
        "alguien te ha mencionado.",
        "a alguien le gustaría conocerte.",
        "alguien a quien querías conocer ha dicho que sí.",
        "se ha decidido sobre tu solicitud de ingreso.",
        "alguien te pide que seas su mentor o mentora.",
        "la persona a quien pediste ayuda como mentor o mentora ha dicho que sí.",
        "alguien te ha escrito.",
    ],
};

static GERMAN: Words = Words {
    something_new: "Neues für Sie bei {tenant}",
    hello: "Guten Tag,",
    read_it: "Hier können Sie es lesen:",
    stop_these: "So bekommen Sie keine Mails dieser Art mehr:",
    sign_in_subject: "Ihr Link zur Anmeldung bei {tenant}",
    sign_in: "mit diesem Link melden Sie sich an. Er gilt einmal, {minutes} Minuten lang:",
    not_you: "Falls Sie das nicht angefordert haben, brauchen Sie nichts zu tun.",
    sentences: [
        "jemand hat Ihnen geantwortet.",
        "jemand hat Sie erwähnt.",
        "jemand möchte Sie kennenlernen.",
        "jemand, den Sie kennenlernen wollten, hat zugesagt.",
        "über Ihre Anfrage zum Beitritt wurde entschieden.",
        "jemand bittet Sie um Begleitung als Mentorin oder Mentor.",
        "jemand, den Sie um Begleitung gebeten haben, hat zugesagt.",
        "jemand hat Ihnen geschrieben.",
    ],
};
