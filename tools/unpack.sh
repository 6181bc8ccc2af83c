#!/bin/sh
# unpack.sh <folder> <suite>[/<architecture>] [--with-dependencies] <package>...: unpacks packages
# of another Debian suite, or for another machine, into <folder>, made anew. The system
# stays as it is, and it needs no root.
set -eu

fail() { echo "unpack: $*" >&2; exit 1; }

[ $# -ge 3 ] || fail "usage: unpack.sh <folder> <suite>[/<architecture>] [--with-dependencies] <package>..."
tools=$(cd "$(dirname "$0")" && pwd)
folder=$1 from=$2 architecture=
case $from in */*) architecture=${from#*/} ;; esac
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work" "$folder.new"' EXIT
rm -rf "$folder" "$folder.new"
mkdir -p "$folder.new"

"$tools/apt-suite.sh" "$work" "${from%/*}" "$architecture"
if [ "$1" = --with-dependencies ]; then
    shift
    how='--no-install-recommends --download-only install'
else
    how=download
fi
echo "unpack: downloading $* of Debian $from"
# shellcheck disable=SC2086 # words
(cd "$work/cache/archives" && apt-get -c "$work/apt.conf" -qq -y $how "$@") >"$work/download.log" 2>&1 || {
    cat "$work/download.log" >&2
    fail "the packages could not be fetched: see apt's messages above."
}
for package in "$work"/cache/archives/*.deb; do
    dpkg -x "$package" "$folder.new"
done
mv "$folder.new" "$folder" # all of it, or nothing
