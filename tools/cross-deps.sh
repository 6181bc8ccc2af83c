#!/bin/sh
# cross-deps.sh: installs what `make cross` and `make release` need beside what make deps
# installs, on Debian 12 and 13.
set -eu
[ "$(id -u)" -eq 0 ] && sudo= || sudo=sudo
$sudo apt-get -qq update
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross \
    gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-user-static wine64 \
    debhelper dh-python lintian mmdebstrap fakeroot openssh-client
