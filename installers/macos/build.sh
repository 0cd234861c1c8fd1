#!/usr/bin/env bash
# build.sh [OUT]: Platen.app, and on a Mac its .dmg and the archive that updates install, from programs that are built for macOS.
# PLATEN_PROGRAMS: their folder (target/release). What follows happens on a Mac alone, and only where the environment says with what:
#   PLATEN_APPLE_IDENTITY   "Developer ID Application: …": signs, under the hardened runtime
#   PLATEN_APPLE_PROFILE    a profile of notarytool's in the keychain (xcrun notarytool store-credentials): notarises, and staples
# No Mac has run this: elsewhere it makes the folder Platen.app, and says what it left out.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=$(mkdir -p "${1:-target/packages}" && cd "${1:-target/packages}" && pwd)
programs=${PLATEN_PROGRAMS:-target/release}
version=$(installers/version.sh)
identifier=$(sed -n 's/^  "identifier": "\(.*\)",$/\1/p' src-tauri/tauri.conf.json)
# The oldest whose WebKit shows the pages as they are written.
minimum=12.0
app=$out/Platen.app

say() { printf 'macos: %s\n' "$*" >&2; }

# $1: a property list with places; $2: where to.
fill() {
    sed -e "s/@IDENTIFIER@/$identifier/g" -e "s/@VERSION@/$version/g" -e "s/@NUMBERS@/${version%%-*}/g" -e "s/@MINIMUM@/$minimum/g" "$1" > "$2"
}

bundle() {
    rm -rf "$app"
    mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources"
    for name in platen platenctl; do
        [ -x "$programs/$name" ] || { say "$programs/$name is not built: cargo build --release --locked --workspace"; exit 1; }
        # Byte for byte: the linker has signed it, and nothing starts that is not what was signed.
        cp "$programs/$name" "$app/Contents/MacOS/"
    done
    fill installers/macos/Info.plist "$app/Contents/Info.plist"
    printf 'APPL????' > "$app/Contents/PkgInfo"
    cp icons/platen.icns LICENSE-MIT LICENSE-APACHE NOTICE "$app/Contents/Resources/"
    inventory
    fill installers/macos/org.platen.desktop.plist "$app/Contents/Resources/$identifier.plist"
}

# What it is made of, and under which licences. Programs for Macs of the other kind are made of the same.
inventory() {
    local list
    list=$(mktemp -d)
    python3 installers/inventory.py "$list" "$version" aarch64-apple-darwin
    mv "$list/THIRD-PARTY.txt" "$app/Contents/Resources/"
    mv "$list/platen-$version.cdx.json" "$out/platen-$version-macos.cdx.json"
    rm -rf "$list"
}

# What is inside first, as the whole is sealed over it.
sign() {
    local code=(codesign --force --timestamp --options runtime --entitlements installers/macos/platen.entitlements --sign "$PLATEN_APPLE_IDENTITY")
    "${code[@]}" "$app/Contents/MacOS/platenctl"
    "${code[@]}" "$app"
    codesign --verify --strict --verbose=2 "$app"
}

# $1: what Apple is to look at. It answers within minutes, and at most in this time.
notarise() {
    xcrun notarytool submit "$1" --keychain-profile "$PLATEN_APPLE_PROFILE" --wait --timeout 30m
}

image() {
    local stage
    stage=$(mktemp -d)
    cp -R "$app" "$stage/"
    ln -s /Applications "$stage/Applications"
    hdiutil create -quiet -ov -volname Platen -srcfolder "$stage" -format UDZO "$out/Platen-$version.dmg"
    rm -rf "$stage"
}

bundle
if [ "$(uname -s)" != Darwin ]; then
    say "$app is made; what signs, notarises and packs it is on a Mac alone"
    exit 0
fi
if [ -n "${PLATEN_APPLE_IDENTITY:-}" ]; then sign; else say "not signed: PLATEN_APPLE_IDENTITY is not set, and macOS will warn of it"; fi
if [ -n "${PLATEN_APPLE_IDENTITY:-}" ] && [ -n "${PLATEN_APPLE_PROFILE:-}" ]; then
    ditto -c -k --keepParent "$app" "$out/notarise.zip"
    notarise "$out/notarise.zip"
    rm "$out/notarise.zip"
    xcrun stapler staple "$app"
    image
    codesign --timestamp --sign "$PLATEN_APPLE_IDENTITY" "$out/Platen-$version.dmg"
    notarise "$out/Platen-$version.dmg"
    xcrun stapler staple "$out/Platen-$version.dmg"
else
    say "not notarised: PLATEN_APPLE_IDENTITY and PLATEN_APPLE_PROFILE are not both set"
    image
fi
# What the updater takes: a folder of that name at the top. publish.sh knows by the file's name for which Macs it is.
intel=
[ "$(uname -m)" != x86_64 ] || intel=-x86_64
tar -czf "$out/Platen-$version$intel.app.tar.gz" -C "$out" Platen.app
say "everything is in $out"
