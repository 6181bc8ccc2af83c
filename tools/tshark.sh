#!/bin/sh
# tshark.sh <dir>: the tshark of the next Debian release, in <dir>/tshark.
#
# Wireshark knows EDHOC from 4.6 on, which Debian 12 and 13 do not have. This unpacks
# that of the next release, with all that it needs, in a folder of its own: the system
# stays as it is, and it needs no root. It reads captures; it does not make any.
set -eu

fail() { echo "tshark: $*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: tshark.sh <dir>"
suite=forky
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ ! -x "$dir/tshark" ] || exit 0

tools=$(cd "$(dirname "$0")" && pwd)
"$tools/unpack.sh" "$dir/root" "$suite" --with-dependencies tshark

# Its libc is newer than the system's: so is the loader that it is started with.
loader=$(find "$dir/root/usr/lib" "$dir/root/usr/lib64" -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
wireshark=$(find "$dir/root/usr/lib" -name 'libwireshark.so.*' | head -n 1)
[ -n "$loader" ] && [ -n "$wireshark" ] || fail "$dir/root has no loader or no libwireshark."
libraries=$(dirname "$wireshark")
cat >"$dir/started" <<EOF
#!/bin/sh
WIRESHARK_DATA_DIR='$dir/root/usr/share/wireshark' exec '$loader' \\
    --library-path '$libraries:$libraries/wireshark' '$dir/root/usr/bin/tshark' "\$@"
EOF
chmod +x "$dir/started"
"$dir/started" -G protocols 2>/dev/null | grep -q '	edhoc' || fail "the tshark of $suite does not know EDHOC."
mv "$dir/started" "$dir/tshark"
