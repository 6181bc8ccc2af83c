#!/bin/sh
# environment.sh <build folder>: makes build/venv, a virtual environment with the wheels of
# what is in the build folder, liblake.so and lake-explain, and all that tests need.
set -eu

build=$(realpath "$1")
cd "$(dirname "$0")"
venv=$build/venv
cache=$build/python
mkdir -p "$cache"

# It is made anew when requirements change.
wanted="$(python3 --version) $(cksum requirements-test.txt)"
if [ "$(cat "$venv/made-of" 2>/dev/null)" != "$wanted" ]; then
    echo "python: making $venv"
    rm -rf "$venv"
    python3 -m venv "$venv"
    # --no-compile: Python itself compiles what is imported.
    "$venv/bin/pip" install -q --disable-pip-version-check --no-compile --no-deps -r requirements-test.txt
    echo "$wanted" >"$venv/made-of"
fi
pip() { "$venv/bin/pip" --disable-pip-version-check -q "$@"; }

rm -rf "$cache/dist"
LAKE_LIBRARY=$build/liblake.so LAKE_EXPLAIN=$build/lake-explain pip wheel --no-deps --no-build-isolation -w "$cache/dist" . ./explain
pip install --no-deps --force-reinstall "$cache"/dist/*.whl
