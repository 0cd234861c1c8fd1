#!/usr/bin/env bash
# run.sh: builds everything below the desktop shell for 64-bit Windows, runs its own tests under Wine, and prints through
# Wine's spooler into a CUPS of the tests' own. Everything it makes stays in target/windows.
#
# Wine is not Windows: what it lacks (the state of printers and jobs, usbprint) is named in docs/printers.md.
set -euo pipefail
cd "$(dirname "$0")/../../.."
RIG=$PWD/target/windows
TARGET=x86_64-pc-windows-gnu
WINE=/usr/lib/wine/wine64
# What runs beside each crate's unit tests: the journal; a printer on the network; the whole engine.
SUITES=(journal connection printing)

say() { printf 'windows: %s\n' "$*" >&2; }

# Debian's compiler: with the library below it is the one that builds for Windows. Build scripts keep its own library.
windows_cargo() {
    PATH=/usr/bin:/bin:/usr/sbin:/sbin CARGO_TARGET_DIR=$RIG/build \
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS="--sysroot=$RIG/sysroot" \
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$PWD/tests/rigs/windows/linker.sh \
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$WINE \
        cargo "$@" --locked --profile windows --target "$TARGET"
}

build() {
    PATH=/usr/bin:/bin tests/rigs/std.sh "$RIG" "$TARGET"
    say "building for Windows"
    # With a test among the targets, so that the program and the tests share their dependencies' features.
    windows_cargo build --quiet "${CRATES[@]}" --bins --test "${SUITES[0]}"
    windows_cargo test --quiet "${CRATES[@]}" "${TESTS[@]}" --no-run
}

# A Windows of its own, without the questions that Wine asks on a first start.
prepare_wine() {
    export WINEPREFIX=$RIG/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
    if [ ! -e "$WINEPREFIX/.ready" ]; then
        say "making a Windows"
        rm -rf "$WINEPREFIX"
        "$WINE" wineboot -i >/dev/null 2>&1
        # Rust asks this library for random numbers; Windows has had it since Vista, Wine 8 has not.
        x86_64-w64-mingw32-gcc -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" \
            tests/rigs/windows/bcryptprimitives.c -ladvapi32
        touch "$WINEPREFIX/.ready"
    fi
    # One server for all programs, so that each starts at once; it ends with this script.
    /usr/lib/wine/wineserver64 --foreground --persistent &
    server=$!
    trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true' EXIT
}

# The desktop is built where its window can be shown.
CRATES=(--workspace --exclude platen-tests --exclude platen-desktop)
TESTS=(--lib --bins)
for suite in "${SUITES[@]}"; do TESTS+=(--test "$suite"); done
mkdir -p "$RIG"
build
prepare_wine
say "the crates' own tests"
windows_cargo test --quiet "${CRATES[@]}" "${TESTS[@]}"
say "the program: its line, and a job through the spooler"
PLATEN_WINE=$WINE PLATEN_WINDOWS_PROGRAM=$RIG/build/$TARGET/windows/platenctl.exe \
    cargo test --locked --package platen-tests --test windows -- --ignored --test-threads=1 # one Windows, one list of queues
