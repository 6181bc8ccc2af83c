#!/bin/sh
# run.sh <build folder>: the suite of `lake test` with our programs in C, Python and Rust, with
# lake-tunnel and with aiocoap. Takes build/venv and build/rust, which ../../test.sh and
# ../../../rust/test.sh have made, and notes what came of it in build/python/conformance.tsv.
set -eu

build=$(realpath "$1")
cd "$(dirname "$0")/../.."
export PATH="$build/venv/bin:/usr/bin:/bin" PYTHONDONTWRITEBYTECODE=1
export LAKE_EXAMPLES="$build/examples" LAKE_CONFORMANCE_TABLE="$build/python/conformance.tsv"
rm -f "$LAKE_CONFORMANCE_TABLE"
PYTHONPATH=tests:tests/interop python -m pytest -p plugin -o cache_dir="$build/python/pytest" tests/conformance
