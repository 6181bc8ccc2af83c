#!/bin/bash
# reproducible.sh <folder of make release> [options of tools/release.py]: makes it once more
# elsewhere and compares each byte. With LAKE_LONG=1 Go compiles everything anew.
set -euo pipefail
dist=$(cd "$1" && pwd)
shift
source=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
if [ -n "${LAKE_LONG:-}" ]; then
    export GOCACHE=$tmp/cache
fi
"$source/tools/release.py" "$tmp/dist" work="$tmp/another-folder" "$@" >"$tmp/log" || { cat "$tmp/log"; exit 1; }
diff "$dist/SHA256SUMS" "$tmp/dist/SHA256SUMS" || { echo "release: another run gives other bytes (right)" >&2; exit 1; }
echo "release: another run, in another folder, gives the same bytes"
