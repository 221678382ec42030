//! A mentor's places over a real stream: two who accept at the same moment never share one.

use futures::future::join_all;
use kindred_eventsourcing::Executor;
use kindred_matching::application::{Application, Question};
use kindred_matching::domain::pairing::Reason;
use kindred_testkit::TestStreams;

use crate::support::{LIMITS, Town, refusal, refused};

#[tokio::test]
async fn acceptances_at_the_same_moment_never_take_more_than_there_is() {
    let (town, streams) = (Town::new(), TestStreams::create(&["matching"]).await.unwrap());
    // Two replicas, each with a cache of its own.
    let mut replicas = Vec::new();
    for _ in 0..2 {
        let executor = Executor::new(streams.store("matching").await.unwrap(), 1_000);
        let (keys, acquaintances) = (town.keys.clone(), town.acquaintances.clone());
        replicas.push(Application::new(executor, keys, acquaintances, LIMITS, town.clock.clone()));
    }
    let mentor = town.mentor_at(&replicas[0], 2).await;
    let mut asked = Vec::new();
    for _ in 0..8 {
        let mentee = town.member(&[]).await;
        let question = Question::read(town.command(), mentor.id, "").unwrap();
        asked.push(replicas[0].request_pairing(&mentee.caller, &question).await.unwrap().1);
    }
    let accept = async |ids: Vec<kindred_ids::PairingId>| {
        let answers = ids.into_iter().zip(replicas.iter().cycle()).map(|(id, replica)| {
            let (command, caller) = (town.command(), mentor.caller.clone());
            async move { (id, replica.answer_pairing(&caller, command, id, true).await) }
        });
        let (won, lost): (Vec<_>, Vec<_>) = join_all(answers).await.into_iter().partition(|(_, one)| one.is_ok());
        for (_, answer) in lost {
            assert_eq!(refused(answer), refusal("FAILED_PRECONDITION", "NO_FREE_PLACE"));
        }
        won.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    let first = accept(asked.clone()).await;
    assert_eq!(first.len(), 2, "both places, and no third");

    // The last place, freed and wanted by six at once.
    let ended = replicas[1].end_pairing(&mentor.caller, town.command(), first[0], Reason::NoTime).await.unwrap();
    assert!(ended.changed);
    let rest: Vec<_> = asked.iter().filter(|id| !first.contains(id)).copied().collect();
    assert_eq!(accept(rest.clone()).await.len(), 1);

    // Fewer places than are taken: nobody is sent away, and one that is freed is not given.
    replicas[0].change_capacity(&mentor.caller, town.command(), 1).await.unwrap();
    replicas[0].end_pairing(&mentor.caller, town.command(), first[1], Reason::NoTime).await.unwrap();
    assert_eq!(accept(rest.clone()).await.len(), 1, "only the one who has a place, again");
    replicas[0].change_capacity(&mentor.caller, town.command(), 2).await.unwrap();
    assert_eq!(accept(rest).await.len(), 2, "who has a place, and one more");
}
