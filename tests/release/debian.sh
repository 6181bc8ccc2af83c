#!/bin/bash
# debian.sh <folder with the packages>: lintian has nothing to say of them; in a Debian 13
# of their own they are installed, work, and leave nothing behind when they are removed.
set -euo pipefail
dist=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")/../.." && pwd)
lintian --fail-on error,warning "$dist"/*.deb
mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mmdebstrap --quiet --variant=apt --keyring=/usr/share/keyrings --include=gcc,libc6-dev,pkg-config,python3 trixie "$root/debian" "$mirror"
mkdir "$root/debian/packages"
cp "$dist"/*.deb "$source/tests/install/hello.c" "$root/debian/packages"
chroot "$root/debian" sh -euc '
    export DEBIAN_FRONTEND=noninteractive
    find / -xdev -path /proc -prune -o -path /var -prune -o -path /packages -prune -o -print | sort >/packages/before
    apt-get -qq -y install ./packages/*.deb >/dev/null
    cd /packages
    gcc hello.c -o hello $(pkg-config --cflags --libs lake)
    ./hello
    lake-tunnel version
    python3 -c "import lake.testing as t; i, r = t.handshake(); assert i.export(1, 16) == r.export(1, 16)"
    lake --help >/dev/null
    apt-get -qq -y purge liblake1 liblake-dev lake-tunnel python3-lake >/dev/null
    find / -xdev -path /proc -prune -o -path /var -prune -o -path /packages -prune -o -print | sort >after
    diff before after
'
