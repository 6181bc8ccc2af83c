#!/bin/sh
# cross-deps.sh: installs what `make cross` and `make release` need beside what make deps
# installs, on Debian 12 and 13. The compiler is Zig's (zig.sh): Debian's for other machines
# exclude gcc-multilib, which make test needs. Wine is that of Debian 13 (wine.sh).
set -eu
[ "$(id -u)" -eq 0 ] && sudo= || sudo=sudo
$sudo apt-get -qq update
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    binutils-aarch64-linux-gnu binutils-arm-linux-gnueabihf binutils-riscv64-linux-gnu \
    libc6-arm64-cross libc6-armhf-cross libc6-riscv64-cross qemu-user-static \
    debhelper dh-python lintian mmdebstrap fakeroot openssh-client unzip
