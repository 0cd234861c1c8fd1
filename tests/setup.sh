#!/usr/bin/env bash
# setup.sh system|node|window|desktop|browser|python|spooler|lan|usb|packages|installers|windows|packages-windows|test-windows|macos|deny: installs what the tests need and this machine lacks (Debian 12). Says what it does.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

apt_install() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then sudo=(sudo); fi
    say "installing ${missing[*]}"
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

have() { command -v "$1" >/dev/null 2>&1; }

system() {
    # libssl-dev and pkg-config: rust_socketio speaks TLS through OpenSSL. strace: kills the engine at chosen steps.
    # libcups2-dev: the list of the system's printers. libusb-1.0-0-dev, libudev-dev: printers on USB. libdbus-1-dev: the keyring.
    apt_install build-essential pkg-config libssl-dev ca-certificates strace procps openssl \
        libcups2-dev libusb-1.0-0-dev libudev-dev libdbus-1-dev
    have cargo || { say "Rust 1.95 or newer is needed: https://rustup.rs"; exit 1; }
}

# What the desktop program is built with, and the packages of its window.
window() {
    apt_install libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-bin
    have node && have npm || apt_install nodejs npm
    say "node packages for the window"
    npm ci --prefix ui --no-audit --no-fund --loglevel=error
}

# A screen, a session bus, a tray and a window manager of the tests' own. Fonts: what the window says in Arabic.
desktop() {
    # binutils: a program as it is shipped.
    apt_install binutils xvfb dbus gnome-keyring openbox wmctrl imagemagick python3 python3-dbus python3-gi webkit2gtk-driver fonts-dejavu-core
}

# A browser without a screen, and what drives it.
browser() {
    apt_install chromium chromium-driver fonts-dejavu-core
}

node() {
    have node && have npm || apt_install nodejs npm
    say "node packages for the tests"
    npm ci --prefix tests/node --no-audit --no-fund --loglevel=error
}

python() {
    have python3 || apt_install python3
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then apt_install python3-venv; fi
    say "python packages for the tests"
    python3 -m venv tests/.venv
    tests/.venv/bin/pip install -q --disable-pip-version-check -r tests/python/requirements.txt
}

spooler() {
    # A print scheduler that the tests start for themselves. Debian starts one of its own; the tests leave it alone.
    # cups: its backends for network printers, which cups-daemon lacks.
    apt_install cups-daemon cups-client cups
}

lan() {
    # Network namespaces, for a LAN that is nobody else's.
    apt_install iproute2
}

# A kernel and udev for the emulated machine of tests/rigs/usb: only the pieces that are needed, unpacked beside the build.
usb() {
    apt_install qemu-system-x86 seabios busybox-static kmod cpio
    local rig=target/usb-rig kernel
    mkdir -p "$rig"
    [ -e "$rig/.ready" ] && return
    kernel=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2 }')
    say "fetching $kernel and udev for the emulated machine"
    rm -rf "$rig/kernel" "$rig/udev" "$rig/packages"
    mkdir -p "$rig/kernel" "$rig/udev" "$rig/packages"
    (cd "$rig/packages" && apt-get download -qq "$kernel" udev 2>/dev/null)
    dpkg-deb --fsys-tarfile "$rig"/packages/linux-image-*.deb | tar -x -C "$rig/kernel" --wildcards \
        './boot/vmlinuz-*' './lib/modules/*/kernel/drivers/usb/*' './lib/modules/*/modules.*'
    dpkg-deb --fsys-tarfile "$rig"/packages/udev_*.deb | tar -x -C "$rig/udev"
    rm -r "$rig/packages"
    /sbin/depmod -b "$rig/kernel" "$(ls "$rig/kernel/lib/modules")" 2>/dev/null
    touch "$rig/.ready"
}

# What makes packages.
packages() {
    apt_install binutils dpkg-dev rpm python3
    have node && have npm || apt_install nodejs npm
    [ -d installers/signer/node_modules ] && return
    say "what signs packages"
    npm ci --prefix installers/signer --no-audit --no-fund --loglevel=error
}

# What judges packages, and a Debian 12 that has never seen Platen: with a screen and a tray, with rpm, and with the
# packages that Platen needs fetched but not installed.
installers() {
    packages
    apt_install lintian appstream desktop-file-utils mmdebstrap iproute2 mount
    local root=target/installers/root
    [ -e "$root.ready" ] && return
    say "fetching a Debian 12 for packages to be installed in"
    rm -rf "$root"
    mkdir -p "${root%/*}"
    mmdebstrap --mode=root --variant=apt --skip=cleanup/apt --quiet \
        --include=xvfb,dbus,python3-dbus,python3-gi,procps,systemd,rpm,fonts-dejavu-core \
        --customize-hook='chroot "$1" apt-get install -y -qq --no-install-recommends --download-only libwebkit2gtk-4.1-0 libayatana-appindicator3-1 libcups2 libusb-1.0-0' \
        bookworm "$root"
    touch "$root.ready"
}

# A compiler and a Windows to run its work on. Debian's newest Rust is the one whose library can be built for Windows
# from a package (rust-web-src); libcups2: Wine's spooler prints through CUPS.
windows() {
    apt_install rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64 lld wine64 libcups2
}

# What makes installers for Windows, and signs them.
packages-windows() {
    windows
    apt_install nsis wixl msitools osslsigncode python3
}

# What presses the installer's button.
test-windows() {
    packages-windows
    apt_install xdotool
}

# The same compiler, whose library's source can be read for a Mac too.
macos() {
    apt_install rustc-web cargo-web rust-web-src
}

deny() {
    have cargo-deny && return
    say "building cargo-deny (a few minutes, once)"
    cargo install cargo-deny --version 0.20.2 --locked --quiet
}

"$1"
