#!/bin/bash
# cross.sh <source folder> <folder to build in> [<machine>...]: liblake with musl on the
# machines of OpenWrt and Alpine, or those named, by Zig's compiler: programs make handshakes
# in QEMU, static ones, and those with liblake.so and the musl of a Debian for that
# machine. What fails on one machine does not end the run: all that failed is said.
set -euo pipefail
source=$(cd "$1" && pwd)
mkdir -p "$2"
build=$(cd "$2" && pwd)
shift 2
[ $# -gt 0 ] || set -- amd64 i386 arm64 armhf riscv64
if [ $# -gt 1 ]; then
    bad=()
    for name; do "$0" "$source" "$build" "$name" || bad+=("$name"); done
    [ ${#bad[@]} -eq 0 ] || { echo "musl: failed: ${bad[*]}" >&2; exit 1; }
    exit
fi

name=$1 failures=0 qemu=
failed() { echo "musl: $name: $*" >&2; failures=1; }
abi=$source/tests/abi
zig=$source/build/zig # one for all
export CGO_ENABLED=1 GOARM=7 GO386=sse2
case $name in
amd64) export GOARCH=amd64 LDEMULATION=elf_x86_64 && target=x86_64-linux-musl tool= ;;
i386) export GOARCH=386 LDEMULATION=elf_i386 && target=x86-linux-musl tool= ;;
arm64) export GOARCH=arm64 LDEMULATION=aarch64linux && target=aarch64-linux-musl tool=aarch64-linux-gnu- qemu=qemu-aarch64-static ;;
armhf) export GOARCH=arm LDEMULATION=armelf_linux_eabi && target=arm-linux-musleabihf tool=arm-linux-gnueabihf- qemu=qemu-arm-static ;;
riscv64) export GOARCH=riscv64 LDEMULATION=elf64lriscv && target=riscv64-linux-musl tool=riscv64-linux-gnu- qemu=qemu-riscv64-static ;;
*) failed "no such machine: amd64, i386, arm64, armhf or riscv64" && exit 1 ;;
esac
# By its path: environment.c starts itself again.
[ -z "$qemu" ] || qemu=$(command -v "$qemu") || { failed "there is no $qemu: tools/cross-deps.sh installs it" && exit 1; }
"$source/tools/zig.sh" "$zig" "$target"
cc=$zig/$target-cc here=$build/$name
cmake -S "$source" -B "$here" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="${target%%-*}" -DCMAKE_C_COMPILER="$cc" \
    -DCMAKE_LINKER="$(command -v "${tool}ld")" -DCMAKE_OBJCOPY="$(command -v "${tool}objcopy")" -DCMAKE_AR="$(command -v "${tool}ar")" \
    -DLAKE_BUILD_{TESTS,EXAMPLES,TUNNEL,EXPLAIN}=OFF >/dev/null
cmake --build "$here" >/dev/null
program() { # <how it is linked> <what starts it> <flag>...: builds each program and runs it
    local kind=$1 start=($2) test
    shift 2
    for test in handshakes environment logswitch; do
        "$cc" -Wall -Wextra -Werror -I"$source/include" -I"$abi/common" -o "$here/$test-$kind" "$abi/$test.c" \
            "$abi/common/fixture.c" -pthread "$@"
        "${start[@]}" "$here/$test-$kind" liblake.so symbols.txt second.so ${start[@]+"${start[@]}" "$here/$test-$kind"} ||
            failed "$test ($kind) failed"
    done
}
program static "$qemu" -static "$here/liblake.a"
# musl's libc.so is what starts programs, too. Debian's riscv64 begins with this suite.
[ -d "$here/musl" ] || "$source/tools/unpack.sh" "$here/musl" "trixie/$name" musl
program shared "$qemu $(echo "$here"/musl/usr/lib/*/libc.so)" -dynamic "$here/liblake.so" -Wl,-rpath,"$here"
needed=$("${tool}readelf" -d "$here/liblake.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
[ "$needed" = "libc.so " ] || failed "liblake.so needs: $needed"
[ $failures -eq 0 ] || exit 1
echo "musl: $name"
