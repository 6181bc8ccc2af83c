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
# in_build <folder> <what cargo is to do>: each way of linking has its own folder, or each
# would build anew what the other one has built.
in_build() {
    target=$build/$1
    shift
    CARGO_TARGET_DIR=$target cargo --locked "$@"
}

title "style, lints, documentation"
cargo fmt --all --check
export LAKE_LIB_DIR="$build" LD_LIBRARY_PATH="$build"
in_build rust clippy -q --workspace --all-targets -- -D warnings
RUSTDOCFLAGS=-Dwarnings in_build rust doc -q --workspace --no-deps

title "the crates, and the service with its peers"
export LAKE_BUILD="$build" LAKE_PYTHON="$build/venv/bin/python" LAKE_INTEROP_TABLE="$build/rust/interop.tsv"
rm -f "$LAKE_INTEROP_TABLE"
"$LAKE_PYTHON" -c 'import aiocoap, lakers' ||
    fail "aiocoap is missing in $build/venv: run bindings/python/test.sh before this."
in_build rust test -q

title "tests/vectors, with the test hooks of liblake"
mkdir "$work/hooked"
ln -s "$hooked" "$work/hooked/liblake.so"
LD_LIBRARY_PATH=$(dirname "$hooked")
export LAKE_LIB_DIR="$work/hooked"
in_build rust-hooked test -q -p lake-vectors

# How the crate finds and links liblake is what these add: a few runs show that it works.
title "an installed liblake, shared and static"
unset LAKE_LIB_DIR
cmake --install "$build" --prefix "$work/installed" >/dev/null
PKG_CONFIG_PATH=$(dirname "$(find "$work/installed" -name lake.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
in_build rust-installed test -q -p lake --test session
unset LD_LIBRARY_PATH # now the program has to do without liblake.so
in_build rust-installed test -q -p lake --test session --features static
unset PKG_CONFIG_PATH

title "liblake from the source in the published crate"
in_build rust package -q --allow-dirty --no-verify -p lake-sys
tar -xzf "$build"/rust/package/lake-sys-*.crate -C "$work"
mv "$work"/lake-sys-* "$work/lake-sys"
cp -rL lake "$work/lake"
cat >"$work/Cargo.toml" <<EOF
[workspace]
resolver = "2"
members = ["lake"]
$(sed -n '/^\[workspace.package\]/,/^$/p; /^\[workspace.lints.rust\]/,/^$/p' Cargo.toml)
EOF
cp Cargo.lock "$work"
(cd "$work" && CARGO_TARGET_DIR=$build/rust-vendored cargo test -q -p lake --test session --features vendored)
