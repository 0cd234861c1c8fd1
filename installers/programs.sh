#!/usr/bin/env bash
# programs.sh: the programs of a release, for Linux and for Windows, as release.sh packs them. It needs nothing that signs.
# PLATEN_UPDATE_KEY, PLATEN_UPDATE_ENDPOINT: built in (docs/updates.md). PLATEN_PROGRAMS, PLATEN_WINDOWS_PROGRAMS: say where these are
# built already, or none; then they are not built here.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${PLATEN_PROGRAMS:-}" ]; then
    cargo build --release --locked --workspace --bin platen --bin platenctl
fi
# Cross-built, as they are tested.
if [ -z "${PLATEN_WINDOWS_PROGRAMS:-}" ]; then
    tests/rigs/windows/cargo.sh build --release --workspace --exclude platen-tests --bin platen --bin platenctl-console
fi
