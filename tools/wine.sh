#!/bin/sh
# wine.sh <dir>: the Wine of Debian 13, in <dir>/wine, and <dir>/wineserver.
#
# Go's runtime needs bcryptprimitives.dll, which the Wine of Debian 12 (8.0) does not have.
# This unpacks Debian 13's, with its C library, in a folder of its own: the system stays
# as it is, and it needs no root. It is for 64-bit programs of the command line: what Wine
# needs for windows, sound and devices is not fetched.
set -eu

fail() { echo "wine: $*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: wine.sh <dir>"
suite=trixie
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ ! -x "$dir/wine" ] || exit 0
[ "$(dpkg --print-architecture)" = amd64 ] || fail "Wine runs programs for amd64 on amd64 alone."

tools=$(cd "$(dirname "$0")" && pwd)
"$tools/unpack.sh" "$dir/root" "$suite" wine64 libwine libz-mingw-w64 libc6 libgcc-s1 liblzma5 libunwind8
rm -rf "$dir"/root/usr/lib/*/wine/i386-windows "$dir/root/usr/i686-w64-mingw32"

# Its libc is newer than the system's: so is the loader that Wine and its server are started with.
# They start each other, by these names and in this folder, and look for Wine in that of
# the loader.
bin=$dir/root/usr/lib/wine
libraries=$dir/root/usr/lib/x86_64-linux-gnu
[ -r "$libraries/wine/x86_64-windows/bcryptprimitives.dll" ] || fail "the Wine of $suite has no bcryptprimitives.dll."
cp "$libraries/ld-linux-x86-64.so.2" "$bin/loader"
mv "$bin/wine64" "$bin/wine64.elf"
mv "$bin/wineserver64" "$bin/wineserver.elf"
for name in wine64 wineserver; do
    cat >"$bin/$name" <<END
#!/bin/sh
exec '$bin/loader' --argv0 '$bin/$name' --library-path '$libraries' '$bin/$name.elf' "\$@"
END
    chmod +x "$bin/$name"
done
# user32.dll needs it, and with that what makes Wine's folder of a Windows.
cp "$dir/root/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$libraries/wine/x86_64-windows/"

"$bin/wine64" --version || fail "the Wine of $suite does not start."
ln -sf "$bin/wineserver" "$dir/wineserver"
# Nothing is written to the user's own folders (winemenubuilder), nothing downloaded (mscoree,
# mshtml).
cat >"$dir/wine" <<END
#!/bin/sh
export WINEDEBUG=-all WINEDLLOVERRIDES='winemenubuilder.exe,mscoree,mshtml='
exec '$bin/wine64' "\$@"
END
chmod +x "$dir/wine"
