#!/usr/bin/env bash
# run.sh: the packages from the programs in PLATEN_PROGRAMS (target/debug), and the life of each in a Debian 12 that has never
# seen Platen and is thrown away: installed, in the tray or without one, printing, upgraded with jobs waiting, removed, purged. Needs
# root.
set -euo pipefail
cd "$(dirname "$0")/../../.."

export PLATEN_PROGRAMS=${PLATEN_PROGRAMS:-target/debug} PLATEN_PACKING=quick
version=$(installers/version.sh)
next=9.9.9
rig=$PWD/target/installers
work=$rig/work
rm -rf "$work"
mkdir -p "$work/later"
trap 'rm -rf "$work"' EXIT

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

# A package for one branch, whose key is the gateway's of the test.
branch() {
    local folder=$work/packages/branches
    mkdir -p "$folder"
    echo 11111111-1111-4111-8111-111111111111 > "$folder/key"
    printf '%s\n' branch,server,licence,language,printers \
        "Test Branch,http://127.0.0.1:3001,key,fr,Counter=tcp://127.0.0.1:9100" > "$folder/branches.csv"
    installers/branches.py "$folder/branches.csv" "$work/packages/platen_${version}_amd64.deb" "$folder" >/dev/null
}

# Signed with a key of the moment, and announced.
publish() {
    local signer=installers/signer/node_modules/.bin/tauri
    "$signer" signer generate --ci --password "" --write-keys "$work/key" >/dev/null 2>&1
    TAURI_SIGNING_PRIVATE_KEY=$(cat "$work/key") TAURI_SIGNING_PRIVATE_KEY_PASSWORD="" \
        installers/publish.sh "$work/packages" https://updates.example.com/platen beta 10
    python3 tests/rigs/installers/announced.py "$work/packages" beta "$version"
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
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" /tmp/life.sh "$kind" "$3" "$4"
    ' life "$rig" "$@"
}

say "the packages"
installers/linux/build.sh "$work/packages"
later
branch
check
publish
for kind in deb rpm headless; do
    say "a life: $kind"
    live "$kind" "$version" "$next"
done
say "passed"
