//! Questions and answers between replicas, as messages.

use std::collections::BTreeMap;
use std::str::FromStr;

use kindred_ids::{CommunityId, MemberId};
use kindred_proto::matching as wire;
use kindred_proto::matching::ask_request::Ask as AskMessage;
use kindred_proto::matching::ask_response::Answer as AnswerMessage;
use kindred_service_kit::error::ApiError;

use crate::index::ask::{Answer, Ask, PAGE, Question};
use crate::index::inquiry::{Counts, Inquiry, Said, Sought};
use crate::index::suggest::{Crossing, Tally};
use crate::index::{About, Feature, Kind, Match, Reason, Release, Told};

/// Parts that one question is about, at most.
const MOST_PARTS: usize = 1_000;
/// The best that one question asks for, at most.
const MOST_BEST: u32 = 1_000;
/// Values or members of one question, at most.
const MOST: usize = PAGE;

/// A question about a tenant, as a message.
pub(crate) fn request(tenant: String, question: Question) -> wire::AskRequest {
    let Question { parts, positions, ask } = question;
    let ask = match ask {
        Ask::Said(member) => AskMessage::Said(member.to_string()),
        Ask::Count(features) => AskMessage::Count(values(features)),
        Ask::Best(asked, limit) => AskMessage::Best(wire::AskBest { inquiry: Some(inquiry(asked)), limit }),
        Ask::Compare(inquiry, members) => AskMessage::Compare(about(inquiry, &members)),
        Ask::AddUp(inquiry, members) => AskMessage::AddUp(about(inquiry, &members)),
        Ask::Tally(asked) => AskMessage::Tally(inquiry(asked)),
        Ask::Coded(behind) => AskMessage::Coded(values(behind.into_iter().collect())),
    };
    wire::AskRequest { tenant, parts, positions: positions.to_vec(), ask: Some(ask) }
}

/// Reads what another replica asks.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on the field that cannot be read, or holds too much.
pub(crate) fn read_request(request: wire::AskRequest) -> Result<Question, ApiError> {
    let wire::AskRequest { tenant: _, parts, positions, ask } = request;
    let positions = positions.try_into().map_err(|_other| invalid("positions", "holds one of each log"))?;
    if parts.is_empty() || parts.len() > MOST_PARTS {
        return Err(invalid("parts", "holds at least one and at most 1,000"));
    }
    let ask = match ask.ok_or_else(|| invalid("ask", "is missing"))? {
        AskMessage::Said(member) => Ask::Said(id("said", &member)?),
        AskMessage::Count(values) => Ask::Count(read_values("count", values)?),
        AskMessage::Best(wire::AskBest { inquiry, limit }) => {
            if limit > MOST_BEST {
                return Err(invalid("best.limit", "is at most 1,000"));
            }
            Ask::Best(read_inquiry("best", inquiry)?, limit)
        }
        AskMessage::Compare(asked) => {
            let (inquiry, members) = read_about("compare", asked)?;
            Ask::Compare(inquiry, members)
        }
        AskMessage::AddUp(asked) => {
            let (inquiry, members) = read_about("add_up", asked)?;
            Ask::AddUp(inquiry, members)
        }
        AskMessage::Tally(asked) => Ask::Tally(read_inquiry("tally", Some(asked))?),
        AskMessage::Coded(behind) => Ask::Coded(read_values("coded", behind)?.pop()),
    };
    Ok(Question { parts, positions, ask })
}

/// An answer as a message.
pub(crate) fn response(answer: Answer) -> wire::AskResponse {
    let answer = match answer {
        Answer::Said(said) => AnswerMessage::Said(wire::SaidAnswer { said: said.into_iter().map(field).collect() }),
        Answer::Counts(Counts { population, inferring, holders }) => {
            AnswerMessage::Counts(wire::CountAnswer { population, inferring, holders })
        }
        Answer::Best(best) => {
            let scored = |(member, score): (MemberId, u64)| wire::Scored { member_id: member.to_string(), score };
            AnswerMessage::Best(wire::BestAnswer { best: best.into_iter().map(scored).collect() })
        }
        Answer::Compared(found) => {
            AnswerMessage::Compared(wire::CompareAnswer { compared: found.into_iter().map(compared).collect() })
        }
        Answer::AddedUp(sums) => AnswerMessage::AddedUp(wire::AddUpAnswer { sums }),
        Answer::Tally(told) => AnswerMessage::Tally(tally(told)),
        Answer::Coded(coded) => {
            let (features, holders) = coded.into_iter().unzip::<_, _, Vec<_>, _>();
            AnswerMessage::Coded(wire::CodedAnswer { values: values(features).values, holders })
        }
    };
    wire::AskResponse { answer: Some(answer) }
}

