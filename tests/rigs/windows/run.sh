#!/usr/bin/env bash
# run.sh [FILE…]: builds everything for 64-bit Windows, runs the crates' own tests under Wine, prints through Wine's spooler into a
# CUPS of the tests' own, and makes the installers and tries them. With the names of test files only those, and no crates' tests.
# With PLATEN_WINDOWS_PROGRAMS, a folder, nothing is built: installers of those programs are tried, packed as they will be shipped.
# Everything it makes stays in target/windows. Needs root.
#
# Wine is not Windows: what it lacks (the state of printers and jobs, usbprint) is named in docs/printers.md.
# One set of crates for all of it, the desktop too: each other one would build most libraries again.
set -euo pipefail
cd "$(dirname "$0")/../../.."
RIG=$PWD/target/windows
BUILT=$RIG/build/x86_64-pc-windows-gnu/windows
WINE=/usr/lib/wine/wine64
WINE_SERVER=/usr/lib/wine/wineserver64
CRATES=(--workspace --exclude platen-tests --profile windows)
# What knows no operating system is not tested once more.
PURE=(--exclude platen-job --exclude platen-escpos)
# What runs beside each crate's unit tests: the journal; a printer on the network; the whole engine.
SUITES=(journal connection printing)
# What is done with the programs and the installers.
FILES=("${@:-windows}")
CRATES_TESTS=no
if [ $# -eq 0 ]; then
    FILES+=(windows_install)
    CRATES_TESTS=yes
fi
# The same programs with another number of the same length.
NEXT=9.9.9

began=$SECONDS
say() { printf 'windows: %s (after %d s)\n' "$*" $((SECONDS - began)) >&2; }
windows_cargo() { tests/rigs/windows/cargo.sh "$@"; }

build() {
    local suite
    TESTS=(--lib --bins)
    for suite in "${SUITES[@]}"; do TESTS+=(--test "$suite"); done
    say "building for Windows"
    # With a test among the targets, so that the programs and the tests share their dependencies' features.
    windows_cargo build --quiet "${CRATES[@]}" --bins --test "${SUITES[0]}"
    [ "$CRATES_TESTS" = yes ] || return 0
    say "building the tests"
    windows_cargo test --quiet "${CRATES[@]}" "${PURE[@]}" "${TESTS[@]}" --no-run
}

# A Windows of its own, without the questions that Wine asks on a first start.
prepare_wine() {
    export WINEPREFIX=$RIG/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
    [ -e "$WINEPREFIX/.ready" ] && return
    say "making a Windows"
    rm -rf "$WINEPREFIX"
    "$WINE" wineboot -i >/dev/null 2>&1
    # Rust asks this library for random numbers; Windows has had it since Vista, Wine 8 has not.
    x86_64-w64-mingw32-gcc -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" \
        tests/rigs/windows/bcryptprimitives.c -ladvapi32
    "$WINE_SERVER" -w
    touch "$WINEPREFIX/.ready"
}

# What ends with this script: one server for all programs of that Windows, so that each starts at once; a screen that nobody sees.
children=()
finish() {
    # With -k, its programs end too; a server that is killed leaves Windows' services behind.
    if [ "${WINEPREFIX:-}" = "$RIG/prefix" ]; then "$WINE_SERVER" -k || true; fi
    for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
    wait "${children[@]}" 2>/dev/null || true
}
trap finish EXIT

serve() {
    # Goes on by itself once it listens.
    "$WINE_SERVER" --persistent
    # Windows' services, which the first program starts, keep what it writes to open.
    "$WINE" reg query HKCU </dev/null >/dev/null 2>&1
}

screen() {
    local number
    exec {number}< <(exec Xvfb -displayfd 1 -screen 0 1024x768x24 -nolisten tcp 2>/dev/null)
    children+=($!)
    read -r -u "$number" DISPLAY
    export DISPLAY=:$DISPLAY
}

crates_tests() {
    say "the crates' own tests"
    # The desktop's stand where no installer has put the library that draws its window.
    loader=$(find "$BUILT/build" -path '*/out/x64/WebView2Loader.dll' -print -quit)
    export WINEPATH=Z:${loader%/*}
    windows_cargo test --quiet "${CRATES[@]}" "${PURE[@]}" "${TESTS[@]}"
    unset WINEPATH
}

# The installers of this version and of one after it, signed by somebody whom nobody trusts.
packages() {
    export PLATEN_WINDOWS_PACKAGES=$RIG/packages
    export PLATEN_WINDOWS_CERTIFICATE=$RIG/certificate.p12 PLATEN_WINDOWS_CERTIFICATE_PASSWORD=test
    rm -rf "$PLATEN_WINDOWS_PACKAGES" "$RIG/later"
    if [ ! -e "$PLATEN_WINDOWS_CERTIFICATE" ]; then
        openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=Platen test' -addext extendedKeyUsage=codeSigning \
            -keyout "$RIG/certificate.key" -out "$RIG/certificate.pem" 2>/dev/null
        openssl pkcs12 -export -passout pass:test -inkey "$RIG/certificate.key" -in "$RIG/certificate.pem" -out "$PLATEN_WINDOWS_CERTIFICATE"
    fi
    local version name
    version=$(installers/version.sh)
    mkdir -p "$RIG/later/build"
    ln -s "$BUILT"/build/webview2-com-sys-* "$RIG/later/build/"
    for name in platen platenctl-console; do
        x86_64-w64-mingw32-strip --strip-unneeded -o "$RIG/later/$name.exe" "$BUILT/$name.exe"
        LC_ALL=C sed -i "s/${version//./\\.}/$NEXT/g" "$RIG/later/$name.exe"
    done
    PLATEN_PROGRAMS=$RIG/later PLATEN_VERSION=$NEXT installers/windows/build.sh "$PLATEN_WINDOWS_PACKAGES"
    PLATEN_PROGRAMS=$BUILT installers/windows/build.sh "$PLATEN_WINDOWS_PACKAGES"
    rm -rf "$RIG/later"
    for name in "Platen-$version-setup.exe" "Platen-$version.msi" windows/platen.exe windows/platenctl.exe; do
        osslsigncode verify -CAfile "$RIG/certificate.pem" "$PLATEN_WINDOWS_PACKAGES/$name" >/dev/null 2>&1 ||
            { say "$name is not signed"; exit 1; }
    done
    (cd "$PLATEN_WINDOWS_PACKAGES" && sha256sum --quiet -c SHA256SUMS-windows)
}

mkdir -p "$RIG"
# One Windows and one list of queues at a time.
WORDS=(--ignored --test-threads=1)
export PLATEN_PACKING=quick
if [ -n "${PLATEN_WINDOWS_PROGRAMS:-}" ]; then
    BUILT=$(realpath "$PLATEN_WINDOWS_PROGRAMS")
    CRATES_TESTS=no PLATEN_PACKING=small
    # How long it takes is for a person to read.
    WORDS+=(--nocapture)
else
    build
fi
prepare_wine
serve
if [ "$CRATES_TESTS" = yes ]; then crates_tests; fi
say "the installers are made"
packages
screen
x86_64-w64-mingw32-gcc -o "$RIG/crash.exe" tests/rigs/windows/crash.c
say "the programs: a job through the spooler, the installers"
PLATEN_WINE=$WINE PLATEN_WINE_SERVER=$WINE_SERVER PLATEN_WINE_PREFIX=$WINEPREFIX PLATEN_WINDOWS_CRASH=$RIG/crash.exe PLATEN_WINDOWS_PROGRAM=$BUILT/platenctl.exe \
    cargo test --locked -p platen-tests -p platen-desktop $(printf -- '--test %s ' "${FILES[@]}") -- "${WORDS[@]}"
say "passed"
