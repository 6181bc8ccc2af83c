#!/bin/sh
# test.sh <build folder>: the programs of this folder with their peers: aiocoap, lakers,
# libcoap, Wireshark. Takes the crates as ../test.sh has built them, and the virtual
# environment that bindings/python/environment.sh has made.
set -eu

build=$(realpath "$1")
cd "$(dirname "$0")/.."
. ./environment.sh
export LAKE_BUILD="$build" LAKE_PYTHON="$build/venv/bin/python" LAKE_INTEROP_TABLE="$build/rust/interop.tsv"
export LAKE_CONFORMANCE_TABLE="$build/rust/conformance.tsv" PYTHONPATH="$PWD/../python/tests/interop"
rm -f "$LAKE_INTEROP_TABLE" "$LAKE_CONFORMANCE_TABLE"
"$LAKE_PYTHON" -c 'import aiocoap, lakers' ||
    fail "aiocoap is missing in $build/venv: run bindings/python/environment.sh before this."
# shellcheck disable=SC2046,SC2086 # words
cargo --locked test -q $crates $(tests_in examples)
