#!/usr/bin/env bash
# std.sh RIG TARGET: builds Rust's own library for a system that Debian ships none for, in RIG/sysroot, with Debian's
# compiler.
set -euo pipefail
sysroot=$1/sysroot
target=$2
# With bitcode: released programs are optimised as a whole, the library too.
bitcode="-C embed-bitcode=yes"
stamp="$(rustc --version) $bitcode"
[ "$(cat "$sysroot/.stamp" 2>/dev/null)" = "$stamp" ] && exit
printf 'building the library of %s for %s (a minute, once)\n' "$(rustc --version)" "$target" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
touch "$work/src/lib.rs"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "nothing"
version = "0.0.0"
edition = "2024"

[profile.dev]
debug = false
opt-level = 2

[workspace]
TOML
# build-std is not stable: the switch below lets a stable compiler have it. Only the library is built so.
(cd "$work" && RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" RUSTFLAGS="$bitcode" \
    cargo build --quiet -Zbuild-std=std,panic_unwind,proc_macro,test --target "$target")
libraries=$sysroot/lib/rustlib/$target/lib
# What was built with another library does not fit this one.
rm -rf "$sysroot" "$1/build"
mkdir -p "$libraries"
find "$work/target/$target/debug/deps" -name 'lib*.rlib' ! -name 'libnothing-*' -exec cp {} "$libraries/" \;
printf '%s\n' "$stamp" >"$sysroot/.stamp"
