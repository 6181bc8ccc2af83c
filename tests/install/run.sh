#!/bin/bash
# run.sh <build folder> [cmake]: installs liblake somewhere temporary and uses it
# from there the way its users do.
set -euo pipefail

build=$(cd "$1" && pwd)
cmake=${2:-cmake}
here=$(cd "$(dirname "$0")" && pwd)
version=$(cat "$here/../../VERSION")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'echo "FAILED at line $LINENO: $BASH_COMMAND" >&2' ERR
unset DESTDIR LD_LIBRARY_PATH PKG_CONFIG_PATH

expect() { # what, wanted, got
    [ "$2" = "$3" ] || { printf '%s: expected "%s", got "%s"\n' "$1" "$2" "$3" >&2; exit 1; }
}

absent() { # what, then a command that must find nothing
    local what=$1; shift
    if "$@"; then echo "$what: must not be there" >&2; exit 1; fi
}

dynamic() { readelf -d "$1" | grep -E "$2"; } # file, what to find in its dynamic section

use() { # prefix: builds and runs hello in every way from there
    local prefix=$1 work libdir
    work=$(mktemp -d -p "$tmp")
    export PKG_CONFIG_PATH
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name lake.pc)")
    libdir=$(pkg-config --variable=libdir lake)
    expect "pkg-config's version" "$version" "$(pkg-config --modversion lake)"

    echo "  pkg-config, shared"
    gcc "$here/hello.c" -o "$work/shared" $(pkg-config --cflags --libs lake)
    LD_LIBRARY_PATH=$libdir "$work/shared"

    echo "  pkg-config, static"
    # Without liblake.so in sight, as on a system that has only the archive.
    mkdir "$work/lib"
    cp "$libdir/liblake.a" "$work/lib"
    gcc "$here/hello.c" -o "$work/static" -L"$work/lib" \
        $(pkg-config --cflags lake) $(pkg-config --static --libs lake | sed "s|-L[^ ]*||")
    "$work/static"
    absent "liblake.so in the static program" dynamic "$work/static" liblake

    echo "  find_package, shared and static"
    "$cmake" -S "$here" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 &&
        "$cmake" --build "$work/cmake" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    "$work/cmake/hello_shared"
    "$work/cmake/hello_static"
    dynamic "$work/cmake/hello_shared" 'NEEDED.*\[liblake.so.1\]' >/dev/null
    absent "liblake.so in the static program" dynamic "$work/cmake/hello_static" liblake
}

echo "installed with a prefix"
"$cmake" --install "$build" --prefix "$tmp/first" >"$tmp/said"
grep -F "The loader does not look into $(dirname "$(find "$tmp/first" -name liblake.so)"): set LD_LIBRARY_PATH" "$tmp/said" >/dev/null
lib=$(dirname "$(find "$tmp/first" -name liblake.so)")
use "$tmp/first"
echo "  lake-tunnel"
expect "lake-tunnel's version" "lake-tunnel $version" "$("$tmp/first/bin/lake-tunnel" version)"
absent "a library for lake-tunnel" dynamic "$tmp/first/bin/lake-tunnel" NEEDED
for file in share/man/man8/lake-tunnel.8 lib/sysusers.d/lake-tunnel.conf lib/systemd/system/lake-tunnel-{serve,connect}@.service; do
    [ -s "$tmp/first/$file" ]
done

echo "licences of all that is linked in"
for file in LICENSE THIRD-PARTY; do
    cmp "$here/../../$file" "$tmp/first/share/doc/lake/$file"
done

echo "the loader is told, if it looks into that folder"
mkdir "$tmp/bin"
cat >"$tmp/bin/ldconfig" <<EOF
#!/bin/sh
if [ \$# -eq 0 ]; then echo told >>"$tmp/told"; else echo "$lib: (from a test)"; fi
EOF
chmod +x "$tmp/bin/ldconfig"
PATH=$tmp/bin:$PATH "$cmake" --install "$build" --prefix "$tmp/first" | grep "The loader has been told" >/dev/null
expect "ldconfig" told "$(cat "$tmp/told")"
PATH=$tmp/bin:$PATH DESTDIR=$tmp/packed "$cmake" --install "$build" --prefix "$tmp/first" >/dev/null
expect "ldconfig for a packager" told "$(cat "$tmp/told")"

echo "make install by another user than the one who has built: neither builds nor downloads"
for tool in go cc gcc c++ ld; do
    printf '#!/bin/sh\necho "%s $*" >>"%s"\nexit 1\n' "$tool" "$tmp/built" >"$tmp/bin/$tool"
    chmod +x "$tmp/bin/$tool"
done
mkdir "$tmp/theirs"
cp "$build/CMakeCache.txt" "$build/cmake_install.cmake" "$tmp/theirs"
make_install() {
    PATH=$tmp/bin:$PATH make -C "$here/../.." --no-print-directory install BUILD="$tmp/theirs" DESTDIR="$tmp/made" "$@"
}
prefix=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$tmp/theirs/CMakeCache.txt")
if [ "$(id -u)" -eq 0 ]; then # only root can be another user
    chown 65534 "$tmp/theirs/CMakeCache.txt"
    make_install PREFIX="$prefix" >/dev/null
    [ -e "$(find "$tmp/made" -name liblake.so.1)" ]
    absent "a tool that builds" test -e "$tmp/built"
    expect "files in the folder of the other user" "CMakeCache.txt cmake_install.cmake" \
        "$(cd "$tmp/theirs" && echo *)"
    absent "another prefix" make_install PREFIX="$prefix/else" 2>"$tmp/said"
    grep -F "make PREFIX=$prefix/else' as that user" "$tmp/said" >/dev/null
fi

echo "soname, links and symbols"
expect liblake.so liblake.so.1 "$(readlink "$lib/liblake.so")"
expect liblake.so.1 "liblake.so.$version" "$(readlink "$lib/liblake.so.1")"
expect soname liblake.so.1 "$(readelf -d "$lib/liblake.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')"
# Besides functions there is the absolute symbol that names the symbol version.
expect "exports of liblake.so beside lake_*" "" \
    "$(nm -D --defined-only "$lib/liblake.so" | awk '$2 != "A" && $3 !~ /^lake_/ { print $3 }')"
expect "globals of liblake.a beside lake_*" "" \
    "$(nm -g --defined-only "$lib/liblake.a" | awk 'NF == 3 && $3 !~ /^lake_/ { print $3 }')"
nm -g --defined-only "$lib/liblake.a" | grep ' T lake_version$' >/dev/null
# Nothing of the machine that built it: neither folders nor a run path.
absent "the build folder's name" grep -F "$build" "$lib/liblake.so" "$lib/liblake.a" "$lib/pkgconfig/lake.pc" "$lib/cmake/lake/"*
absent "a run path" dynamic "$lib/liblake.so" 'RPATH|RUNPATH'

echo "moved to another folder"
mv "$tmp/first" "$tmp/second"
use "$tmp/second"

echo "installed with DESTDIR"
DESTDIR=$tmp/stage "$cmake" --install "$build" >/dev/null
use "$(dirname "$(dirname "$(find "$tmp/stage" -name lake.h)")")"
