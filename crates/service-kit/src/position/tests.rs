//! Position tokens: what is signed comes back, all else is refused.

use kindred_eventsourcing::Position;
use kindred_ids::Partition;
use tonic::metadata::MetadataMap;

use super::*;

fn key() -> PositionKey {
    PositionKey::from_base64(&PositionKey::generate().expect("randomness")).expect("a key")
}

fn at(context: &str, partition: u8, sequence: u64) -> Position {
    Position { context: context.to_owned(), partition: Partition::new(partition).expect("below 64"), sequence }
}

#[test]
fn positions_survive_their_token() {
    let key = key();
    let sequences = [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX];
    let positions: Positions =
        sequences.iter().enumerate().map(|(index, &sequence)| at("posting", index as u8, sequence)).collect();
    assert_eq!(key.verify(&key.sign(&positions)), Ok(positions));
    assert_eq!(key.verify(""), Ok(Positions::new()));
}

#[test]
fn the_largest_set_fits_a_token() {
    let key = key();
    let contexts = ["membership", "posting", "matching", "notification"];
    let all: Positions =
        contexts.iter().flat_map(|context| (0..64).map(|partition| at(context, partition, 1 << 40))).collect();
    assert_eq!(all.len(), MAX_POSITIONS);
    let token = key.sign(&all);
    assert!(token.len() <= MAX_TOKEN_BYTES, "{} bytes", token.len());
    assert_eq!(key.verify(&token), Ok(all));
}

#[test]
fn merging_keeps_the_furthest_of_each_partition() {
    let mut set: Positions = [at("posting", 3, 10), at("posting", 4, 7)].into_iter().collect();
    set.merge([at("posting", 3, 9), at("posting", 4, 8), at("matching", 3, 1)].into_iter().collect());
    let of_posting: Vec<_> = set.of_context("posting").map(|(partition, at)| (partition.number(), at)).collect();
    assert_eq!(of_posting, [(3, 10), (4, 8)]);
    assert_eq!(set.len(), 3);
}

#[test]
fn what_was_not_signed_here_is_refused() {
    let key = key();
    let good = key.sign(&at("posting", 3, 1_000).into());
    let foreign = super::tests::key().sign(&at("posting", 3, 1_000).into());
    let (signed, signature) = good.rsplit_once('.').expect("a signature");
    let other = key.sign(&at("posting", 3, 1_001).into());
    let swapped = format!("{}.{signature}", other.rsplit_once('.').expect("a signature").0);
    let rows = [
        (foreign, PositionError::BadSignature),
        (swapped, PositionError::BadSignature),
        (format!("{signed}."), PositionError::BadSignature),
        (format!("{signed}.{}", &signature[..40]), PositionError::BadSignature),
        (signed.to_owned(), PositionError::Malformed),
        ("1000".to_owned(), PositionError::Malformed),
        (good.replacen("kpt1", "kct1", 1), PositionError::Malformed),
        (format!("{good}="), PositionError::Malformed),
        ("é.é".to_owned(), PositionError::Malformed),
        ("A".repeat(MAX_TOKEN_BYTES + 1), PositionError::TooLarge),
    ];
    for (token, expected) in rows {
        assert_eq!(key.verify(&token), Err(expected), "{token}");
    }
}

#[test]
fn a_signed_body_that_is_cut_or_overlong_is_malformed() {
    let key = key();
    let bodies: [&[u8]; 7] = [
        &[7, b'p'],
        &[1, b'p'],
        &[1, b'p', 64, 1],
        &[1, b'p', 3],
        &[1, b'p', 3, 0x80],
        &[1, b'p', 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
        &[1, 0xff, 3, 1],
    ];
    for body in bodies {
        assert_eq!(key.verify(&key.sign_bytes(body)), Err(PositionError::Malformed), "{body:?}");
    }
}

#[test]
fn several_tokens_of_a_request_are_one_set() {
    let key = key();
    let mut metadata = MetadataMap::new();
    for position in [at("posting", 1, 5), at("posting", 1, 9), at("matching", 2, 3)] {
        metadata.append(METADATA, key.sign(&position.into()).parse().expect("ASCII"));
    }
    let read = key.read(&metadata).expect("three good tokens");
    let expected = [at("posting", 1, 9), at("matching", 2, 3)].into_iter().collect();
    assert_eq!(read, expected);
    metadata.append(METADATA, "nonsense".parse().expect("ASCII"));
    let error = key.read(&metadata).expect_err("one bad token");
    assert_eq!((error.field(), error.reason()), (Some("kindred-position"), "POSITION_MALFORMED"));
}

#[test]
fn written_positions_are_read_back() {
    let key = key();
    let mut metadata = MetadataMap::new();
    key.write(&Positions::new(), &mut metadata);
    assert!(metadata.is_empty());
    let positions = Positions::from(at("posting", 1, 5));
    key.write(&positions, &mut metadata);
    assert_eq!(key.read(&metadata), Ok(positions));
}

#[test]
fn a_key_is_long_enough_and_never_printed() {
    for bad in ["", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="] {
        assert!(matches!(PositionKey::from_base64(bad), Err(PositionError::NotAKey)), "{bad:?}");
    }
    assert_eq!(format!("{:?}", key()), "PositionKey(..)");
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(10_000))]

    #[test]
    fn any_positions_survive_their_token(
        given in proptest::collection::vec(("[a-z]{1,12}", 0_u8..64, proptest::num::u64::ANY), 0..12)
    ) {
        let key = PositionKey::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("32 bytes");
        let positions: Positions =
            given.iter().map(|(context, partition, sequence)| at(context, *partition, *sequence)).collect();
        proptest::prop_assert_eq!(key.verify(&key.sign(&positions)), Ok(positions));
    }

    #[test]
    fn no_signed_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
        let key = PositionKey::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("32 bytes");
        if let Ok(positions) = key.verify(&key.sign_bytes(&bytes)) {
            // What is read is written back to something that reads the same.
            proptest::prop_assert_eq!(key.verify(&key.sign(&positions)), Ok(positions));
        }
    }

    #[test]
    fn no_text_makes_the_token_parser_panic(text in "(kpt1\\.)?.{0,60}(\\..{0,40})?") {
        let key = PositionKey::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("32 bytes");
        proptest::prop_assert!(text.is_empty() || key.verify(&text).is_err());
    }
}
