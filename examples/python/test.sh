#!/bin/sh
# test.sh: checks and tests the Python examples. Takes the build folder, whose
# virtual environment bindings/python/environment.sh has made, with the wheel installed.
set -eu

build=$(realpath "$1")
cd "$(dirname "$0")"
venv=$build/venv
cache=$build/python
settings=../../bindings/python/pyproject.toml
test -x "$venv/bin/python" || { echo "there is no $venv: run bindings/python/environment.sh first" >&2; exit 1; }

export PYTHONDONTWRITEBYTECODE=1
"$venv/bin/ruff" check -q --cache-dir "$cache/ruff-examples" --config $settings .
"$venv/bin/ruff" format --check -q --cache-dir "$cache/ruff-examples" --config $settings .
# The package is the installed one, which is typed; of the settings only strictness matters here.
"$venv/bin/mypy" --config-file= --strict --python-version 3.10 \
    --cache-dir "$cache/mypy-examples" --no-error-summary ./*.py
"$venv/bin/python" -m pytest -q -c /dev/null --rootdir . -p no:cacheprovider
