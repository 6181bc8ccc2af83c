#!/bin/bash
# debian.sh <folder with the packages>: lintian has nothing to say of them; in a Debian 13
# of their own they are installed as docs/install.md says, work, and leave nothing behind when
# they are removed.
set -euo pipefail
dist=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
lintian --fail-on error,warning "$dist"/*.deb
mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mmdebstrap --quiet --variant=apt --keyring=/usr/share/keyrings --include=gcc,libc6-dev,pkg-config,python3 trixie "$root/debian" "$mirror"
mkdir "$root/debian/packages"
cp "$dist"/*.deb "$source/tests/install/hello.c" "$root/debian/packages"
for section in "C on Debian and Ubuntu" "Python on Debian and Ubuntu" lake-tunnel; do
    "$here/block.sh" "$section" >>"$root/debian/packages/commands"
done
echo 'APT::Get::Assume-Yes "true";' >"$root/debian/etc/apt/apt.conf.d/yes"
chroot "$root/debian" sh -euc '
    export DEBIAN_FRONTEND=noninteractive
    find / -xdev -path /proc -prune -o -path /var -prune -o -path /packages -prune -o -print | sort >/packages/before
    cd /packages
    sh -eu commands >log 2>&1 || { cat log; exit 1; }
    ./hello
    lake-tunnel version
    lake-explain version
    python3 -c "import lake.testing as t; i, r = t.handshake(); assert i.export(32768, 16) == r.export(32768, 16)"
    lake --help >/dev/null
    lake decode 0202 >/dev/null
    apt-get -qq purge liblake1 liblake-dev lake-explain lake-tunnel python3-lake >/dev/null
    find / -xdev -path /proc -prune -o -path /var -prune -o -path /packages -prune -o -print | sort >after
    diff before after
'
