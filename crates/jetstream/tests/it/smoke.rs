use std::time::{Duration, Instant};

use kindred_eventsourcing::*;
use kindred_ids::*;
use kindred_jetstream::*;

fn commit(command: CommandId, version: u64, previous: ChainHash) -> NewCommit {
    NewCommit {
        meta: CommitMeta {
            command_id: command,
            version,
            previous,
            actor: Actor::anonymous(),
            causation: None,
            correlation: command.as_uuid(),
            request_hash: RequestHash([1; 16]),
            at: Timestamp::from_millis(1),
            trace: None,
        },
        records: vec![Record { event_type: "Happened".into(), version: 1, data: vec![1; 200].into() }],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn smoke() {
    let url = std::env::var("KINDRED_TEST_NATS").unwrap_or("nats://127.0.0.1:14222".into());
    let client = connect(&ConnectSettings::new([url], "smoke")).await.unwrap();
    let context = format!(
        "t{}",
        uuid::Uuid::from_u128(
            Instant::now().elapsed().as_nanos()
                ^ std::process::id() as u128
                ^ std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
        )
        .simple()
    );
    println!("{:?}", apply_streams(&client, &StreamSettings::new(&context)).await.unwrap());
    println!("{:?}", apply_streams(&client, &StreamSettings::new(&context)).await.unwrap());
    for durability in [Durability::ProcessCrash, Durability::PowerLoss] {
        let store = JetStreamStore::open(&client, &context, None, StoreOptions::default().durability(durability))
            .await
            .unwrap();
        let tenant: TenantSlug = "riverside".parse().unwrap();
        let seed = format!("{durability:?}");
        let id = |n: u32| {
            derive_root_id(
                "riverside",
                "anonymous",
                CommandId::derived(&[&n.to_be_bytes(), seed.as_bytes()]),
                "member",
                0,
            )
        };
        let key = EntityKey::new(tenant.clone(), "member", id(0));
        assert!(store.tail(&key).await.unwrap().is_none());
        let mut tail = 0;
        let mut previous = ChainHash::START;
        for version in 1..=700u64 {
            let seqs = store
                .append(vec![Write {
                    key: key.clone(),
                    expected: tail,
                    commit: commit(CommandId::derived(&[&version.to_be_bytes()]), version, previous),
                }])
                .await
                .unwrap();
            tail = seqs[0];
            let _ = &mut previous;
        }
        let start = Instant::now();
        for _ in 0..2000 {
            store.tail(&key).await.unwrap();
        }
        println!("tail {:?}", start.elapsed() / 2000);
        let t = store.tail(&key).await.unwrap().unwrap();
        assert_eq!(t.sequence, tail);
        assert_eq!(store.at(tail).await.unwrap().unwrap().hash, t.hash);
        store.verify_position(tail, t.hash).await.unwrap();
        let all = store.load(&key, 0, tail).await.unwrap();
        assert_eq!(all.len(), 700);
        let start = Instant::now();
        for _ in 0..1000 {
            assert_eq!(store.load(&key, all[689].sequence, tail).await.unwrap().len(), 10);
        }
        println!("load 10 {:?}", start.elapsed() / 1000);
        // conflict
        let stale = store
            .append(vec![Write {
                key: key.clone(),
                expected: 1,
                commit: commit(CommandId::derived(&[b"x"]), 1, previous),
            }])
            .await;
        assert!(matches!(stale, Err(AppendError::Conflict)), "{stale:?}");
        // batch
        let two: Vec<Write> = (1..=2)
            .map(|n| Write {
                key: EntityKey::new(tenant.clone(), "member", id(n)),
                expected: 0,
                commit: commit(CommandId::derived(&[b"two"]), 1, previous),
            })
            .collect();
        println!("{:?}", store.append(two.clone()).await.unwrap());
        println!("again {:?}", store.append(two).await.unwrap());
        let writers = 64;
        let start = Instant::now();
        let tasks: Vec<_> = (0..writers)
            .map(|w| {
                let store = store.clone();
                let tenant = tenant.clone();
                let key = EntityKey::new(tenant, "member", id(100 + w));
                tokio::spawn(async move {
                    let mut expected = 0;
                    for n in 1..=300u64 {
                        expected = store
                            .append(vec![Write {
                                key: key.clone(),
                                expected,
                                commit: commit(
                                    CommandId::derived(&[&n.to_be_bytes(), &w.to_be_bytes()]),
                                    n,
                                    ChainHash::START,
                                ),
                            }])
                            .await
                            .unwrap()[0];
                    }
                })
            })
            .collect();
        for t in tasks {
            t.await.unwrap();
        }
        println!("{durability:?} 64 writers: {:.0}/s", writers as f64 * 300.0 / start.elapsed().as_secs_f64());
        let head = store.head().await.unwrap();
        let mut reader = store.reader(0, None).await.unwrap();
        let mut count = 0;
        let start = Instant::now();
        loop {
            let batch = reader.next(500, Duration::from_millis(500)).await.unwrap();
            count += batch.commits.len();
            if batch.position == head {
                break;
            }
        }
        println!("{count} of {head} {:.0}/s", count as f64 / start.elapsed().as_secs_f64());
        let mut part = store.reader(0, Some(key.partition())).await.unwrap();
        let mut count = 0;
        loop {
            let batch = part.next(500, Duration::from_millis(100)).await.unwrap();
            count += batch.commits.len();
            if batch.commits.is_empty() {
                assert_eq!(batch.position, head);
                break;
            }
        }
        assert!(count >= 700);
        println!("part {count}");
    }
}
