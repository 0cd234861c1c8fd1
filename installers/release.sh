#!/usr/bin/env bash
# release.sh VERSION [ROLLOUT]: everything of a release for this kind of computer, in target/release-VERSION: packages, signatures,
# CHANNEL/latest.json, sums, the list of what it is made of, licences, and what is new. Called by `make release VERSION=…`.
# PLATEN_UPDATE_KEY, PLATEN_UPDATE_ENDPOINT: built into the program (docs/updates.md). TAURI_SIGNING_PRIVATE_KEY and, where it has one,
# TAURI_SIGNING_PRIVATE_KEY_PASSWORD: what signs. PLATEN_PROGRAMS, PLATEN_WINDOWS_PROGRAMS: the folders of programs that are built already.
# Windows' programs are signed where the environment says with what (windows/sign.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'release: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

version=${1:-} rollout=${2:-100}
[ -n "$version" ] || fail "say which: make release VERSION=$(installers/version.sh)"
[ "$version" = "$(installers/version.sh)" ] || fail "Cargo.toml says $(installers/version.sh): change it there, in [workspace.package]"
[[ "$rollout" =~ ^[0-9]+$ && "$rollout" -le 100 ]] || fail "ROLLOUT is a number from 0 to 100, not $rollout"
for name in PLATEN_UPDATE_KEY PLATEN_UPDATE_ENDPOINT TAURI_SIGNING_PRIVATE_KEY; do
    [ -n "${!name:-}" ] || fail "$name is not set (docs/release-checklist.md)"
done

# A number with a hyphen, such as 0.3.0-beta.1, is tried first. What is released goes to those who try, too.
channels=(beta)
[[ "$version" == *-* ]] || channels+=(stable)
out=target/release-$version
rm -rf "$out"
mkdir -p "$out"

news=$(sed -n "/^## \[\?${version//./\\.}\]\?\( \|$\)/,/^## /p" CHANGELOG.md | sed '1d;/^## /d')
[ -n "${news//[[:space:]]/}" ] || fail "CHANGELOG.md has no section \"## $version\" that says what is new"
printf '%s\n' "$news" > "$out/NEWS.md"

if [ -z "${PLATEN_PROGRAMS:-}" ]; then
    cargo build --release --locked --workspace --bin platen --bin platenctl
fi
installers/linux/build.sh "$out"
# Cross-built, as they are tested.
if [ -z "${PLATEN_WINDOWS_PROGRAMS:-}" ]; then
    tests/rigs/windows/cargo.sh build --release --workspace --exclude platen-tests --bin platen --bin platenctl-console
fi
PLATEN_PROGRAMS=${PLATEN_WINDOWS_PROGRAMS:-} installers/windows/build.sh "$out"
# What installers are packed from, for those of branches; no part of a release.
rm -rf "$out/windows"
for channel in "${channels[@]}"; do installers/publish.sh "$out" "$PLATEN_UPDATE_ENDPOINT" "$channel" "$rollout"; done
say "everything is in $out: put it where $PLATEN_UPDATE_ENDPOINT is, latest.json last"