/// Reads what another replica answers.
///
/// # Errors
///
/// `INVALID_ARGUMENT` if it cannot be read.
pub(crate) fn read_response(response: wire::AskResponse) -> Result<Answer, ApiError> {
    Ok(match response.answer.ok_or_else(|| invalid("answer", "is missing"))? {
        AnswerMessage::Said(wire::SaidAnswer { said }) => Answer::Said(all(said, read_field)?),
        AnswerMessage::Counts(wire::CountAnswer { population, inferring, holders }) => {
            Answer::Counts(Counts { population, inferring, holders })
        }
        AnswerMessage::Best(wire::BestAnswer { best }) => {
            Answer::Best(all(best, |scored| Ok((id("best", &scored.member_id)?, scored.score)))?)
        }
        AnswerMessage::Compared(wire::CompareAnswer { compared }) => Answer::Compared(all(compared, read_compared)?),
        AnswerMessage::AddedUp(wire::AddUpAnswer { sums }) => Answer::AddedUp(sums),
        AnswerMessage::Tally(told) => Answer::Tally(read_tally(told)?),
        AnswerMessage::Coded(wire::CodedAnswer { values, holders }) => {
            Answer::Coded(all(values, |one| value("coded", Some(one)))?.into_iter().zip(holders).collect())
        }
    })
}

fn about(asked: Inquiry, members: &[MemberId]) -> wire::AskAbout {
    let member_ids = members.iter().map(ToString::to_string).collect();
    wire::AskAbout { inquiry: Some(inquiry(asked)), member_ids }
}

fn read_about(name: &'static str, asked: wire::AskAbout) -> Result<(Inquiry, Vec<MemberId>), ApiError> {
    if asked.member_ids.len() > MOST {
        return Err(invalid(name, "names at most 20,000 members"));
    }
    let inquiry = read_inquiry(name, asked.inquiry)?;
    Ok((inquiry, all(asked.member_ids, |member| id(name, &member))?))
}

fn inquiry(inquiry: Inquiry) -> wire::Inquiry {
    let Inquiry { viewer, said, sought } = inquiry;
    let sought = sought.into_iter().map(|Sought { value, own, weight }| wire::SoughtValue {
        value: Some(message(value)),
        own: own.map_or(0, number),
        weight: u32::from(weight),
    });
    let said = said.into_iter().map(field).collect();
    wire::Inquiry { viewer_id: viewer.to_string(), said, sought: sought.collect() }
}

fn read_inquiry(name: &'static str, asked: Option<wire::Inquiry>) -> Result<Inquiry, ApiError> {
    let wire::Inquiry { viewer_id, said, sought } = asked.ok_or_else(|| invalid(name, "holds no inquiry"))?;
    if said.len() > MOST || sought.len() > MOST {
        return Err(invalid(name, "holds at most 20,000 values"));
    }
    let sought = all(sought, |wire::SoughtValue { value: held, own, weight }| {
        let own = if own == 0 { None } else { Some(release(own)?) };
        let weight = u16::try_from(weight).map_err(|_large| invalid("weight", "is at most 65,535"))?;
        Ok(Sought { value: value(name, held)?, own, weight })
    });
    Ok(Inquiry { viewer: id(name, &viewer_id)?, said: all(said, read_field)?, sought: sought? })
}

fn field(said: Said) -> wire::SaidField {
    let Said { value, release, label } = said;
    wire::SaidField { value: Some(message(value)), release: number(release), label: label.unwrap_or_default() }
}

fn read_field(said: wire::SaidField) -> Result<Said, ApiError> {
    let label = Some(said.label).filter(|label| !label.is_empty());
    Ok(Said { value: value("said", said.value)?, release: release(said.release)?, label })
}

