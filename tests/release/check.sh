#!/bin/bash
# check.sh <folder that make release has filled>: are the files what they are said to be?
# Does what docs/install.md says, in a mount namespace where /opt, /usr/local and /etc are copies
# (so it needs root), and runs the wheels of other machines in QEMU, each with the Python of a
# Debian for that machine, and what is for Windows in Wine. LAKE_SIGNERS is a file of allowed signers, ssh-keygen(1).
set -euo pipefail
dist=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
version=$(cat "$source/VERSION")
fail() { echo "release: $*" >&2; exit 1; }
step() { echo "release: $*"; }
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
trap 'echo "release: FAILED at line $LINENO: $BASH_COMMAND" >&2' ERR
unset GOFLAGS PKG_CONFIG_PATH
export PIP_DISABLE_PIP_VERSION_CHECK=1
cd "$dist"

# In there nothing that is installed stays, and there is no network.
cat >"$tmp/alone" <<'EOF'
set -euo pipefail
mount -t tmpfs none "$1"
for folder in etc opt usr/local; do
    mkdir -p "$1/$folder/upper" "$1/$folder/work"
    mount -t overlay none -o "lowerdir=/$folder,upperdir=$1/$folder/upper,workdir=$1/$folder/work" "/$folder"
done
cd "$2"
exec bash -euo pipefail "$3"
EOF
mkdir "$tmp/overlay" "$tmp/user"
alone() { # alone <script>: runs it where a user has downloaded everything
    GOPROXY=off GOTOOLCHAIN=local unshare --net --mount bash "$tmp/alone" "$tmp/overlay" "$tmp/user" "$1"
}
cp "$dist"/* "$source/tests/install/hello.c" "$tmp/user"

step "checksums"
sha256sum --quiet --check SHA256SUMS
if [ -n "${LAKE_SIGNERS:-}" ]; then
    cp "$LAKE_SIGNERS" "$tmp/user/allowed_signers"
    "$here/block.sh" Checksums >"$tmp/script"
    alone "$tmp/script" >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "docs/install.md, Checksums"; }
fi
grep -q "^# liblake $version" RELEASE-NOTES.md || fail "the notes are not of $version"

newest_glibc() { readelf -W --version-info "$1" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1; }

step "libraries"
for archive in "liblake-$version-linux"-*.tar.gz; do
    [ -e "$archive" ] || continue # make release ONLY=windows
    machine=${archive#"liblake-$version-linux-"} machine=${machine%.tar.gz}
    mkdir -p "$tmp/$machine"
    tar -xzf "$archive" -C "$tmp/$machine" --strip-components=1
    library=$tmp/$machine/lib/liblake.so.$version
    case $machine in
    amd64) like=X86-64 glibc=2.17 ;; arm64) like=AArch64 glibc=2.17 ;; armhf) like=ARM glibc=2.17 ;;
    i386) like=80386 glibc=2.17 ;; riscv64) like=RISC-V glibc=2.27 ;; # its first
    *) fail "$archive: who made that?" ;;
    esac
    for file in "$library" "$tmp/$machine"/bin/*; do
        readelf -h "$file" >"$tmp/header"
        grep -q "Machine:.*$like" "$tmp/header" || fail "$archive: $file is for another machine"
    done
    newest=$(newest_glibc "$library")
    [ "$(printf '%s\nGLIBC_%s\n' "$newest" "$glibc" | sort -V | tail -n 1)" = "GLIBC_$glibc" ] || fail "$archive needs $newest"
    for file in lib/liblake.a lib/pkgconfig/lake.pc lib/cmake/lake/lake-config.cmake include/lake.h \
        bin/lake-tunnel bin/lake-explain LICENSE THIRD-PARTY; do
        [ -e "$tmp/$machine/$file" ] || fail "$archive has no $file"
    done
    echo "  $machine: $newest"
done

windows=liblake-$version-windows-amd64
if [ -f "$windows.zip" ]; then
    step "Windows"
    "$source/tools/wine.sh" "$source/build/wine"
    "$source/tools/zig.sh" "$source/build/zig" x86_64-windows-gnu
    mkdir "$tmp/windows"
    ln -s "$source/build/zig/x86_64-windows-gnu-cc" "$tmp/windows/gcc"
    {
        cat <<EOF
export PATH=$tmp/windows:\$PATH WINEPREFIX=$tmp/windows/prefix
trap 'timeout 60 "$source/build/wine/wineserver" -k || true' EXIT
EOF
        "$here/block.sh" "C on Windows" | sed "s|^bin/|timeout 300 '$source/build/wine/wine' bin/|"
        echo "timeout 300 '$source/build/wine/wine' bin/lake-explain.exe version"
        echo 'for file in lib/pkgconfig/lake.pc lib/cmake/lake/lake-config.cmake LICENSE THIRD-PARTY THIRD-PARTY.mingw-w64; do [ -e "$file" ]; done'
    } >"$tmp/script"
    alone "$tmp/script" >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "docs/install.md, C on Windows"; }
    tr -d '\r' <"$tmp/log" >"$tmp/said"
    grep -qx "liblake $version" "$tmp/said" && grep -qx "lake-explain $version" "$tmp/said" || { cat "$tmp/log"; fail "$windows.zip is not of $version"; }
fi

step "nothing of the machine that built it"
# The folder of the work is not looked for: reproducible.sh uses another, and gets the same bytes.
mkdir "$tmp/all"
for file in *; do
    mkdir "$tmp/all/$file"
    case $file in
    *.tar.gz | *.crate) tar -xzf "$file" -C "$tmp/all/$file" ;;
    *.whl | *.zip) python3 -m zipfile -e "$file" "$tmp/all/$file" ;;
    *.deb) dpkg-deb -R "$file" "$tmp/all/$file" ;;
    *) cp "$file" "$tmp/all/$file" ;;
    esac
done
{
    printf '%s\n' "$source" "$(go env GOMODCACHE)" "$(go env GOCACHE)" "$(go env GOROOT)/src"
    printf '%s/lib\n' ziglang # the compiler's folder, wherever it was
    # Mirrors that this machine was told to use; those of everybody are in texts of others.
    {
        apt-get indextargets --format '$(REPO_URI)'
        go env GOPROXY
        python3 -m pip config list
        cat "${CARGO_HOME:-$HOME/.cargo}"/config* 2>/dev/null || true
        printenv | grep -iE '^(https?_proxy|[a-z_]*(index_url|registry))=' || true
    } | grep -oE '[a-z]+://[^/ '\''"|,]+' | sed 's|.*://||; s|.*@||' | sort -u |
        grep -vxE '(deb|security)\.debian\.org|proxy\.golang\.org|pypi\.org|(static\.|index\.)?crates\.io|archive\.ubuntu\.com' || true
} >"$tmp/words"
[ "$(grep -c . "$tmp/words")" -ge 4 ] || fail "what to look for is not known"
if grep -rlaFf "$tmp/words" "$tmp/all" >"$tmp/found"; then
    sed "s|$tmp/all/||" "$tmp/found" >&2
    fail "these name a folder or a mirror of this machine"
fi
rm -r "$tmp/all"

step "wheels"
python3 -m venv "$tmp/tools"
"$tmp/tools/bin/pip" install --quiet auditwheel==6.8.2 'cyclonedx-python-lib[validation]==11.12.0' hatchling==1.33.0
for wheel in "liblake-$version"-*.whl; do
    [ -e "$wheel" ] || continue
    tag=${wheel##*-} tag=${tag%.whl}
    machine=$(sed -E 's/manylinux_[0-9]+_[0-9]+_//' <<<"$tag")
    explain=$(echo "liblake_explain-$version"-*_"$machine".whl)
    for file in "$wheel" "$explain"; do
        size=$(stat -c %s "$file")
        [ "$size" -le 3000000 ] || fail "$file has $size bytes"
    done
    # Of the other auditwheel has nothing to say: it has no library, and its program is static.
    "$tmp/tools/bin/auditwheel" show "$wheel" | tr '\n' ' ' | grep -qF "\"$tag\"" || fail "auditwheel gives $wheel another tag than $tag"
    "$here/wheel.sh" "$wheel" "$explain" "$tmp/wheel-$tag" >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "$wheel does not work"; }
    grep -qx "lake-explain $version" "$tmp/log" || { cat "$tmp/log"; fail "$explain is not of $version"; }
    echo "  $tag"
done

step "bill of materials"
"$tmp/tools/bin/python" - "liblake-$version.cdx.json" <<'PY'
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

errors = JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[1]).read())
sys.exit(f"release: the bill of materials: {errors}" if errors else 0)
PY

if [ -d "$tmp/amd64" ]; then # what the page names
    step "docs/install.md"
    for section in "C on any other Linux with glibc 2.17 or later" "C from source" Python; do
        "$here/block.sh" "$section" >"$tmp/script"
        case $section in
        C\ on*) echo './hello' >>"$tmp/script" ;;
        *source) cat >>"$tmp/script" <<EOF
cd ..
cc hello.c -o hello \$(PKG_CONFIG_PATH=\$(dirname "\$(find /usr/local -name lake.pc)") pkg-config --cflags --libs lake)
./hello
lake-tunnel version
cd "liblake-$version"
go list -deps -test ./... >/dev/null # no module is missing
go test -short ./ake/internal/cborx ./ake/internal/message
EOF
            ;;
        esac
        alone "$tmp/script" >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "docs/install.md, $section"; }
        rm -rf "$tmp/user/hello"
        echo "  $section"
    done
fi

step "sdists without a network"
cat >"$tmp/script" <<EOF
"$tmp/tools/bin/pip" install --quiet --no-index --no-deps --no-build-isolation "./liblake-$version.tar.gz" "./liblake_explain-$version.tar.gz"
"$tmp/tools/bin/python" -I -c 'import lake.testing as t; i, r = t.handshake(); assert i.export(32768, 16) == r.export(32768, 16)'
"$tmp/tools/bin/lake" decode 0202
EOF
alone "$tmp/script" >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "the sdists do not build"; }

step "crates, with Go's modules in them"
mkdir -p "$tmp/crates/program/src"
for crate in liblake liblake-sys; do
    tar -xzf "$crate-$version.crate" -C "$tmp/crates"
done
cat >"$tmp/crates/program/Cargo.toml" <<EOF
[package]
name = "program"
edition = "2021"
[dependencies]
liblake = { version = "$version", features = ["vendored"] }
[patch.crates-io]
liblake = { path = "../liblake-$version" }
liblake-sys = { path = "../liblake-sys-$version" }
[workspace]
EOF
echo "fn main() { println!(\"{}\", lake::version()) }" >"$tmp/crates/program/src/main.rs"
[ "$(cd "$tmp/crates/program" && GOPROXY=off GOTOOLCHAIN=local cargo run --quiet)" = "$version" ] || fail "the crates do not work"

step "Debian packages"
"$here/debian.sh" "$dist" || fail "the Debian packages"
