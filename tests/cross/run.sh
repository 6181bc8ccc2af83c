#!/bin/bash
# run.sh <source folder> <folder to build in> <machine>: liblake for another machine, by
# Zig's compiler, and its tests in QEMU's user mode: Go tests in their short
# forms (of the engine's rules; with LAKE_LONG=1 of all of ake), the C tests of the ABI
# that need no OpenSSL, handshakes among them, linked to the archive, too, and lake-tunnel.
set -euo pipefail
source=$(cd "$1" && pwd) machine=$3
mkdir -p "$2"
build=$(cd "$2" && pwd)
fail() { echo "$machine: $*" >&2; exit 1; }
step() { echo "$machine: $*"; }

case $machine in
arm64) export GOARCH=arm64 LDEMULATION=aarch64linux && triplet=aarch64-linux-gnu qemu=qemu-aarch64-static ;;
armhf) export GOARCH=arm GOARM=7 LDEMULATION=armelf_linux_eabi && triplet=arm-linux-gnueabihf qemu=qemu-arm-static ;;
riscv64) export GOARCH=riscv64 LDEMULATION=elf64lriscv && triplet=riscv64-linux-gnu qemu=qemu-riscv64-static ;;
*) fail "the machines are arm64, armhf and riscv64" ;;
esac
for tool in "$triplet-ld" "$qemu" "/usr/$triplet/lib/libc.so.6"; do
    [ -e "$tool" ] || command -v "$tool" >/dev/null || fail "there is no $tool: tools/cross-deps.sh installs it"
done
zig=$source/build/zig # one for all
"$source/tools/zig.sh" "$zig" "$triplet"
run=("$(command -v "$qemu")" -L "/usr/$triplet") cc=("$zig/$triplet-cc")
export CC=${cc[0]} CGO_ENABLED=1

cd "$source"
step "the library"
cmake -S . -B "$build" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="${triplet%%-*}" \
    -DCMAKE_C_COMPILER="$CC" -DCMAKE_LINKER="$(command -v "$triplet-ld")" -DCMAKE_OBJCOPY="$(command -v "$triplet-objcopy")" \
    -DCMAKE_AR="$(command -v "$triplet-ar")" -DLAKE_BUILD_TESTS=OFF -DLAKE_BUILD_EXAMPLES=OFF >/dev/null
cmake --build "$build" >/dev/null
readelf -h "$build/liblake.so" | grep Machine

step "C programs"
# dlopen, handlers and process look at what QEMU's user mode does its own way: signal
# handlers, threads of the process.
loaders=dlopen
mapfile -t flags <capi/build.flags
go build "${flags[@]}" -buildmode=c-shared -o "$build/second.so" ./tests/abi/second
. tests/cross/programs.sh
programs
"${cc[@]}" -Iinclude -Itests/abi/common -o "$build/handshakes-archive" tests/abi/handshakes.c \
    tests/abi/common/fixture.c "$build/liblake.a" -pthread
"${run[@]}" "$build/handshakes-archive" liblake.so symbols.txt second.so || fail "handshakes with the archive failed"

step "lake-tunnel"
mkdir -p "$build/emulated"
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${run[*]}" "$build/lake-tunnel" >"$build/emulated/lake-tunnel"
chmod +x "$build/emulated/lake-tunnel"
examples/tunnel/demo.sh "$build/emulated" >"$build/tunnel.log" 2>&1 || { cat "$build/tunnel.log"; fail "lake-tunnel failed"; }

step "Go tests"
packages=(./ake/internal/{cborx,cose,message,schedule,suite})
if [ -n "${LAKE_LONG:-}" ]; then
    packages=(./ake/...)
fi
# An emulated program that starts itself has to be told by what.
LAKE_EMULATOR="${run[*]}" env -u LAKE_LONG go test -short -timeout 4h -vet=off -exec "${run[*]}" "${packages[@]}"
