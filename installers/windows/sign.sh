#!/usr/bin/env bash
# sign.sh FILE…: signs programs and installers in place, for Windows to know who made them. The environment says with what:
#   PLATEN_WINDOWS_CERTIFICATE           a PKCS#12 file (.p12, .pfx) with the certificate and its key; missing: nothing is signed
#   PLATEN_WINDOWS_CERTIFICATE_PASSWORD  its password, where it has one
#   PLATEN_WINDOWS_TIMESTAMP             the address of a time-stamping server, so that signatures outlive the certificate; or none
set -euo pipefail

[ -n "${PLATEN_WINDOWS_CERTIFICATE:-}" ] || exit 0
say() { printf 'sign: %s\n' "$*" >&2; }
command -v osslsigncode >/dev/null || { say "osslsigncode is missing: tests/setup.sh packages-windows installs it"; exit 1; }

# Not on the command line, where every account of this computer could read it.
secret=$(mktemp)
trap 'rm -f "$secret" "${signed:-}"' EXIT
printf '%s' "${PLATEN_WINDOWS_CERTIFICATE_PASSWORD:-}" > "$secret"
when=()
[ -z "${PLATEN_WINDOWS_TIMESTAMP:-}" ] || when=(-ts "$PLATEN_WINDOWS_TIMESTAMP")
for file in "$@"; do
    signed=$(mktemp "$file.XXXXXX")
    # It writes into nothing that is there.
    rm "$signed"
    osslsigncode sign -pkcs12 "$PLATEN_WINDOWS_CERTIFICATE" -readpass "$secret" -h sha256 -n Platen "${when[@]}" \
        -in "$file" -out "$signed" >/dev/null 2>&1 || { say "$file could not be signed: are certificate and password right?"; exit 1; }
    mv "$signed" "$file"
done
