#!/usr/bin/env bash
# draw.sh: draws every icon from platen.svg. Needs rsvg-convert (Debian: librsvg2-bin).
#
# tray-STATE-dark.png is dark ink for light panels, tray-STATE-light.png light ink for dark ones; platen-N.png is the
# program's own icon.
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
