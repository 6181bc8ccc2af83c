#!/bin/bash
# cross.sh <source folder> <folder to build in>: liblake with musl on the machines of
# OpenWrt and Alpine, by Zig's compiler: static programs make handshakes in QEMU, and
# liblake.so asks for no C library but musl's.
set -euo pipefail
source=$(cd "$1" && pwd)
mkdir -p "$2"
build=$(cd "$2" && pwd)
fail() { echo "musl: $*" >&2; exit 1; }
abi=$source/tests/abi
zig=$source/build/zig # one for all
export CGO_ENABLED=1 GOARM=7 GO386=sse2

for machine in amd64:x86_64-linux-musl::elf_x86_64 i386:x86-linux-musl::elf_i386 arm64:aarch64-linux-musl:aarch64-linux-gnu-:aarch64linux \
    armhf:arm-linux-musleabihf:arm-linux-gnueabihf-:armelf_linux_eabi riscv64:riscv64-linux-musl:riscv64-linux-gnu-:elf64lriscv; do
    IFS=: read -r name target tool LDEMULATION <<<"$machine"
    export LDEMULATION
    case $name in
    amd64) export GOARCH=amd64 && run= ;;
    i386) export GOARCH=386 && run= ;;
    arm64) export GOARCH=arm64 && run=qemu-aarch64-static ;;
    armhf) export GOARCH=arm && run=qemu-arm-static ;;
    riscv64) export GOARCH=riscv64 && run=qemu-riscv64-static ;;
    esac
    "$source/tools/zig.sh" "$zig" "$target"
    cc=$zig/$target-cc here=$build/$name
    cmake -S "$source" -B "$here" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="${target%%-*}" -DCMAKE_C_COMPILER="$cc" \
        -DCMAKE_LINKER="$(command -v "${tool}ld")" -DCMAKE_OBJCOPY="$(command -v "${tool}objcopy")" -DCMAKE_AR="$(command -v "${tool}ar")" \
        -DLAKE_BUILD_TESTS=OFF -DLAKE_BUILD_EXAMPLES=OFF -DLAKE_BUILD_TUNNEL=OFF >/dev/null
    cmake --build "$here" >/dev/null
    for test in handshakes environment logswitch; do
        "$cc" -Wall -Wextra -Werror -static -I"$source/include" -I"$abi/common" -o "$here/$test" "$abi/$test.c" \
            "$abi/common/fixture.c" "$here/liblake.a" -pthread
        # shellcheck disable=SC2086 # nothing, or one word
        $run "$here/$test" liblake.so symbols.txt second.so || fail "$name: $test failed"
    done
    needed=$("${tool}readelf" -d "$here/liblake.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
    [ "$needed" = "libc.so " ] || fail "$name: liblake.so needs: $needed"
    echo "musl: $name"
done
