#!/usr/bin/env bash
# version.sh: the version of everything that is shipped. It stands in Cargo.toml; PLATEN_VERSION: another number, for tests.
set -euo pipefail
cd "$(dirname "$0")/.."
printf '%s\n' "${PLATEN_VERSION:-$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)}"
