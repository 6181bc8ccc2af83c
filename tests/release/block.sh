#!/bin/sh
# block.sh <section>: the commands of a section of docs/install.md, as they are printed.
awk -v section="## $1" '
    /^## / { here = $0 == section; found += here }
    /^```/ { inside = here && $0 == "```sh"; next }
    inside
    END { exit !found }' "$(dirname "$0")/../../docs/install.md"
