//! The same profiles and questions in Tantivy: every value and what it is a kind of is a
//! term, a question is an OR of the asker's terms, ranked by BM25. It knows nothing of
//! consent, releases or reasons.

use std::time::Instant;

use kindred_matching::index::Feature;
use kindred_matching::index::admit::Newcomer;
use kindred_testkit::Seed;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, Searcher, TantivyDocument, Term};

use super::crowd::Crowd;
use super::measure::{LIMIT, within};
use super::{Other, millis};

/// Bytes for the writer.
const MEMORY: usize = 400 << 20;

/// Builds an index of the consenting members and asks it.
pub fn measure(members: u64, queries: usize) -> anyhow::Result<Other> {
    let mut schema = Schema::builder();
    let terms = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs);
    let field = schema.add_text_field("values", TextOptions::default().set_indexing_options(terms));
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(2, MEMORY)?;
    let mut crowd = Crowd::new(&"riverside".parse()?);
    let mut people: Vec<Newcomer> = (0..members).map(|number| crowd.person(number)).collect();
    people.retain(|person| person.consents);
    let begun = Instant::now();
    for person in &people {
        let mut document = TantivyDocument::default();
        features(person).iter().for_each(|feature| document.add_text(field, feature));
        writer.add_document(document)?;
    }
    writer.commit()?;
    let build = begun.elapsed().as_secs_f64();
    writer.wait_merging_threads()?;
    let searcher = index.reader()?.searcher();
    let mut seed = Seed::new(11);
    let mut times = Vec::with_capacity(queries);
    for _ in 0..queries {
        let person = &people[seed.below(people.len() as u64) as usize];
        times.push(ask(&searcher, field, &features(person))?);
    }
    times.sort_unstable();
    let at = |share| Some(millis(within(&times, share)));
    Ok(Other { p50: at(0.5), p99: at(0.99), build: Some(build) })
}

fn ask(searcher: &Searcher, field: Field, features: &[String]) -> anyhow::Result<std::time::Duration> {
    let begun = Instant::now();
    let terms = features.iter().map(|feature| {
        let term = Term::from_field_text(field, feature);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>
    });
    let query = BooleanQuery::union(terms.collect());
    // One more: the asker is among them.
    let found = searcher.search(&query, &TopDocs::with_limit(LIMIT + 1).order_by_score())?;
    anyhow::ensure!(found.len() > LIMIT, "there are enough people");
    Ok(begun.elapsed())
}

/// What somebody holds, also by holding a kind of it.
fn features(person: &Newcomer) -> Vec<String> {
    let own = person.fields.iter().filter_map(|field| Feature::of(field.kind, &field.value));
    let all = own.flat_map(|feature| {
        let above = feature.ancestors();
        std::iter::once(feature).chain(above)
    });
    let mut all: Vec<String> = all.map(|feature| feature.to_string()).collect();
    all.sort_unstable();
    all.dedup();
    all
}
