#!/usr/bin/env bash
# run.sh [FILTER]: boots a Debian kernel in an emulated machine and runs the USB tests there, as root, with udev and usblp.
#
# The machine has no network and no disk; its printers are the virtual ones of crates/simulators, which the kernel's
# vhci-hcd takes for real devices. The tests of the device alone run first, then those of the whole program (platenctl, as
# built beside the tests). Fails unless every test of the list ran and passed. KVM is not used: where it is
# nested or missing it hangs or fails, and emulation is fast enough.
set -euo pipefail
cd "$(dirname "$0")/../../.."
RIG=target/usb-rig
FILTER=${1:-}
DICE="${PLATEN_SEED:+PLATEN_SEED=$PLATEN_SEED} ${PLATEN_KILLS:+PLATEN_KILLS=$PLATEN_KILLS}"
LIMIT=${LIMIT:-1200}   # seconds; a loaded machine may need most of it

say() { printf 'usb: %s\n' "$*" >&2; }

# The program and the test binaries, built as all others are.
TESTS=${TESTS:-usb_guest usb_engine}
cargo build --workspace --locked 2>"$RIG/build.log" || { cat "$RIG/build.log" >&2; exit 1; }
built=$(cargo test --workspace --locked $(printf -- '--test %s ' $TESTS) --no-run --message-format=json 2>"$RIG/build.log" |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
expected=0
for name in $TESTS; do
    binary=$(grep "/$name-[0-9a-f]*\$" <<<"$built" | tail -n 1) ||
        { cat "$RIG/build.log" >&2; say "$name could not be built"; exit 1; }
    strip -o "$RIG/$name" "$binary"
    expected=$((expected + $("$binary" $FILTER --list --ignored --skip child_of | grep -c ': test$' || true)))
done
[ "$expected" -gt 0 ] || { say "no test is called $FILTER"; exit 1; }
strip -o "$RIG/platenctl" target/debug/platenctl

# A root file system in memory: busybox, modules, udev with Debian's default rules and ours, the tests.
version=$(ls "$RIG/kernel/lib/modules")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,etc/udev/rules.d,lib/udev/rules.d,lib64,proc,run,sys,tmp,modules}
chmod 1777 "$root/tmp"

with_libraries() { # copies a program and the libraries it names
    local program=$1 to=$2
    install -m 755 "$program" "$root$to"
    ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$root$(dirname "$library")"
        cp -nL "$library" "$root$library"
    done
}

for program in $TESTS platenctl; do with_libraries "$RIG/$program" "/bin/$program"; done
with_libraries "$RIG/udev/bin/udevadm" /bin/udevadm
ln -s udevadm "$root/bin/systemd-udevd"
cp "$RIG"/udev/lib/udev/rules.d/50-udev-default.rules "$root/lib/udev/rules.d/"
cp installers/linux/70-platen-usb-printers.rules "$root/lib/udev/rules.d/"
cp /bin/busybox "$root/bin/busybox"
for applet in sh mount insmod cat poweroff ip chmod; do ln -s busybox "$root/bin/$applet"; done
cat >"$root/etc/passwd" <<'PASSWD'
root:x:0:0:root:/:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/sh
PASSWD
awk -F: '{print $1 ":x:" $2 ":"}' >"$root/etc/group" <<'GROUP'
root:0
tty:5
disk:6
lp:7
kmem:15
dialout:20
cdrom:24
tape:26
audio:29
video:44
input:101
render:102
kvm:103
sgx:104
nogroup:65534
GROUP
for module in usbcore vhci-hcd usblp; do
    modprobe -d "$RIG/kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }' |
        while read -r file; do
            name=$(basename "$file")
            ls "$root/modules" | grep -q -- "-$name\$" || cp "$file" "$root/modules/$(ls "$root/modules" | wc -l | xargs printf '%02d')-$name"
        done
done
cat >"$root/init" <<'INIT'
#!/bin/sh
export PATH=/bin PLATEN_USB_GUEST=1 DICE
mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev; mount -t tmpfs none /run
chmod 755 /run
ip link set lo up
for module in /modules/*; do insmod "$module" || echo "GUEST: $module was not loaded"; done
systemd-udevd --daemon
udevadm trigger --action=add; udevadm settle
echo "GUEST: up $(cat /proc/uptime)"
end=0
for tests in TESTS; do
    $tests FILTER --ignored --skip child_of --test-threads=1 --nocapture || end=$?
    echo "GUEST: $tests $(cat /proc/uptime)"
done
echo "GUEST: end $end $(cat /proc/uptime)"
poweroff -f
INIT
sed -i "s/FILTER/$FILTER/; s/TESTS/$TESTS/; s/DICE/$DICE/" "$root/init"
chmod 755 "$root" "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$RIG/root.cpio.gz"

say "$expected tests, kernel $version"
log=$RIG/guest.log
timeout "$LIMIT" qemu-system-x86_64 -accel tcg -m 1536 -smp 1 -nodefaults -nographic -no-reboot -serial stdio \
    -kernel "$RIG"/kernel/boot/vmlinuz-* -initrd "$RIG/root.cpio.gz" \
    -append "console=ttyS0 quiet loglevel=1 panic=-1 tsc=unstable" </dev/null |
    stdbuf -oL tr -d '\r' | tee "$log" | grep --line-buffered -E '^test |FIGURE|usb_crash:|panicked|GUEST|test result|left:|right:' || true

grep -q '^GUEST: end 0 ' "$log" || { say "the tests failed or the machine stopped; see $log"; exit 1; }
passed=$(sed -n 's/^test result: ok\. \([0-9]*\) passed; 0 failed; 0 ignored.*/\1/p' "$log" | awk '{ sum += $1 } END { print sum }')
[ "$passed" = "$expected" ] || { say "$expected tests were to pass, ${passed:-none} did"; exit 1; }
say "$passed tests passed"
