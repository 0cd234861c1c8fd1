#!/usr/bin/env bash
# build.sh [OUT]: the packages platen and platen-headless, each as .deb and .rpm, the one-file program, and what they are made of, from
# built programs.
# PLATEN_PROGRAMS: their folder (target/release). PLATEN_PACKING=quick: for tests, which are not downloaded.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=$(realpath -m "${1:-target/packages}")
programs=${PLATEN_PROGRAMS:-target/release}
version=$(installers/version.sh)
# As dpkg and rpm sort it: 0.3.0~beta.1 comes before 0.3.0. Names of files keep the hyphen, as addresses do not like the other.
sorted=${version/-/'~'}
sorted=${sorted//-/.}
arch=$(dpkg --print-architecture)
machine=$(uname -m)
maintainer=${PLATEN_MAINTAINER:-Platen developers <developers@platen.example>}
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
deb_packing=(-Zxz -z9) rpm_packing=w9.xzdio
[ "${PLATEN_PACKING:-}" = quick ] && deb_packing=(-Zgzip -z1) rpm_packing=w1.gzdio
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf 'packages: %s\n' "$*" >&2; }

# Programs as they are shipped: without what debuggers need.
strip_programs() {
    for name in platen platenctl; do
        [ -x "$programs/$name" ] || { say "$programs/$name is not built: make packages builds it"; exit 1; }
        strip --strip-unneeded -o "$work/$name" "$programs/$name"
        chmod 755 "$work/$name"
    done
}

# One of them, with how it came written into it: Tauri's updater asks for that. $1: its name; $2: where to; $3: DEB, RPM or UNK.
ship() { LC_ALL=C sed "s/__TAURI_BUNDLE_TYPE_VAR_UNK/__TAURI_BUNDLE_TYPE_VAR_$3/g" "$work/$1" > "$2" && chmod 755 "$2"; }

# Everything below / that a package brings. $1: where; $2: platen or platen-headless; $3: DEB or RPM.
stage() {
    local root=$1 package=$2 came=$3
    install -d "$root"/usr/{bin,lib/udev/rules.d,lib/systemd/user} "$root/usr/share/doc/$package"
    install -m 644 installers/linux/70-platen-usb-printers.rules "$root/usr/lib/udev/rules.d/"
    install -m 644 installers/linux/platenctl.service "$root/usr/lib/systemd/user/"
    gzip -9nc "$work/inventory/THIRD-PARTY.txt" > "$root/usr/share/doc/$package/THIRD-PARTY.txt.gz"
    install -m 644 NOTICE "$root/usr/share/doc/$package/"
    case $package in
        platen) stage_desktop "$root" "$came" ;;
        platen-headless) ship platenctl "$root/usr/bin/platenctl" "$came" ;;
    esac
}

# $1: where; $2: DEB or RPM.
stage_desktop() {
    local root=$1 came=$2
    install -d "$root"/usr/share/{applications,metainfo}
    # One file is both programs, and does as it is called.
    ship platen "$root/usr/bin/platen" "$came"
    ln -s platen "$root/usr/bin/platenctl"
    install -m 644 installers/linux/platen.desktop "$root/usr/share/applications/"
    sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$(date -u -d "@$epoch" +%F)/" installers/linux/org.platen.desktop.metainfo.xml \
        > "$root/usr/share/metainfo/org.platen.desktop.metainfo.xml"
    for size in 32 128 256; do
        install -Dm 644 "icons/platen-$size.png" "$root/usr/share/icons/hicolor/${size}x$size/apps/platen.png"
    done
    install -Dm 644 icons/platen.svg "$root/usr/share/icons/hicolor/scalable/apps/platen.svg"
}

# $1: platen or platen-headless.
deb() {
    local package=$1 root=$work/deb/$1 depends
    stage "$root" "$package" DEB
    install -d "$root/DEBIAN" "$root/usr/share/lintian/overrides" "$work/source/debian"
    install -m 755 installers/linux/deb/{postinst,postrm} installers/linux/prerm "$root/DEBIAN/"
    sed "s/@PACKAGE@/$package/" installers/linux/deb/lintian-overrides > "$root/usr/share/lintian/overrides/$package"
    { printf 'Platen, Copyright the Platen developers.\nLicensed under MIT or Apache-2.0, at your choice.\n\n'
      printf 'The Apache-2.0 text is in /usr/share/common-licenses/Apache-2.0.\n\n'
      cat LICENSE-MIT; } > "$root/usr/share/doc/$package/copyright"
    printf '%s (%s) stable; urgency=medium\n\n  * Version %s.\n\n -- %s  %s\n' "$package" "$sorted" "$version" "$maintainer" \
        "$(date -u -R -d "@$epoch")" | gzip -9n > "$root/usr/share/doc/$package/changelog.gz"
    depends=$(needed "$root" "$package")
    sed -e "s/@VERSION@/$sorted/" -e "s/@ARCH@/$arch/" -e "s/@MAINTAINER@/$maintainer/" -e "s/@DEPENDS@/$depends/" \
        -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$root" | cut -f1)/" "installers/linux/deb/$package.control" > "$root/DEBIAN/control"
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
    chmod -R go-w "$root"
    SOURCE_DATE_EPOCH=$epoch dpkg-deb --root-owner-group "${deb_packing[@]}" --build "$root" "$out/${package}_${version}_$arch.deb" >/dev/null
}

# Debian's packages that a package's program needs. $1: where it is; $2: platen or platen-headless.
needed() {
    local program=$1/usr/bin/platenctl found
    printf 'Source: platen\nPackage: %s\nArchitecture: any\n' "$2" > "$work/source/debian/control"
    found=$(cd "$work/source" && dpkg-shlibdeps -O -e"$(realpath "$program")" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
    [ -n "$found" ] || { say "dpkg-shlibdeps does not say what $program needs"; exit 1; }
    # Loaded by name while it runs, so that nobody sees it in the program.
    [ "$2" != platen ] || found="$found, libayatana-appindicator3-1"
    printf '%s' "$found"
}

# $1: platen or platen-headless.
rpm() {
    local package=$1 root=$work/rpm/$1
    stage "$root" "$package" RPM
    install -m 644 LICENSE-MIT LICENSE-APACHE "$root/usr/share/doc/$package/"
    rpmbuild -bb --quiet --define "_topdir $work/rpmbuild" --define "_rpmdir $out" --define "platen_root $root" \
        --define "platen_preun $PWD/installers/linux/prerm" \
        --define "platen_leftovers $PWD/installers/linux/leftovers" --define "platen_version $sorted" --define "_build_name_fmt %%{NAME}-$version-%%{RELEASE}.%%{ARCH}.rpm" \
        --define "_binary_payload $rpm_packing" --define '__strip /bin/true' --define '_build_id_links none' "installers/linux/$package.spec"
}

mkdir -p "$out"
strip_programs
python3 installers/inventory.py "$work/inventory" "$version"
for package in platen platen-headless; do
    deb "$package"
    rpm "$package"
done
ship platen "$out/platen-$version-$machine" UNK
cp "$work"/inventory/* NOTICE "$out/"
(cd "$out" && sha256sum platen[-_]* THIRD-PARTY.txt NOTICE > SHA256SUMS)
