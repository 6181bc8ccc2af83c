#!/bin/bash
# wheel.sh <wheel of liblake> <wheel of liblake-explain> <folder to work in>: makes a handshake
# with the installed wheels and explains a message, here or, if they are for another machine, with
# the Python of a Debian for that machine, which is unpacked and never started as a system, in QEMU.
set -euo pipefail
wheel=$1 explain=$2 work=$3
mkdir -p "$work"
program='
import lake, lake.testing
i, r = lake.testing.handshake()
assert i.export(32768, 16) == r.export(32768, 16)
'
case $wheel in
*_x86_64.whl)
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-index --no-deps "$wheel" "$explain"
    "$work/venv/bin/python" -I -c "$program"
    "$work/venv/bin/lake" decode 0202 >/dev/null
    "$work/venv/bin/lake-explain" version
    exit
    ;;
*_i686.whl) machine=i386 qemu= suite=bookworm ;; # an amd64 runs it; QEMU 7.2 has one GDT for all threads, so one g
*_aarch64.whl) machine=arm64 qemu=qemu-aarch64-static suite=bookworm ;;
*_armv7l.whl) machine=armhf qemu=qemu-arm-static suite=bookworm ;;
*_riscv64.whl) machine=riscv64 qemu=qemu-riscv64-static suite=trixie ;; # the first to have it
*) echo "wheel.sh: which machine is $wheel for?" >&2; exit 1 ;;
esac
root=$work/root
mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
mmdebstrap --quiet --variant=extract --architectures="$machine" --include=base-files,python3 \
    --keyring=/usr/share/keyrings "$suite" "$root" "$mirror"
for file in "$wheel" "$explain"; do
    python3 -m zipfile -e "$file" "$work/site"
done
python=$(ls "$root"/usr/bin/python3.[0-9]* | head -n 1)
if [ -n "$qemu" ]; then
    emulator=("$qemu") run=("$qemu" -L "$root")
else
    emulator=() run=("$root"/lib/ld-linux.so.2 --library-path "$root/lib/$machine-linux-gnu:$root/usr/lib/$machine-linux-gnu")
fi
PYTHONHOME=$root/usr PYTHONPATH=$work/site "${run[@]}" "$python" -s -c "$program"
program=$(echo "$work"/site/liblake_explain-*.data/scripts/lake-explain)
chmod +x "$program"
"${emulator[@]}" "$program" version
