#!/usr/bin/env bash
# readme.sh <repository> <build folder> [cmake]: does what README.md says. Its first program is
# compiled from an installed liblake with the command that is printed, and says what is
# printed; what make and make demo build needs no more than what is said.
set -euo pipefail

repository=$(realpath "$1") build=$(realpath "$2") cmake=${3:-cmake}
page=$repository/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    cat "$work"/*.log >&2
    exit 1
}
unset DESTDIR LD_LIBRARY_PATH PKG_CONFIG_PATH

# block <number>: what stands in a block of the section about the first program.
block() {
    sed -n '/^## A first program/,/^## /p' "$page" | awk -v number="$1" '
        /^```/ { inside = !inside; n += inside; next } inside && n == number'
}
"$cmake" --install "$build" --prefix "$work/installed" >"$work/install.log"
PKG_CONFIG_PATH=$(dirname "$(find "$work/installed" -name lake.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
mkdir "$work/program"
block 1 >"$work/program/first.c"
block 2 >"$work/program/commands"
(
    export PKG_CONFIG_PATH LD_LIBRARY_PATH
    cd "$work/program"
    bash -e commands >"$work/said" 2>"$work/first.log"
) || fail "the first program does not work"
[ -s "$work/first.log" ] && fail "the compiler has something to say"
diff "$work/said" <(block 3) >"$work/diff.log" || fail "the first program says something else"
[[ $(block 3) == *$'message_1, 37 bytes\nmessage_2, 45 bytes\nmessage_3, 19 bytes'* ]] || fail "not the sizes of the picture"

# Every make that the page names is there, and what tools/deps.sh can be asked for.
while read -r target; do
    make -n -C "$repository" BUILD="$work/none" "$target" >"$work/make.log" 2>&1 || fail "there is no make $target"
done < <(grep -oE '`(sudo )?make [a-z-]+' "$page" | sed 's/.*make //' | sort -u)
grep -qF 'make demo' <(sed -n '/^## From nothing/,/^## /p' "$page") || fail "the way does not end with make demo"

# What is installed for them where there is nothing: this apt-get only takes it down.
mkdir "$work/bare"
for tool in sh sed grep sort head cut id env dirname mktemp rm cat; do
    ln -s "$(command -v "$tool")" "$work/bare"
done
printf '#!/bin/sh\ncase " $*" in *" install "*) echo "$*" ;; esac >>"%s"\n' "$work/asked" >"$work/bare/apt-get"
printf '#!/bin/sh\n' >"$work/bare/apt-cache"
printf '#!/bin/sh\nexec "$@"\n' >"$work/bare/sudo"
chmod +x "$work/bare"/*
asked() { # asked <part>: the packages, without those of Go
    rm -f "$work/asked"
    PATH=$work/bare "$repository/tools/deps.sh" "$1" >"$work/deps.log" 2>&1 || true
    sed -n '1s/.* install //p' "$work/asked"
}
[ "$(asked build)" = "gcc libc6-dev make cmake" ] || fail "make installs: $(asked build)"
[[ $(asked demo) =~ ^"gcc libc6-dev make cmake pkg-config libssl-dev openssl libcoap3-bin"(" libcoap3-dev"|" debian-archive-keyring")?$ ]] ||
    fail "make demo installs: $(asked demo)"
[[ $(asked test) == *clang* ]] || fail "make test does without clang"

# make: without libcoap, OpenSSL, p11-kit and pkg-config.
"$cmake" -S "$repository" -B "$work/alone" -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON \
    -DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON >"$work/alone.log" 2>&1 || fail "make needs more than it should"
# make demo: without p11-kit; nothing of the tests, nothing with sanitizers.
mkdir "$work/demo"
[ ! -e "$build/libcoap" ] || cp -R "$build/libcoap" "$work/demo"
"$cmake" -S "$repository" -B "$work/demo" -DLAKE_BUILD_EXAMPLES=ON -DLAKE_P11_KIT= >"$work/demo.log" 2>&1 ||
    fail "make demo needs more than it should"
"$cmake" --build "$work/demo" --target help >"$work/targets"
grep -q edhoc_server "$work/targets" || fail "make demo has no CoAP server"
! grep -E 'sanitized|abi_|hooked' "$work/targets" || fail "make demo builds what tests need"

echo "All is well."
