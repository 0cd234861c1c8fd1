#!/usr/bin/env bash
# draw.sh: draws every icon from platen.svg. Needs rsvg-convert and convert (Debian: librsvg2-bin, imagemagick), and Tauri's command
# line (tests/setup.sh packages).
#
# tray-STATE-dark.png is dark ink for light panels, tray-STATE-light.png light ink for dark ones; platen-N.png is the
# program's own icon, platen.ico the same one for Windows, in the sizes that it asks for,
# platen.icns for macOS, and setup.bmp is for the installer of Windows.
set -euo pipefail
cd "$(dirname "$0")"

# variant STATE INK GROUND: the drawing with that state shown. GROUND is what is seen through the line of "offline".
variant() {
    sed -e "s|/\*shown\*/|.$1 { display: inline; }|" -e "s|fill=\"none\" stroke=\"#ffffff\"|fill=\"none\" stroke=\"$3\"|" \
        -e "s|\.ink { fill: #1d2733|.ink { fill: $2|" -e "s|\.paper { fill: #1d2733|.paper { fill: $2|" platen.svg
}

for state in ready working attention offline; do
    variant "$state" '#1d2733' '#ffffff' | rsvg-convert -w 32 -h 32 -o "tray-$state-dark.png"
    variant "$state" '#f4f6f8' '#1d2733' | rsvg-convert -w 32 -h 32 -o "tray-$state-light.png"
done
for size in 32 128 256; do
    variant working '#1f6f5c' '#ffffff' | rsvg-convert -w "$size" -h "$size" -o "platen-$size.png"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for size in 16 24 32 48 64 256; do
    variant working '#1f6f5c' '#ffffff' | rsvg-convert -w "$size" -h "$size" -o "$work/$(printf %03d "$size").png"
done
convert "$work"/*.png -strip platen.ico
variant working '#1f6f5c' '#ffffff' | rsvg-convert -w 1024 -h 1024 -o "$work/large.png"
../installers/signer/node_modules/.bin/tauri icon "$work/large.png" -o "$work/all" >/dev/null 2>&1
mv "$work/all/icon.icns" platen.icns
# Beside the installer's words, in few colours: NSIS takes no better picture than this.
variant working '#ffffff' '#1f6f5c' | rsvg-convert -w 96 -h 96 -o "$work/white.png"
convert -size 164x314 'xc:#1f6f5c' "$work/white.png" -gravity center -composite -colors 16 -type palette "BMP3:setup.bmp"
