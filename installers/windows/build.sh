#!/usr/bin/env bash
# build.sh [OUT]: Platen-VERSION-setup.exe, the .msi that brings it, and the folder of what they install, from programs that are built
# for Windows. PLATEN_PROGRAMS: their folder; PLATEN_PACKING=quick: for tests, which are not downloaded. Signed where sign.sh is told
# with what.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=$(realpath -m "${1:-target/packages}")
programs=${PLATEN_PROGRAMS:-target/windows/build/x86_64-pc-windows-gnu/release}
version=$(installers/version.sh)
stage=$out/windows

say() { printf 'packages: %s\n' "$*" >&2; }

# The password is in the environment of what signs, and of nothing else.
password=${PLATEN_WINDOWS_CERTIFICATE_PASSWORD:-}
unset PLATEN_WINDOWS_CERTIFICATE_PASSWORD
with_password() { PLATEN_WINDOWS_CERTIFICATE_PASSWORD=$password "$@"; }

# What is installed. The loader is of the library that draws the window; where the compiler is Microsoft's it is in the program.
stage() {
    rm -rf "$stage"
    mkdir -p "$stage"
    local loader
    # One file is both programs. As it is started without a console, platenctl.exe is the console's end of it.
    program platen.exe platen.exe
    program platenctl-console.exe platenctl.exe
    if grep -aq WebView2Loader.dll "$stage/platen.exe"; then
        loader=$(find -L "$programs/build" -path '*/out/x64/WebView2Loader.dll' -print -quit)
        cp "$loader" "$stage/WebView2Loader.dll" || { say "platen.exe needs WebView2Loader.dll, which is not below $programs/build"; exit 1; }
    fi
    with_password installers/windows/sign.sh "$stage"/platen.exe "$stage"/platenctl.exe
    python3 installers/inventory.py "$stage" "$version" x86_64-pc-windows-gnu
    mv "$stage/platen-$version.cdx.json" "$out/platen-$version-windows.cdx.json"
    local text
    # For Windows' own editor.
    for text in LICENSE-MIT LICENSE-APACHE NOTICE; do sed 's/$/\r/' "$text" > "$stage/$text.txt"; done
    sed -i 's/$/\r/' "$stage/THIRD-PARTY.txt"
    # For whoever packs it once more (pack.sh); it is not installed.
    printf '%s\n' "$version" > "$stage/VERSION"
}

# $1: as it is built; $2: as it is installed.
program() {
    [ -f "$programs/$1" ] || { say "$programs/$1 is not built: make packages-windows builds it"; exit 1; }
    if command -v x86_64-w64-mingw32-strip >/dev/null; then
        x86_64-w64-mingw32-strip --strip-unneeded -o "$stage/$2" "$programs/$1"
    else
        cp "$programs/$1" "$stage/$2"
    fi
}

# wixl looks for files below the folder in which it works, and knows no programs that an .msi runs (custom actions of type 2, run
# later, as the person: 1026).
msi() {
    local file=$out/Platen-$version.msi source=$PWD/installers/windows/platen.wxs action words
    (cd "$out" && wixl -a x64 -D VERSION="${version%%-*}" -D FULL_VERSION="$version" -D SETUP="Platen-$version-setup.exe" -o "$file" "$source")
    while read -r action words; do
        msibuild "$file" -q "INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Source\`, \`Target\`) VALUES ('$action', 1026, 'Setup', '$words')"
    done <<'ACTIONS'
SetUp /S /MSI
TakeAway /S /REMOVE
ACTIONS
}

stage
say "Platen-$version-setup.exe"
with_password installers/windows/pack.sh "$stage" "$out/Platen-$version-setup.exe"
if command -v wixl >/dev/null; then
    say "Platen-$version.msi"
    msi
    with_password installers/windows/sign.sh "$out/Platen-$version.msi"
else
    say "there is no wixl here: the .msi is made on Debian"
fi
(cd "$out" && sha256sum "Platen-$version"[-.]*[ei] > SHA256SUMS-windows)
