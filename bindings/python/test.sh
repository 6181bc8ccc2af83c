#!/bin/sh
# test.sh: checks and tests the Python package, in the environment that environment.sh has
# made. Takes the build folder, in which liblake.so, lake-explain and the C examples are, and
# the library with the hooks of capi/laketest.h. Makes build/python/interop.tsv: who talked
# to whom.
set -eu

build=$(realpath "$1")
hooked=$(realpath "$2")
cd "$(dirname "$0")"
repository=$(realpath ../..)
venv=$build/venv
test -x "$venv/bin/pytest" || { echo "there is no $venv: run bindings/python/environment.sh first" >&2; exit 1; }

# --- Style and types: beside what follows, as they take one processor ----------------------

export PYTHONDONTWRITEBYTECODE=1
cache=$build/python
style() {
    "$venv/bin/ruff" check -q --cache-dir "$cache/ruff" .
    "$venv/bin/ruff" format --check -q --cache-dir "$cache/ruff" .
    MYPYPATH=tests:tests/hooked:tests/interop:tests/conformance "$venv/bin/mypy" --cache-dir "$cache/mypy" --no-error-summary
}
style &
style=$!

# --- The API reference: a warning is an error -------------------------------------------------

"$venv/bin/python" tools/build_docs.py "$cache/docs" &
reference=$!

# --- Tests: with the hooks, then of the installed wheel --------------------------------------

export PATH="$venv/bin:/usr/bin:/bin"
run() {
    PYTHONPATH=tests:tests/hooked:tests/interop python -m pytest -p plugin -o cache_dir="$cache/pytest" "$@"
}
export LAKE_REPOSITORY="$repository" LAKE_EXAMPLES="$build/examples" LAKE_INTEROP_TABLE="$cache/interop.tsv"
rm -f "$LAKE_INTEROP_TABLE"
LAKE_LIBRARY=$hooked run --numprocesses 2 tests/hooked
wait $reference
wait $style
# Much of their time they wait for the timeouts of CoAP, and for programs that they start.
LAKE_WHEEL=$(echo "$cache"/dist/liblake-*.whl) run --numprocesses auto --maxprocesses 4 --dist worksteal \
    --pyargs lake tests README.md --ignore=tests/hooked --ignore=tests/conformance
