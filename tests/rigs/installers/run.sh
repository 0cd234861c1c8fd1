#!/usr/bin/env bash
# run.sh: the packages from the programs in PLATEN_PROGRAMS (target/debug), and the life of each in a Debian 12 that has never
# seen Platen and is thrown away: installed, in the tray or without one, printing, upgraded with jobs waiting, removed while it runs,
# purged. Then a branch's packages, and the whole of a release. Needs root.
set -euo pipefail
cd "$(dirname "$0")/../../.."

export PLATEN_PROGRAMS=${PLATEN_PROGRAMS:-target/debug} PLATEN_PACKING=quick
version=$(installers/version.sh)
next=9.9.9
rig=$PWD/target/installers
work=$rig/work
rm -rf "$work"
mkdir -p "$work/later"
released=$work/none
trap 'rm -rf "$work" "$released"' EXIT

say() { printf 'installers: %s\n' "$*" >&2; }

# The next version: the same programs with another number of the same length.
later() {
    local package program
    for program in platen platenctl; do
        package=platen
        [ "$program" = platen ] || package=platen-headless
        dpkg-deb --fsys-tarfile "$work/packages/${package}_${version}_amd64.deb" | tar -xO "./usr/bin/$program" |
            LC_ALL=C sed -e "s/${version//./\\.}/$next/g" -e "s/BUNDLE_TYPE_VAR_DEB/BUNDLE_TYPE_VAR_UNK/g" > "$work/later/$program"
        chmod 755 "$work/later/$program"
    done
    PLATEN_PROGRAMS=$work/later PLATEN_VERSION=$next installers/linux/build.sh "$work/packages"
}

# A package for one branch, whose key is the gateway's of the test, and the next of the same branch.
branch() {
    local folder=$work/packages/branches package=$work/packages/platen_${version}_amd64.deb
    mkdir -p "$folder"
    echo 11111111-1111-4111-8111-111111111111 > "$folder/key"
    printf '%s\n' branch,server,licence,language,printers,group \
        "Test Branch,http://127.0.0.1:3001,key,fr,Counter=tcp://127.0.0.1:9100,cashier" > "$folder/branches.csv"
    installers/branches.py "$folder/branches.csv" "$package" "$folder" >/dev/null
    printf '%s\n' branch,server,licence,language,printers \
        "Test Branch,http://127.0.0.1:3001,key,fr,Till=tcp://127.0.0.1:9100" > "$folder/next.csv"
    installers/branches.py "$folder/next.csv" "$package" "$folder/next" >/dev/null
}

# The table that the guide shows, and a branch in other letters than ours: for a package that is soon packed, as its program is none.
table() {
    local folder=$work/table stand_in=$work/table/stand-in settings=./usr/lib/platen/branch.toml name
    mkdir -p "$folder/keys" "$stand_in/usr/bin" "$stand_in/DEBIAN"
    sed -n '/^branch,server/,/^$/p' docs/roll-out.md | grep , > "$folder/branches.csv"
    echo 'فرع الرباط,https://print.example.com,,ar,"Counter=tcp://192.0.2.30:9100 epson-tm-t20iii receipt,default"' >> "$folder/branches.csv"
    for name in paris-1 lyon; do echo "the key of $name" > "$folder/keys/$name.txt"; done
    echo none > "$stand_in/usr/bin/platen"
    printf '%s\n' 'Package: platen' 'Version: 1' 'Architecture: all' 'Maintainer: nobody' 'Description: none' > "$stand_in/DEBIAN/control"
    dpkg-deb -Zgzip --build "$stand_in" "$folder/platen.deb" >/dev/null
    installers/branches.py "$folder/branches.csv" "$folder/platen.deb" "$folder/out" 2> "$folder/said" >/dev/null || { cat "$folder/said" >&2; exit 1; }
    grep -F "without PLATEN_UPDATE_KEY" "$folder/said" >/dev/null || { say "FAILED: tills that never look for updates are not named"; exit 1; }
    [ "$(cd "$folder/out" && echo *)" = "platen-line-4.deb platen-lyon.deb platen-paris-1.deb" ]
    dpkg-deb -c "$folder/out/platen-lyon.deb" | grep -F " $settings" | grep '^-rw------- root/root' >/dev/null
    for name in lyon line-4; do
        dpkg-deb --fsys-tarfile "$folder/out/platen-$name.deb" | tar -xO "$settings" | grep -Fx 'roles = ["receipt", "default"]' >/dev/null
    done
    # Nothing is made of a table with a slip in its last line.
    echo 'Nice,https://print.example.com,,fr,Counter=tcp://192.0.2.40:9100 epson-tm-t20iii receipt,default' >> "$folder/branches.csv"
    if installers/branches.py "$folder/branches.csv" "$folder/platen.deb" "$folder/slip" >/dev/null 2> "$folder/said"; then exit 1; fi
    grep -F "line 5 has not 5 columns" "$folder/said" >/dev/null
    [ ! -e "$folder/slip" ]
}

