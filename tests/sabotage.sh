#!/bin/sh
# sabotage.sh [PROMISE]: breaks each promise on purpose and shows that its test turns red,
# and that the same test is green without. One line a promise; an end other than 0 if a
# broken build stays green, a whole one is red, or either does not build.
#
# A promise is broken by the cargo feature `sabotage-<n>` of the crate that keeps it; none
# of these features is ever on in a release build (tests/tests/tidy holds that).
set -u
cd "$(dirname "$0")/.."

# Promise, package, the test that must see it broken.
table='
1 kindred-jetstream replies::a_full_stream_says_so_on_one_node
2 kindred-projections exactly_once::a_worker_that_lost_its_lease_writes_nothing
3 kindred-jetstream replies::a_stale_write_conflicts_on_one_node
4 kindred-projections rebuild::a_rebuilt_projection_equals_the_grown_one
5 kindred-service-kit authorization::tests::nobody_who_belongs_to_a_tenant_reaches_another
6 kindred-vault postgres::a_destroyed_key_leaves_no_bytes_in_its_row
7 kindred-notification application::tests::a_due_mail_is_sent_once
8 kindred-service-kit limits::a_message_over_the_limit_is_refused_and_one_under_it_read
'

# What nextest ends with when it ran tests and some failed.
TESTS_FAILED=100
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=0

# run NAME PACKAGE TEST [FEATURE]: the end of the run; its output is in $logs/NAME.
run() {
    name=$1 package=$2 test=$3 feature=${4:-}
    tools/nextest run --package "$package" ${feature:+--features "$feature"} \
        --no-fail-fast -E "test(=$test)" >"$logs/$name" 2>&1
}

# Shows what is not as it should be.
complain() {
    printf 'promise %s: %s\n' "$1" "$2"
    sed 's/^/    /' "$logs/$3" | tail -n 25
    failed=1
}

check() {
    promise=$1 package=$2 test=$3
    run sane "$package" "$test"
    sane=$?
    if [ "$sane" -ne 0 ]; then
        complain "$promise" "\`$test\` is not green in the whole build (nextest ended with $sane)" sane
        return
    fi
    run broken "$package" "$test" "sabotage-$promise"
    broken=$?
    case $broken in
        "$TESTS_FAILED") printf 'promise %s: red when broken, green when whole: %s %s\n' "$promise" "$package" "$test" ;;
        0) complain "$promise" "\`$test\` stays green though \`sabotage-$promise\` breaks $package" broken ;;
        *) complain "$promise" "\`$test\` could not be run with \`sabotage-$promise\` (nextest ended with $broken)" broken ;;
    esac
}

# Every feature there is has its test here.
for manifest in crates/*/Cargo.toml services/*/Cargo.toml; do
    package=$(sed -n 's/^name = "\(.*\)"$/\1/p' "$manifest" | head -n 1)
    for promise in $(sed -n 's/^sabotage-\([0-9][0-9]*\) = .*/\1/p' "$manifest"); do
        case "$table" in
            *"
$promise $package "*) ;;
            *) printf 'promise %s: %s can break it, and no test is named here\n' "$promise" "$package"; failed=1 ;;
        esac
    done
done

wanted=${1:-}
found=0
while read -r promise package test; do
    [ -n "$promise" ] || continue
    if [ -n "$wanted" ] && [ "$wanted" != "$promise" ]; then continue; fi
    found=1
    check "$promise" "$package" "$test" </dev/null
done <<TABLE
$table
TABLE
if [ "$found" -eq 0 ]; then
    printf 'no promise `%s` can be broken\n' "$wanted" >&2
    exit 2
fi
exit "$failed"
