#!/bin/sh
# libcoap.sh <dir>: unpacks Debian 13's libcoap3-dev into <dir>/root.
#
# For systems whose own libcoap has no OSCORE (Debian 12 ships 4.3.1, which has
# none at all). Only the development package is taken: its static library links
# with this system's glibc and OpenSSL.
# Run again it does nothing; delete <dir> to fetch anew.
set -eu

fail() { echo "libcoap: $*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: libcoap.sh <dir>"
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ ! -e "$dir/stamp" ] || exit 0

"$here/../tools/unpack.sh" "$dir/root" trixie libcoap3-dev
ls "$dir"/root/usr/lib/*/libcoap-3-openssl.a >/dev/null ||
    fail "Debian 13's libcoap3-dev no longer has libcoap-3-openssl.a: cmake/libcoap.sh needs an update."

touch "$dir/stamp"
