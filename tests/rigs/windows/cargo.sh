#!/usr/bin/env bash
# cargo.sh WORDS…: cargo for 64-bit Windows, on Debian. Everything it makes stays in target/windows.
# Debian's compiler, as its library's source is packaged: with the library below it is the one that builds for Windows. Build scripts
# keep its own library. Where a program runs, it runs under Wine.
set -euo pipefail
root=$(realpath "$(dirname "$0")/../../..")
rig=$root/target/windows
target=x86_64-pc-windows-gnu
export PATH=/usr/bin:/bin:/usr/sbin:/sbin
mkdir -p "$rig"
"$root/tests/rigs/std.sh" "$rig" "$target"
export CARGO_TARGET_DIR=$rig/build
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS=--sysroot=$rig/sysroot
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$root/tests/rigs/windows/linker.sh
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=/usr/lib/wine/wine64
# What draws is fast in a release, and takes minutes to build so; the tests draw little.
awk '/^\[/ { on = $0 == "[profile.release.package]" } on && /opt-level/ { printf "[profile.windows.package.%s]\nopt-level = 0\n", $1 }' \
    "$root/Cargo.toml" > "$rig/soon.toml"
word=$1
shift
exec cargo "$word" --locked --target "$target" --config "$rig/soon.toml" "$@"