LINUX=(linux-x86_64 linux-x86_64-deb linux-x86_64-rpm)

# Signed with a key of the moment, and announced. What other systems are given are stand-ins.
publish() {
    local file
    for file in "Platen-$version-setup.exe" "Platen-$version.app.tar.gz" "Platen-$version-x86_64.app.tar.gz"; do
        echo "$file" > "$work/packages/$file"
    done
    local signer=installers/signer/node_modules/.bin/tauri
    "$signer" signer generate --ci --password "" --write-keys "$work/key" >/dev/null 2>&1
    TAURI_SIGNING_PRIVATE_KEY=$(cat "$work/key") TAURI_SIGNING_PRIVATE_KEY_PASSWORD="" \
        installers/publish.sh "$work/packages" https://updates.example.com/platen beta 10
    python3 tests/rigs/installers/announced.py "$work/packages" beta "$version" "${LINUX[@]}" windows-x86_64 darwin-{aarch64,x86_64}
}

# Programs that do nothing, for a release to be packed on the way to tills with Windows; none where nothing here makes such.
windows_programs() {
    local tool
    for tool in x86_64-w64-mingw32-gcc makensis wixl msibuild; do
        command -v "$tool" >/dev/null || { say "the release is made without Windows: there is no $tool here"; echo none; return; }
    done
    mkdir "$work/windows"
    echo 'int main(void) { return 0; }' > "$work/windows/nothing.c"
    x86_64-w64-mingw32-gcc -o "$work/windows/platen.exe" "$work/windows/nothing.c"
    cp "$work/windows/platen.exe" "$work/windows/platenctl-console.exe"
    echo "$work/windows"
}

# Tools that tell whether they were shown what signs, before they do as they are called.
spies() {
    local tool
    mkdir "$work/spies"
    for tool in cargo python3 strip rpmbuild dpkg-deb wixl; do
        command -v "$tool" >/dev/null || continue
        printf '#!/bin/sh\n! env | grep -q hush-hush || echo "%s" >> "%s/shown"\nexec "%s" "$@"\n' "$tool" "$work" "$(command -v "$tool")" \
            > "$work/spies/$tool"
        chmod 755 "$work/spies/$tool"
    done
}

# The whole of a release, of a number that is tried first.
release() {
    local number=0.0.1-rig.1 out platforms=("${LINUX[@]}") expected windows sorted
    out=target/release-$number
    released=$out
    printf '## Unreleased\n\n- later\n\n## %s\n\n- what is new\n\n## 0.0.0\n\n- before\n' "$number" > "$work/CHANGELOG.md"
    spies
    installers/signer/node_modules/.bin/tauri signer generate --ci --password hush-hush --write-keys "$work/release-key" >/dev/null 2>&1
    windows=$(windows_programs)
    PATH=$work/spies:$PATH PLATEN_VERSION=$number PLATEN_CHANGELOG=$work/CHANGELOG.md PLATEN_WINDOWS_PROGRAMS=$windows \
        PLATEN_UPDATE_KEY=$(cat "$work/release-key.pub") PLATEN_UPDATE_ENDPOINT=https://updates.example.com/platen \
        TAURI_SIGNING_PRIVATE_KEY=$(cat "$work/release-key") TAURI_SIGNING_PRIVATE_KEY_PASSWORD=hush-hush \
        PLATEN_WINDOWS_CERTIFICATE_PASSWORD=hush-hush installers/release.sh "$number" 10
    [ ! -e "$work/shown" ] || { say "FAILED: what signs was shown to $(sort -u "$work/shown" | xargs)"; exit 1; }
    expected=(NEWS.md NOTICE SHA256SUMS THIRD-PARTY.txt beta beta/latest.json "platen-$number.cdx.json"
        "platen-$number-x86_64" "platen-$number-x86_64.sig" "platen_${number}_amd64.deb" "platen_${number}_amd64.deb.sig"
        "platen-$number-1.x86_64.rpm" "platen-$number-1.x86_64.rpm.sig"
        "platen-headless_${number}_amd64.deb" "platen-headless-$number-1.x86_64.rpm")
    if [ "$windows" != none ]; then
        platforms+=(windows-x86_64)
        expected+=("Platen-$number-setup.exe" "Platen-$number-setup.exe.sig" "Platen-$number.msi" "Platen-$number-windows.tar.gz"
            SHA256SUMS-windows "platen-$number-windows.cdx.json")
        (cd "$out" && sha256sum --quiet -c SHA256SUMS-windows)
        packed_once_more "$out/Platen-$number-windows.tar.gz" "$number"
    fi
    diff <(printf '%s\n' "${expected[@]}" | LC_ALL=C sort) <(cd "$out" && find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort) >&2 ||
        { say "FAILED: that is not what a release is"; exit 1; }
    python3 tests/rigs/installers/announced.py "$out" beta "$number" "${platforms[@]}"
    (cd "$out" && sha256sum --quiet -c SHA256SUMS)
    [ "$(grep . "$out/NEWS.md")" = "- what is new" ]
    # It comes before the version that it leads to.
    sorted=$(dpkg-deb -f "$out/platen_${number}_amd64.deb" Version)
    dpkg --compare-versions "$sorted" lt 0.0.1
    dpkg --compare-versions "$sorted" gt 0.0.0
    sorted=$(rpm -qp --qf '%{VERSION}' "$out/platen-$number-1.x86_64.rpm")
    [ "$(rpm --eval "%{lua:print(rpm.vercmp('$sorted', '0.0.1'))}")" = -1 ]
    listed "$out"
}