fn compared(found: Match) -> wire::Compared {
    let telling = |Reason { told, weight, about }: Reason| {
        let empty = wire::Telling { about: about.as_str().to_owned(), weight, ..wire::Telling::default() };
        match told {
            Told::Both { shared, by, own } => wire::Telling {
                shared: Some(message(shared)),
                by: Some(message(by)),
                own: own.map(String::from).unwrap_or_default(),
                ..empty
            },
            Told::Together(times) => wire::Telling { times, ..empty },
            // Told of communities, never of people.
            Told::Many(_) | Told::Crossing => empty,
        }
    };
    wire::Compared {
        member_id: found.member.to_string(),
        reasons: found.reasons.into_iter().map(telling).collect(),
        community_ids: found.communities.iter().map(ToString::to_string).collect(),
    }
}

fn read_compared(found: wire::Compared) -> Result<Match, ApiError> {
    let reasons = all(found.reasons, |wire::Telling { about, weight, shared, by, own, times }| {
        let about = About::from_name(&about).ok_or_else(|| invalid("about", "is none that is known"))?;
        let told = match shared {
            Some(shared) => Told::Both {
                shared: value("shared", Some(shared))?,
                by: value("by", by)?,
                own: Some(own.into_boxed_str()).filter(|own| !own.is_empty()),
            },
            None => Told::Together(times),
        };
        Ok(Reason { told, weight, about })
    })?;
    Ok(Match {
        member: id("member_id", &found.member_id)?,
        score: reasons.iter().map(|reason| reason.weight).fold(0, u32::saturating_add),
        reasons,
        communities: all(found.community_ids, |community| id("community_ids", &community))?,
    })
}

fn tally(tally: Tally) -> wire::TallyAnswer {
    let crossed = tally.crossed.into_iter().map(|there| {
        let crossing = |(community, Crossing { people, walks }): (CommunityId, Crossing)| wire::Crossing {
            community_id: community.to_string(),
            people,
            walks,
        };
        wire::Crossings { crossings: there.into_iter().map(crossing).collect() }
    });
    let alike = tally.alike.into_iter().map(|there| {
        let place =
            |(community, people): (CommunityId, u32)| wire::Place { community_id: community.to_string(), people };
        wire::Places { places: there.into_iter().map(place).collect() }
    });
    wire::TallyAnswer { crossed: crossed.collect(), alike: alike.collect() }
}

fn read_tally(told: wire::TallyAnswer) -> Result<Tally, ApiError> {
    let crossed = all(told.crossed, |there| {
        let crossing = |one: wire::Crossing| {
            Ok((id("crossed", &one.community_id)?, Crossing { people: one.people, walks: one.walks }))
        };
        Ok(all(there.crossings, crossing)?.into_iter().collect::<BTreeMap<_, _>>())
    });
    let alike = all(told.alike, |there| {
        let place = |one: wire::Place| Ok((id("alike", &one.community_id)?, one.people));
        Ok(all(there.places, place)?.into_iter().collect::<BTreeMap<_, _>>())
    });
    Ok(Tally { crossed: crossed?, alike: alike? })
}

fn values(features: Vec<Feature>) -> wire::Values {
    wire::Values { values: features.into_iter().map(message).collect() }
}

fn read_values(name: &'static str, read: wire::Values) -> Result<Vec<Feature>, ApiError> {
    if read.values.len() > MOST {
        return Err(invalid(name, "holds at most 20,000 values"));
    }
    all(read.values, |one| value(name, Some(one)))
}

fn message(feature: Feature) -> wire::Value {
    wire::Value { kind: feature.kind.as_str().to_owned(), value: feature.value.into() }
}

fn value(name: &'static str, read: Option<wire::Value>) -> Result<Feature, ApiError> {
    let wire::Value { kind, value } = read.ok_or_else(|| invalid(name, "holds no value"))?;
    let kind = Kind::from_name(&kind).ok_or_else(|| invalid(name, "holds a value of a kind that is not known"))?;
    Ok(Feature::new(kind, value))
}

const fn number(release: Release) -> u32 {
    release as u32 + 1
}

fn release(number: u32) -> Result<Release, ApiError> {
    let place = number.checked_sub(1).and_then(|place| Release::ALL.get(place as usize));
    place.copied().ok_or_else(|| invalid("release", "is none that is known"))
}

fn id<T: FromStr>(name: &'static str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_other| invalid(name, "holds no id"))
}

fn all<T, U>(messages: Vec<T>, read: impl FnMut(T) -> Result<U, ApiError>) -> Result<Vec<U>, ApiError> {
    messages.into_iter().map(read).collect()
}

fn invalid(field: &'static str, what: &str) -> ApiError {
    ApiError::invalid(field, "QUESTION_INVALID", format!("`{field}` {what}"))
}
