#!/usr/bin/env bash
# release.sh VERSION [ROLLOUT]: everything of a release for this kind of computer, in target/release-VERSION: packages, signatures,
# CHANNEL/latest.json, sums, the list of what it is made of, licences, and what is new. Called by `make release VERSION=…`.
# PLATEN_UPDATE_KEY, PLATEN_UPDATE_ENDPOINT: built into the program (docs/updates.md). TAURI_SIGNING_PRIVATE_KEY and, where it has one,
# TAURI_SIGNING_PRIVATE_KEY_PASSWORD: what signs. PLATEN_PROGRAMS, PLATEN_WINDOWS_PROGRAMS: the folders of programs that are built
# already (programs.sh, which builds them otherwise). PLATEN_WINDOWS_PROGRAMS=none: a release without Windows. Windows' programs are
# signed where the environment says with what (windows/sign.sh). PLATEN_CHANGELOG: another CHANGELOG.md, for tests.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'release: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

version=${1:-} rollout=${2:-100} changelog=${PLATEN_CHANGELOG:-CHANGELOG.md}
[ -n "$version" ] || fail "say which: make release VERSION=$(installers/version.sh)"
[ "$version" = "$(installers/version.sh)" ] || fail "Cargo.toml says $(installers/version.sh): change it there, in [workspace.package]"
[[ "$rollout" =~ ^[0-9]+$ && "$rollout" -le 100 ]] || fail "ROLLOUT is a number from 0 to 100, not $rollout"
for name in PLATEN_UPDATE_KEY PLATEN_UPDATE_ENDPOINT TAURI_SIGNING_PRIVATE_KEY; do
    [ -n "${!name:-}" ] || fail "$name is not set (docs/release-checklist.md)"
done

# What signs is in the environment of the commands that sign, and of nothing that builds.
key=$TAURI_SIGNING_PRIVATE_KEY key_password=${TAURI_SIGNING_PRIVATE_KEY_PASSWORD:-}
certificate_password=${PLATEN_WINDOWS_CERTIFICATE_PASSWORD:-}
unset TAURI_SIGNING_PRIVATE_KEY TAURI_SIGNING_PRIVATE_KEY_PASSWORD PLATEN_WINDOWS_CERTIFICATE_PASSWORD
publish() { TAURI_SIGNING_PRIVATE_KEY=$key TAURI_SIGNING_PRIVATE_KEY_PASSWORD=$key_password installers/publish.sh "$@"; }

# A number with a hyphen, such as 0.3.0-beta.1, is tried first. What is released goes to those who try, too.
channels=(beta)
[[ "$version" == *-* ]] || channels+=(stable)
out=target/release-$version
rm -rf "$out"
mkdir -p "$out"

news=$(sed -n "/^## \[\?${version//./\\.}\]\?\( \|$\)/,/^## /p" "$changelog" | sed '1d;/^## /d')
[ -n "${news//[[:space:]]/}" ] || fail "$changelog has no section \"## $version\" that says what is new"
printf '%s\n' "$news" > "$out/NEWS.md"

# Packed from what is kept beside the release, installers of branches have the same programs, with the same signatures.
windows() {
    local stage=Platen-$version-windows.tar.gz
    PLATEN_WINDOWS_CERTIFICATE_PASSWORD=$certificate_password PLATEN_PROGRAMS=${PLATEN_WINDOWS_PROGRAMS:-} installers/windows/build.sh "$out"
    tar --sort=name --owner=0 --group=0 --numeric-owner -czf "$out/$stage" -C "$out" windows
    rm -rf "$out/windows"
    (cd "$out" && sha256sum "$stage" >> SHA256SUMS-windows)
}

installers/programs.sh
installers/linux/build.sh "$out"
if [ "${PLATEN_WINDOWS_PROGRAMS:-}" = none ]; then
    say "WITHOUT Windows, as PLATEN_WINDOWS_PROGRAMS=none asks for: tills with Windows hear nothing of this version"
else
    windows
fi
for channel in "${channels[@]}"; do publish "$out" "$PLATEN_UPDATE_ENDPOINT" "$channel" "$rollout"; done
say "everything is in $out: put it where $PLATEN_UPDATE_ENDPOINT is, latest.json last"
