#!/bin/sh
# test.sh <build folder> <liblake with the hooks of laketest.h>: checks and tests the Rust
# crates, with the liblake and the examples that are in the build folder, and the virtual
# environment that bindings/python/test.sh has made there.
set -eu

build=$(realpath "$1")
hooked=$(realpath "$2")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LAKE_LIB_DIR LD_LIBRARY_PATH PKG_CONFIG_PATH

fail() { echo "rust: $*" >&2; exit 1; }
title() { echo "rust: $*"; }
# One folder for all. What is linked in another way has a profile, features or a package of
# its own, and paths that stay: else each would build anew what the other one has built.
export CARGO_TARGET_DIR="$build/rust"

title "style, lints, documentation"
cargo fmt --all --check
export LAKE_LIB_DIR="$build" LD_LIBRARY_PATH="$build"
cargo --locked clippy -q --workspace --all-targets -- -D warnings
RUSTDOCFLAGS=-Dwarnings cargo --locked doc -q --workspace --no-deps

title "the crates, and the service with its peers"
export LAKE_BUILD="$build" LAKE_PYTHON="$build/venv/bin/python" LAKE_INTEROP_TABLE="$build/rust/interop.tsv"
export LAKE_CONFORMANCE_TABLE="$build/rust/conformance.tsv" PYTHONPATH="$PWD/../python/tests/interop"
rm -f "$LAKE_INTEROP_TABLE" "$LAKE_CONFORMANCE_TABLE"
"$LAKE_PYTHON" -c 'import aiocoap, lakers' ||
    fail "aiocoap is missing in $build/venv: run bindings/python/test.sh before this."
cargo --locked test -q

title "tests/vectors, with the test hooks of liblake"
links=$build/rust/links
mkdir -p "$links/hooked"
ln -sf "$hooked" "$links/hooked/liblake.so"
LD_LIBRARY_PATH=$(dirname "$hooked")
export LAKE_LIB_DIR="$links/hooked"
cargo --locked test -q --profile hooked -p lake-vectors
unset LAKE_LIB_DIR LD_LIBRARY_PATH

# --- As a user has it: the package, what the README says to write, and its first program ---

# block <language> <number>: a code block of the README; without the lines that rustdoc hides.
block() {
    awk -v start="\`\`\`$1" -v number="$2" '
        /^```/ { open = !open; inside = open && $0 == start && ++n == number; next } inside && !/^# /' lake/README.md
}
user=$links/user
mkdir -p "$user/src"
cargo --locked package -q --allow-dirty --no-verify -p liblake-sys
rm -rf "$user/lake" "$user/lake-sys" "$links"/liblake-sys-*
tar -xzf "$build"/rust/package/liblake-sys-*.crate -C "$links"
for file in LICENSE THIRD-PARTY source/capi/shim.c; do
    [ -s "$(echo "$links"/liblake-sys-*)/$file" ] || fail "the package has no $file"
done
mv "$links"/liblake-sys-* "$user/lake-sys"
cp -rLp lake "$user/lake"
{
    echo 'fn main() -> Result<(), lake::Error> {'
    block "" 1
    echo 'println!("the keys agree"); Ok(()) }'
} >"$user/src/main.rs"
# user_runs <sed script for the lines that the README says to write>
user_runs() {
    {
        printf '[package]\nname = "user"\nedition = "2021"\n\n'
        block toml 1 | sed "$1"
        printf '\n[patch.crates-io]\nliblake = { path = "lake" }\nliblake-sys = { path = "lake-sys" }\n'
        printf '\n[workspace]\nmembers = ["lake", "lake-sys"]\n\n'
        sed -n '/^\[workspace.package\]/,/^$/p; /^\[workspace.lints.rust\]/,/^$/p; /^\[profile.dev\]/,/^$/p' Cargo.toml
    } >"$user/Cargo.toml"
    cp Cargo.lock "$user"
    (cd "$user" && [ "$(cargo run -q)" = "the keys agree" ]) || fail "the first program of the README does not run"
}

title "an installed liblake, shared and static"
rm -rf "$links/installed"
cmake --install "$build" --prefix "$links/installed" >/dev/null
PKG_CONFIG_PATH=$(dirname "$(find "$links/installed" -name lake.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
user_runs 's/"vendored"//'
unset LD_LIBRARY_PATH # now the program has to do without liblake.so
# As below /usr, where the system's libraries are.
PKG_CONFIG_SYSROOT_DIR=$links/installed
export PKG_CONFIG_SYSROOT_DIR
user_runs 's/"vendored"/"static"/'
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR

title "liblake from the source in the published crate"
user_runs ''

title "and for another machine: what Go is told"
mkdir "$work/bin"
cat >"$work/bin/go" <<EOF
#!/bin/sh
echo "\$GOOS \$GOARCH \$GOARM \$CC" >"$work/told"
EOF
chmod +x "$work/bin/go"
told() { # told <expected> <target>: the crate itself may fail, as the standard library of that target may be missing
    rm -f "$work/told"
    (cd "$user" && PATH=$work/bin:$PATH TARGET_CC=its-gcc \
        cargo build -q -p liblake-sys --features vendored --target "$2" >/dev/null 2>&1) || true
    [ "$(cat "$work/told")" = "$1" ] || fail "for $2 Go is told: $(cat "$work/told")"
}
told "linux arm64  its-gcc" aarch64-unknown-linux-gnu
told "linux arm 7 its-gcc" armv7-unknown-linux-gnueabihf
told "linux 386  its-gcc" i686-unknown-linux-gnu
