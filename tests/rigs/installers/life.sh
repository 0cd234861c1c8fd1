#!/usr/bin/env bash
# life.sh deb|rpm|headless VERSION NEXT: the life of a package, in a root that is thrown away. headless: the .deb without a desktop.
set -euo pipefail

kind=$1 version=$2 next=$3 package=platen
[ "$kind" != headless ] || package=platen-headless
machine=$(uname -m)
export DEBIAN_FRONTEND=noninteractive
home=/home/cashier/.local/share/platen
seed=${PLATEN_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
started=()
finish() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
}
trap finish EXIT

say() { printf 'installers: %s\n' "$*" >&2; }
fail() {
    say "FAILED: $*"
    tail -n 20 /tmp/*.log >&2 2>/dev/null || true
    exit 1
}

# Waits for something that comes soon.
await() {
    local what=$1 deadline=$((SECONDS + 60))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || fail "it did not happen: $what"
        sleep 0.1
    done
}

# Without asking, and from what was fetched before: there is no network here.
apt() {
    apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io -o APT::Sandbox::User=root "$@" </dev/null >/tmp/apt.log 2>&1
}

deb() { echo "/tmp/packages/${package}_$1_amd64.deb"; }
rpm_of() { echo "/tmp/packages/platen-$1-1.$machine.rpm"; }

install_package() {
    case $kind in
        deb | headless) apt install "$(deb "$1")" || fail "apt does not install it" ;;
        # rpm knows nothing of Debian's libraries; the loader does.
        rpm) rpm -U --nodeps --force-debian "$(rpm_of "$1")" || fail "rpm does not install it" ;;
    esac
}

remove_package() {
    case $kind in
        deb | headless) apt remove "$package" ;;
        rpm) rpm -e --force-debian platen >/tmp/rpm.log 2>&1 ;;
    esac
}

# What an .rpm asks for is there by that name, in a system where the program runs.
check_wishes() {
    local missing known
    known=$(ldconfig -p)
    missing=$(rpm -qRp "$(rpm_of "$version")" | grep -oE '^[^ (]+\.so[^ (]*' | sort -u |
        while read -r library; do [[ $known == *"$library "* ]] || echo "$library"; done)
    [ -z "$missing" ] || fail "nobody has $missing"
}

# As the person at the till, whose files are none of root's; in place of the shell, so that its id is known.
session() {
    exec setpriv --reuid cashier --regid cashier --init-groups env -i PATH="$PATH" HOME=/home/cashier LANG=C.UTF-8 \
        XDG_RUNTIME_DIR=/tmp/session DISPLAY=:7 DBUS_SESSION_BUS_ADDRESS=unix:path=/tmp/session/bus GDK_GL=disable "$@"
}
till() { (session "$@"); }
begin() {
    local log=$1
    shift
    session "$@" >"/tmp/$log.log" 2>&1 &
    started+=($!)
    last=$!
}
end() {
    kill -TERM "$1"
    await "the program ends" bash -c "! kill -0 $1"
}

tickets() { cat /tmp/paper/*.bin 2>/dev/null | grep -ac "$1" || true; }
any_paper() { compgen -G '/tmp/paper/*.bin'; }
on_paper() { [ "$(tickets "$1")" -ge "${2:-1}" ]; }
# A program that runs, which has a door in its home; without one platenctl looks for itself.
answers() { [ -e "$home/control.json" ] && till platenctl status; }
runs() { till platenctl status --json | grep -qF "\"$1\""; }

desktop() {
    mkfifo -m 666 /tmp/tray.in
    begin screen Xvfb :7 -nolisten tcp
    await "a screen" test -S /tmp/.X11-unix/X7
    begin bus dbus-daemon --session --nofork --nopidfile --address=unix:path=/tmp/session/bus
    await "a session bus" test -S /tmp/session/bus
    (session /usr/bin/python3 /tmp/tray_host.py </tmp/tray.in >/tmp/tray.log 2>&1) &
    started+=($!)
    exec 3>/tmp/tray.in
    await "a tray" grep -q '"ready"' /tmp/tray.log
}

# Tells the tray what to do, and gives its answer. Each order has a number of its own.
order() {
    local id=$RANDOM$RANDOM
    echo "{\"id\": $id, $1}" >&3
    await "the tray answers" grep -qE "\"re\": ${id}[,}]" /tmp/tray.log
    grep -E "\"re\": ${id}[,}]" /tmp/tray.log
}
menu_says() { order '"do": "look"' | grep -qF "\"$1"; }
press() { order "\"do\": \"press\", \"path\": $1" >/dev/null; }

useradd --create-home cashier
say "install"
[ "$kind" != rpm ] || apt install libwebkit2gtk-4.1-0 libayatana-appindicator3-1 libcups2 libusb-1.0-0
install_package "$version"
[ "$kind" != rpm ] || check_wishes
[ "$(platenctl --version)" = "platenctl $version" ] || fail "platenctl says $(platenctl --version)"
for file in lib/udev/rules.d/70-platen-usb-printers.rules lib/systemd/user/platenctl.service; do
    [ -s "/usr/$file" ] || fail "/usr/$file is missing"
done
if systemd-analyze verify --user /usr/lib/systemd/user/platenctl.service 2>&1 | grep platenctl; then fail "systemd does not like the unit"; fi

if [ "$kind" = headless ]; then
    if [ -e /usr/bin/platen ] || ldd /usr/bin/platenctl | grep -E 'libgtk|libwebkit|libX11'; then fail "it needs a desktop"; fi
else
    [ "$(platen --version)" = "platen $version" ] || fail "platen says $(platen --version)"
    for file in share/applications/platen.desktop share/icons/hicolor/128x128/apps/platen.png share/metainfo/org.platen.desktop.metainfo.xml; do
        [ -s "/usr/$file" ] || fail "/usr/$file is missing"
    done
fi

install -d -o cashier -m 700 /tmp/session
install -d -o cashier /tmp/paper
printer() {
    begin printer platenctl virtual-printer --listen 127.0.0.1:9100 --out /tmp/paper
    await "a printer" bash -c '</dev/tcp/127.0.0.1/9100'
}
printer
till platenctl printers add Bar tcp://127.0.0.1:9100 >/dev/null

# As it is started where it is installed: in the tray, or by systemd's unit. Sets running.
start() {
    if [ "$kind" = headless ]; then
        # shellcheck disable=SC2046
        begin run $(sed -n 's/^ExecStart=//p' /usr/lib/systemd/user/platenctl.service)
    else
        begin platen platen --supervise --minimized
    fi
    running=$last
}

if [ "$kind" = headless ]; then
    say "a first receipt without a desktop"
    start
    await "the engine" answers
else
    say "the tray, and a first receipt from its menu"
    desktop
    SECONDS=0
    start
    await "an icon in the tray" grep -q '"registered"' /tmp/tray.log
    await "the menu knows the printer" menu_says "Test print"
    say "the tray was there after ${SECONDS} s"
    press '["Test print", "Bar"]'
    await "a test print on paper" any_paper
fi
echo "ticket one" > /tmp/one.txt
till platenctl print Bar /tmp/one.txt >/dev/null
await "the first ticket on paper" on_paper "ticket one"

say "upgrade while it runs, with jobs waiting"
till platenctl pause Bar >/dev/null
for number in $(seq 10); do
    echo "waiting ticket $number." > /tmp/waiting.txt
    till platenctl print Bar /tmp/waiting.txt --wait 0 >/dev/null
done
install_package "$next"
answers >/dev/null || fail "the Platen that ran does not answer after the upgrade"
end "$running"
start
await "the new version runs" grep -qrF "version=\"$next\"" "$home/logs"
await "it answers" answers
[ "$(tickets 'waiting ticket')" -eq 0 ] || fail "a paused printer printed"
till platenctl resume Bar >/dev/null
await "every ticket on paper" on_paper "waiting ticket" 10
for number in $(seq 10); do
    [ "$(tickets "waiting ticket $number\\.")" -eq 1 ] || fail "ticket $number is not there once"
done
end "$running"

# As an update does it. Any further words are rpm's: to go back to an older version, and to put one in place that it knows.
put_in_place() {
    local version=$1
    shift
    case $kind in
        deb | headless) dpkg -i --force-unsafe-io "$(deb "$version")" ;;
        rpm) rpm -U --nodeps --force-debian "$@" "$(rpm_of "$version")" ;;
    esac
}
say "what puts a version in place is killed, at ten moments (PLATEN_SEED=$seed)"
at=$(date +%s%N)
put_in_place "$version" --oldpackage >/tmp/place.log 2>&1 || fail "an older version is not put in place by hand"
took=$((($(date +%s%N) - at) / 1000000))
RANDOM=$seed
hit=0
for kill in $(seq 10); do
    goal=$next
    [ $((kill % 2)) -eq 1 ] || goal=$version
    set -m
    (put_in_place "$goal" --oldpackage --replacepkgs >/tmp/place.log 2>&1) &
    placing=$!
    set +m
    after=$((RANDOM % took))
    sleep "$((after / 1000)).$(printf %03d $((after % 1000)))"
    if kill -KILL -- "-$placing" 2>/dev/null; then hit=$((hit + 1)); fi
    wait "$placing" 2>/dev/null || true
    case $(platenctl --version) in
        "platenctl $version" | "platenctl $next") ;;
        *) fail "killed after $after ms of $took, there is no whole program: $(platenctl --version 2>&1)" ;;
    esac
done
[ $hit -ge 5 ] || fail "only $hit of ten kills met a program that was at work"
# The version that runs looks for a newer one only.
if [ "$(platenctl --version)" != "platenctl $next" ]; then
    put_in_place "$next" >/tmp/place.log 2>&1 || fail "after the kills, an update does not go through"
fi
# Killed after the program was in its place, dpkg and rpm know that they were not done, or two versions (docs/updates.md).
known_whole() {
    case $kind in
        deb | headless) [ "$(dpkg-query -W -f '${Status}' "$package")" = "install ok installed" ] ;;
        rpm) [ "$(rpm -q platen)" = "platen-$next-1.$machine" ] ;;
    esac
}
known_whole || put_in_place "$next" --replacepkgs >/tmp/place.log 2>&1 || fail "what was left is not mended by another try"
known_whole || fail "the package is not whole after another try"
[ "$(platenctl --version)" = "platenctl $next" ] || fail "after the kills, platenctl says $(platenctl --version)"
start
await "it runs" answers
echo "ticket after kills" > /tmp/kills.txt
till platenctl print Bar /tmp/kills.txt >/dev/null
await "a ticket after the kills" on_paper "ticket after kills"
end "$running"

if [ "$kind" != headless ]; then
    say "without a desktop"
    begin run platenctl run
    await "the engine" answers
    echo "ticket two" > /tmp/two.txt
    till platenctl print Bar /tmp/two.txt >/dev/null
    await "the second ticket on paper" on_paper "ticket two"
    end "$last"
fi

say "remove while it runs: it ends in order, and keeps what is the till's"
start
await "it runs" answers
till platenctl pause Bar >/dev/null
for number in $(seq 3); do
    echo "kept ticket $number." > /tmp/kept.txt
    till platenctl print Bar /tmp/kept.txt --wait 0 >/dev/null
done
# Knows the home when the package is gone; a program from elsewhere is left alone.
mkdir /tmp/elsewhere
cp -L /usr/bin/platenctl /tmp/elsewhere/
begin elsewhere /tmp/elsewhere/platenctl virtual-printer --listen 127.0.0.1:9101 --out /tmp/session
await "a printer of a program from elsewhere" bash -c '</dev/tcp/127.0.0.1/9101'
elsewhere=$last
remove_package || fail "it is not removed while it runs"
for process in /proc/[0-9]*; do
    case $(readlink "$process/exe") in /usr/bin/platen*) fail "it runs on, without its file" ;; esac
done
[ -e "/proc/$elsewhere/exe" ] || fail "a program that is not the package's was ended"
end "$elsewhere"
kept=$(till /tmp/elsewhere/platenctl jobs --json | grep -cE '"state": "(pending|held)"' || true)
[ "$kept" -eq 3 ] || fail "of three jobs that waited $kept are kept: $(till /tmp/elsewhere/platenctl jobs)"
if [ -e /usr/bin/platen ] || [ -e /usr/bin/platenctl ]; then fail "a program is left"; fi
left=$(find /usr /etc /lib -newer /tmp/life.sh -iname '*platen*' ! -path '*/lintian/*')
[ -z "$left" ] || fail "files are left: $left"
[ -s "$home/settings.toml" ] || fail "the settings are gone"

if [ "$kind" != rpm ]; then
    say "purge removes it"
    install_package "$next"
    # As `systemctl --user enable` leaves it; and a link that leads root elsewhere.
    wants=/home/cashier/.config/systemd/user/default.target.wants
    till mkdir -p "$wants"
    till ln -s /usr/lib/systemd/user/platenctl.service "$wants/"
    mkdir /tmp/others && touch /tmp/others/Platen.desktop
    [ -d /home/cashier/.config/autostart ] || till ln -s /tmp/others /home/cashier/.config/autostart
    apt purge "$package" || fail "apt does not purge it"
    [ ! -e "$home" ] || fail "$home is left"
    [ ! -L "$wants/platenctl.service" ] || fail "the unit stays enabled"
    [ -z "$(find /home/cashier/.config -name Platen.desktop)" ] || fail "it would start at login"
    [ -e /tmp/others/Platen.desktop ] || fail "a file outside of the home is gone"
    [ -d /home/cashier ] || fail "the person's folder is gone"
    if dpkg-query -W "$package" >/dev/null 2>&1; then fail "the package is not gone"; fi
fi

if [ "$kind" = headless ]; then
    say "a till gets a desktop: what it knows stays, also when the package before is purged"
    install_package "$next"
    till platenctl printers add Bar tcp://127.0.0.1:9100 >/dev/null
    apt install "/tmp/packages/platen_${next}_amd64.deb" || fail "apt does not put one in place of the other"
    apt purge platen-headless || fail "apt does not purge what is removed"
    [ -s "$home/settings.toml" ] || fail "the settings are gone with the other package"
    [ "$(platen --version)" = "platen $next" ] || fail "platen says $(platen --version)"
fi

if [ "$kind" = deb ]; then
    say "a branch's own package: printing without a click"
    apt install /tmp/packages/branches/platen-test-branch.deb || fail "apt does not install it"
    [ "$(stat -c '%a %U %G' /etc/platen/platen.toml)" = "640 root cashier" ] || fail "others can read the roll-out file"
    if setpriv --reuid nobody --clear-groups grep -rF "$(cat /tmp/packages/branches/key)" /usr/lib/platen /var/lib/platen /etc/platen 2>/dev/null; then
        fail "everybody can read the key"
    fi
    printer
    begin gateway platenctl gateway --listen 127.0.0.1:3001 --license-key "$(cat /tmp/packages/branches/key)"
    # As a session does at login.
    # shellcheck disable=SC2046
    begin platen $(sed -n 's/^Exec=//p' /etc/xdg/autostart/Platen.desktop)
    # Prêt, as JSON has it.
    await "it is set up, and ready" menu_says 'Pr\u00eat'
    /usr/bin/python3 - <<'END'
import json, urllib.request
order = {"payload": {"id": "1", "printerId": "Counter", "content": "ticket of the branch"}}
request = urllib.request.Request("http://127.0.0.1:3001/dev/jobs", json.dumps(order).encode(), {"content-type": "application/json"})
urllib.request.urlopen(request, timeout=10).read()
END
    await "its first ticket on paper" on_paper "ticket of the branch"
    end "$last"

    say "the branch's next package, without a question"
    file=/etc/platen/platen.toml
    rm "$file"
    apt install --reinstall /tmp/packages/branches/platen-test-branch.deb || fail "apt does not install it once more"
    [ ! -e "$file" ] || fail "a file that was removed came back with the same content"
    apt install --reinstall /tmp/packages/branches/next/platen-test-branch.deb || fail "apt does not install the next one"
    grep -qF 'name = "Till"' "$file" || fail "the new file is not there"
    [ "$(stat -c %a "$file")" = 644 ] || fail "without a group, the till's account cannot read it"
    echo '# by hand' >> "$file"
    apt install --reinstall /tmp/packages/branches/next/platen-test-branch.deb || fail "apt does not install it over what was changed by hand"
    grep -qx '# by hand' "$file" || fail "what was changed by hand is gone"
    # As when a till updates itself: the plain package in its place.
    apt install --reinstall "$(deb "$next")" || fail "apt does not install the plain package"
    for kept in "$file" /etc/xdg/autostart/Platen.desktop; do
        [ -e "$kept" ] || fail "the plain package takes $kept away"
    done
    apt purge platen || fail "apt does not purge it"
    for file in /etc/platen /var/lib/platen /usr/lib/platen /etc/xdg/autostart/Platen.desktop; do
        [ ! -e "$file" ] || fail "$file is left"
    done
fi
