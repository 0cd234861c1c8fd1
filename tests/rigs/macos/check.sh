#!/usr/bin/env bash
# check.sh: type-checks every program and room for a Mac (aarch64-apple-darwin). No Mac has run the result: nothing here
# links, and C in dependencies is not compiled. Everything it makes stays in target/macos.
set -euo pipefail
cd "$(dirname "$0")/../../.."
RIG=$PWD/target/macos
TARGET=aarch64-apple-darwin
STAND_IN=$PWD/tests/rigs/macos/no_compiler.sh

mkdir -p "$RIG"
export PATH=/usr/bin:/bin
tests/rigs/std.sh "$RIG" "$TARGET"
CARGO_TARGET_DIR=$RIG/build \
    CARGO_TARGET_AARCH64_APPLE_DARWIN_RUSTFLAGS="--sysroot=$RIG/sysroot" \
    CC_aarch64_apple_darwin=$STAND_IN CXX_aarch64_apple_darwin=$STAND_IN \
    AR_aarch64_apple_darwin=$STAND_IN RANLIB_aarch64_apple_darwin=$STAND_IN \
    SDKROOT=/nonexistent \
    cargo check --quiet --locked --workspace --exclude platen-tests --lib --bins --target "$TARGET"
echo "macos: the workspace type-checks for $TARGET; nothing of it has run"
