#!/usr/bin/env bash
# run.sh [SECONDS] [TARGET…]: fuzzes each target that long (60 s), from the kept corpus, as many at a time as there are
# processors; fails at the first input that panics, takes longer than 10 s with its counters on, or brings the process over
# 600 MB. What it finds stands in fuzz/found/.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
targets=("${@:-interpreter}")
if [ $# -eq 0 ]; then targets=(interpreter image html document); fi

# libFuzzer's counters come from LLVM itself: stable Rust is enough.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table --cfg fuzzing"
host=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --locked --quiet --target "$host" --target-dir ../target/fuzz

mkdir -p found
fuzz() { # one target
    # New inputs go to a folder of their own, so that the kept corpus changes only by hand.
    local target=$1 fresh=../target/fuzz/corpus/$1
    mkdir -p "$fresh" "corpus/$target"
    echo "fuzz: $target for $seconds s"
    "../target/fuzz/$host/release/$target" "$fresh" "corpus/$target" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=600 -max_len=65536 -print_final_stats=0 -verbosity=0 -print_funcs=0 -artifact_prefix="found/$target-"
}
export -f fuzz
export seconds host
# As many at a time as there are processors: each gets its seconds.
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I {} bash -euo pipefail -c 'fuzz {}'
echo "fuzz: nothing found"
