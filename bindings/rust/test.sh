#!/bin/sh
# test.sh <build folder> <liblake with the hooks of laketest.h>: checks and tests the Rust
# crates, with the liblake that is in the build folder. It builds what user.sh and
# examples/test.sh take. The first time that is 200 crates.
set -eu

build=$(realpath "$1")
hooked=$(realpath "$2")
cd "$(dirname "$0")"
. ./environment.sh

# shellcheck disable=SC2086 # words
{
    title "style, lints, documentation"
    cargo fmt --all --check
    cargo --locked build -q $crates --all-targets
    cargo --locked doc -q -p liblake -p liblake-sys --no-deps

    title "the crates"
    # shellcheck disable=SC2046
    cargo --locked test -q $crates --lib --bins $(tests_in lake)
    cargo --locked test -q $crates --doc
}

title "tests/vectors, with the test hooks of liblake"
links=$build/rust/links
mkdir -p "$links/hooked"
ln -sf "$hooked" "$links/hooked/liblake.so"
LD_LIBRARY_PATH=$(dirname "$hooked")
export LAKE_LIB_DIR="$links/hooked"
cargo --locked test -q --profile hooked -p lake-vectors
