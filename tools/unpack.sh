#!/bin/sh
# unpack.sh <folder> <suite>[/<architecture>] [--with-dependencies] <package>...: unpacks packages
# of another Debian suite, or for another machine, into <folder>, made anew. The system
# stays as it is, and it needs no root.
set -eu

fail() { echo "unpack: $*" >&2; exit 1; }

[ $# -ge 3 ] || fail "usage: unpack.sh <folder> <suite>[/<architecture>] [--with-dependencies] <package>..."
tools=$(cd "$(dirname "$0")" && pwd)
from=$2
rm -rf "$1"
mkdir -p "$1"
root=$(cd "$1" && pwd)
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$tools/apt-suite.sh" "$work" "${from%/*}" "$(expr "$from" : '.*/\(.*\)' || true)"
echo "unpack: downloading $* of Debian $from"
cd "$work/cache/archives"
if [ "$1" = --with-dependencies ]; then
    shift
    set -- --no-install-recommends --download-only install "$@"
else
    set -- download "$@"
fi
apt-get -c "$work/apt.conf" -qq -y "$@" >"$work/download.log" 2>&1 || {
    cat "$work/download.log" >&2
    fail "the packages could not be fetched: see apt's messages above."
}
for package in ./*.deb; do
    dpkg -x "$package" "$root"
done