# A branch's installer from what is kept of a release has that release's version. $1: what is kept; $2: the version.
packed_once_more() {
    head -n 2 "$work/table/branches.csv" > "$work/table/first.csv"
    installers/branches.py "$work/table/first.csv" "$1" "$work/table/windows" >/dev/null
    python3 - "$work/table/windows/platen-paris-1-setup.exe" "$2" <<'END'
import sys
with open(sys.argv[1], "rb") as file:
    assert sys.argv[2].encode("utf-16-le") in file.read(), "it has another version"
END
}

# What others gave, the fonts too, is named with its licence. $1: the folder of a release.
listed() {
    local font list
    for font in "DejaVu Sans Mono" "Noto Sans Mono" "Noto Emoji" "WenQuanYi Micro Hei" serde; do
        for list in "$1"/*.cdx.json; do
            grep -F "\"name\": \"$font\"" "$list" >/dev/null || { say "FAILED: $font is not in $list"; exit 1; }
        done
        grep "^$font [0-9]" "$1/THIRD-PARTY.txt" >/dev/null || { say "FAILED: $font is not in THIRD-PARTY.txt"; exit 1; }
    done
    grep -F 'SIL OPEN FONT LICENSE' "$1/THIRD-PARTY.txt" >/dev/null
    grep -F 'Bitstream Vera is a trademark' "$1/THIRD-PARTY.txt" >/dev/null
}

check() {
    local deb=$work/packages/platen_${version}_amd64.deb
    say "what others say of the packages"
    lintian --fail-on error --allow-root --tag-display-limit 0 "$deb" "$work/packages/platen-headless_${version}_amd64.deb"
    desktop-file-validate installers/linux/platen.desktop
    dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/metainfo/org.platen.desktop.metainfo.xml > "$work/org.platen.desktop.metainfo.xml"
    appstreamcli validate --no-net "$work/org.platen.desktop.metainfo.xml"
    rpm -qlp "$work/packages/platen-$version-1.$(uname -m).rpm" | grep -x /usr/bin/platen >/dev/null
    (cd "$work/packages" && sha256sum --quiet -c SHA256SUMS)
    local package file
    for package in platen platen-headless; do
        for file in NOTICE THIRD-PARTY.txt.gz; do
            dpkg-deb -c "$work/packages/${package}_${version}_amd64.deb" | grep -F " ./usr/share/doc/$package/$file" >/dev/null
            rpm -qlp "$work/packages/$package-$version-1.$(uname -m).rpm" | grep -x "/usr/share/doc/$package/$file" >/dev/null
        done
    done
}

# A copy of that Debian in a file system of its own, with processes and a network of its own.
live() {
    unshare --mount --net --pid --fork --kill-child bash -euo pipefail -c '
        work=$1/work kind=$2
        mkdir "$work/$kind"
        mount -t tmpfs tmpfs "$work/$kind"
        mkdir "$work/$kind"/{upper,workdir,root}
        root=$work/$kind/root
        mount -t overlay overlay -o "lowerdir=$1/root,upperdir=$work/$kind/upper,workdir=$work/$kind/workdir" "$root"
        mount -t proc proc "$root/proc"
        mount -t tmpfs tmpfs "$root/tmp"
        mount --rbind /dev "$root/dev"
        cp tests/rigs/installers/life.sh tests/rigs/desktop/tray_host.py "$root/tmp/"
        mkdir "$root/tmp/packages"
        mount --bind "$work/packages" "$root/tmp/packages"
        ip link set lo up
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin ${PLATEN_SEED:+PLATEN_SEED="$PLATEN_SEED"} chroot "$root" /tmp/life.sh "$kind" "$3" "$4"
    ' life "$rig" "$@"
}

say "the packages"
installers/linux/build.sh "$work/packages"
later
say "a package for each branch"
table
branch
check
publish
say "a release"
release
for kind in deb rpm headless; do
    say "a life: $kind"
    live "$kind" "$version" "$next"
done
say "passed"
