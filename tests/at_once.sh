#!/usr/bin/env bash
# at_once.sh NUMBER KIND [WORD…]: runs the test files tests/KIND_*.rs, so many at a time, as most of their time goes by waiting; the
# words are for the tests (--nocapture). What each file says comes in one piece, when it is done; fails where one of them does. Build
# them first.
set -euo pipefail
cd "$(dirname "$0")/.."
number=$1 kind=$2
shift 2
export WORDS=$*

run() { # one file
    local said
    said=$(mktemp)
    local code=0
    cargo test -p platen-tests -p platen-desktop --locked --test "$1" -- $WORDS >"$said" 2>&1 || code=$?
    cat "$said"
    rm "$said"
    return "$code"
}
export -f run
find tests -maxdepth 1 -name "${kind}_*.rs" -printf '%f\n' | sort | sed 's/\.rs$//' |
    xargs -P "$number" -I {} bash -euo pipefail -c 'run {}'
