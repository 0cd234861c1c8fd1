#!/usr/bin/env bash
# pack.sh STAGE OUT.exe [SETTINGS.toml]: the installer of what is in the folder STAGE, with a roll-out file where one is given. It has the
# version of the stage, which is not that of Cargo.toml where an older release is packed once more.
# PLATEN_PACKING=quick: for tests, which are not downloaded.
set -euo pipefail

stage=$(realpath "$1") out=$(realpath -m "$2") settings=${3:+$(realpath "$3")}
here=$(dirname "$(realpath "$0")")
if [ -z "${PLATEN_VERSION:-}" ] && [ -s "$stage/VERSION" ]; then
    version=$(cat "$stage/VERSION")
else
    version=$("$here/../version.sh")
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/stage"
for file in "$stage"/*; do
    [ "${file##*/}" = VERSION ] || ln -s "$file" "$work/stage/"
done
stage=$work/stage

# What the uninstaller removes.
# shellcheck disable=SC2016
(cd "$stage" && for name in *; do printf 'Delete "$INSTDIR\\%s"\n' "$name"; done) > "$work/files.nsh"
# 0.3.0-beta.1 is 0.3.0.0 to Windows, which knows numbers only.
defines=(-DVERSION="$version" -DNUMBERS="${version%%-*}.0" -DSTAGE="$stage" -DSIZE="$(du -skL "$stage" | cut -f1)"
    -DFILES="$work/files.nsh" -DOUT="$out")
[ -z "$settings" ] || defines+=(-DSETTINGS="$settings")
[ "${PLATEN_PACKING:-}" != quick ] || defines+=(-DQUICK)
[ -z "${PLATEN_WINDOWS_CERTIFICATE:-}" ] || defines+=(-DSIGN="$here/sign.sh")
[ ! -d /usr/share/nsis/Plugins/amd64-unicode ] || defines+=(-DAMD64)
mkdir -p "$(dirname "$out")"
makensis -V2 -WX -INPUTCHARSET UTF8 "${defines[@]}" "$here/platen.nsi" >&2
"$here/sign.sh" "$out"
