#!/usr/bin/env bash
# publish.sh PACKAGES ADDRESS [CHANNEL] [ROLLOUT]: signs the packages that build.sh made and writes CHANNEL/latest.json for them, to be put
# with them below ADDRESS; for macOS where the archive of macos/build.sh was put beside them. The key: TAURI_SIGNING_PRIVATE_KEY, and TAURI_SIGNING_PRIVATE_KEY_PASSWORD where it has one.
set -euo pipefail

packages=$(realpath "$1") address=${2%/} channel=${3:-stable} rollout=${4:-100}
cd "$(dirname "$0")/.."
version=$(installers/version.sh)
machine=$(uname -m)

say() { printf 'publish: %s\n' "$*" >&2; }

[ -n "${TAURI_SIGNING_PRIVATE_KEY:-}" ] || { say "TAURI_SIGNING_PRIVATE_KEY is not set"; exit 1; }
[ -d installers/signer/node_modules ] || { say "tests/setup.sh packages was not run"; exit 1; }

entries=()
# $1: the platform as Tauri's updater calls it; $2: the file.
add() {
    local file=$packages/$2
    [ -f "$file" ] || return 0
    # What it says on its way is nobody's business.
    installers/signer/node_modules/.bin/tauri signer sign --app-version "$version" "$file" >/dev/null 2>&1 ||
        { say "$2 could not be signed: is the key right?"; exit 1; }
    entries+=("$(printf '    "%s": { "url": "%s/%s", "signature": "%s" }' "$1" "$address" "$2" "$(cat "$file.sig")")")
}

add "linux-$machine" "platen-$version-$machine"
add "linux-$machine-deb" "platen_${version}_$(dpkg --print-architecture).deb"
add "linux-$machine-rpm" "platen-$version-1.$machine.rpm"
add "windows-x86_64" "Platen-$version-setup.exe"
# A Mac made these (macos/build.sh).
add "darwin-aarch64" "Platen-$version.app.tar.gz"
add "darwin-x86_64" "Platen-$version-x86_64.app.tar.gz"
[ ${#entries[@]} -gt 0 ] || { say "no packages of version $version in $packages"; exit 1; }

mkdir -p "$packages/$channel"
{
    printf '{\n  "version": "%s",\n  "pub_date": "%s",\n  "rollout": %s,\n  "platforms": {\n' "$version" "$(date -u +%FT%TZ)" "$rollout"
    (IFS=$'\n'; printf '%s' "${entries[*]}" | sed '$!s/$/,/')
    printf '\n  }\n}\n'
} > "$packages/$channel/latest.json"
say "$packages/$channel/latest.json: version $version for ${#entries[@]} platforms, $rollout %"
