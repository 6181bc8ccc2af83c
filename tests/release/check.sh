#!/bin/bash
# check.sh <folder that make release has filled>: are the files what they are said to be?
# Installs the wheel and the Debian packages of this machine, and runs the wheels of others
# in QEMU, each with the Python of a Debian for that machine.
set -euo pipefail
dist=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
version=$(cat "$source/VERSION")
fail() { echo "release: $*" >&2; exit 1; }
step() { echo "release: $*"; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$dist"

step "checksums"
sha256sum --quiet --check SHA256SUMS
if [ -n "${LAKE_SIGNERS:-}" ]; then # a file of allowed signers, ssh-keygen(1)
    ssh-keygen -Y verify -q -f "$LAKE_SIGNERS" -I liblake -n liblake -s SHA256SUMS.sig <SHA256SUMS
fi
grep -q "^# liblake $version" RELEASE-NOTES.md || fail "the notes are not of $version"

newest_glibc() { readelf -W --version-info "$1" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1; }

step "libraries"
for archive in "liblake-$version-linux"-*.tar.gz; do
    machine=${archive#"liblake-$version-linux-"} machine=${machine%.tar.gz}
    mkdir -p "$tmp/$machine"
    tar -xzf "$archive" -C "$tmp/$machine" --strip-components=1
    library=$tmp/$machine/lib/liblake.so.$version
    readelf -h "$library" >"$tmp/header"
    case $machine in
    amd64) like=X86-64 glibc=2.17 ;; arm64) like=AArch64 glibc=2.17 ;; armhf) like=ARM glibc=2.17 ;;
    i386) like=80386 glibc=2.17 ;; riscv64) like=RISC-V glibc=2.27 ;; # its first
    *) fail "$archive: who made that?" ;;
    esac
    grep -q "Machine:.*$like" "$tmp/header" || fail "$archive is for another machine"
    newest=$(newest_glibc "$library")
    [ "$(printf '%s\nGLIBC_%s\n' "$newest" "$glibc" | sort -V | tail -n 1)" = "GLIBC_$glibc" ] || fail "$archive needs $newest"
    for file in lib/liblake.a lib/pkgconfig/lake.pc lib/cmake/lake/lake-config.cmake include/lake.h bin/lake-tunnel LICENSE; do
        [ -e "$tmp/$machine/$file" ] || fail "$archive has no $file"
    done
    ! grep -qF "$source" "$library" "$tmp/$machine/lib/liblake.a" || fail "$archive names the folder it was built in"
    echo "  $machine: $newest"
done

step "wheels"
python3 -m venv "$tmp/tools"
"$tmp/tools/bin/pip" install --quiet --disable-pip-version-check auditwheel==6.8.2 'cyclonedx-python-lib[validation]==11.12.0'
name=$(sed -n 's/^name = "\(.*\)"/\1/p' "$source/bindings/python/pyproject.toml" | head -n 1)
for wheel in "$name-$version"-*.whl; do
    size=$(stat -c %s "$wheel")
    [ "$size" -le 3000000 ] || fail "$wheel has $size bytes"
    tag=${wheel##*-} tag=${tag%.whl}
    "$tmp/tools/bin/auditwheel" show "$wheel" | tr '\n' ' ' | grep -qF "\"$tag\"" || fail "auditwheel gives $wheel another tag than $tag"
    "$here/wheel.sh" "$wheel" "$tmp/wheel-$tag" || fail "$wheel does not work"
    echo "  $wheel"
done

step "bill of materials"
"$tmp/tools/bin/python" - "liblake-$version.cdx.json" <<'PY'
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

errors = JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[1]).read())
sys.exit(f"release: the bill of materials: {errors}" if errors else 0)
PY

step "source without a network"
mkdir "$tmp/source"
tar -xzf "liblake-$version.tar.gz" -C "$tmp/source" --strip-components=1
(
    cd "$tmp/source"
    export GOPROXY=off GOTOOLCHAIN=local
    unset GOFLAGS
    go build -o "$tmp/lake-tunnel" ./cmd/lake-tunnel
    go test -short ./ake/internal/cborx ./ake/internal/message
)

step "Debian packages"
"$here/debian.sh" "$dist" || fail "the Debian packages"
