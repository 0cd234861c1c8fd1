#!/usr/bin/env bash
# programs.sh: the programs of a release, for Linux and for Windows, as release.sh packs them. It needs nothing that signs.
# PLATEN_UPDATE_KEY, PLATEN_UPDATE_ENDPOINT: built in (docs/updates.md). PLATEN_WINDOWS_PROGRAMS=none: without Windows.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked --workspace --bin platen --bin platenctl
[ "${PLATEN_WINDOWS_PROGRAMS:-}" != none ] || exit 0
# Cross-built, as they are tested.
tests/rigs/windows/cargo.sh build --release --workspace --exclude platen-tests --bin platen --bin platenctl-console
