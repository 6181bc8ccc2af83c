#!/bin/bash
# dll.sh <folder> <folder for Zig>: makes lake.dll there, for Windows on amd64, and the
# import library lake.lib.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
out=$(cd "$1" && pwd)
tools/zig.sh "$2" x86_64-windows-gnu
zig=$(cd "$2" && pwd)

{ echo 'LIBRARY lake.dll' && echo EXPORTS && sed 's/^/    /' capi/abi/symbols.txt; } >"$out/lake.def"
# Go's own way in: Windows has neither auxiliary vector nor environment for it.
link=$(sed 's/-E=lakec_start //' capi/link.flags)
mapfile -t flags <capi/build.flags
CC=$zig/x86_64-windows-gnu-cc CGO_ENABLED=1 GOOS=windows GOARCH=amd64 \
    go build "${flags[@]}" -buildmode=c-shared "-ldflags=$link '-extldflags=$out/lake.def'" -o "$out/lake.dll" ./capi
rm -f "$out/lake.h"
"$zig/dlltool" -m i386:x86-64 -D lake.dll -d "$out/lake.def" -l "$out/lake.lib"
