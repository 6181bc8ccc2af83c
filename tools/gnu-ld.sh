#!/bin/bash
# gnu-ld.sh <Zig's compiler, with what it is to do>: links again with GNU ld what Zig's
# compiler has linked. Go's code for 386 finds the storage of its thread by two relocations
# in one place (R_386_GOTPC, R_386_TLS_GOTIE). lld, which is in Zig, loses the first: g then
# lies two bytes off, across the variable after it.
set -euo pipefail
case " $* " in
*' -c '* | *' -E '* | *' -S '* | *' -fsyntax-only '* | *' --version '* | *' -### '*) exec "$@" ;;
esac
said=$(mktemp)
trap 'rm -f "$said"' EXIT
"$@" -v 2>"$said" || { cat "$said" >&2 && exit 1; }
# The last one: the first time, Zig links a C library of its own before.
read -ra link <<<"$(sed -n 's/^ld\.lld //p' "$said" | tail -n 1)"
options=()
case " $* " in *' -s '*) options+=(-s) ;; esac # which Zig does not hand on
for ((i = 0; i < ${#link[@]}; i++)); do
    case ${link[i]} in
    --error-limit=* | --image-base=* | --no-undefined-version) ;; # lld's alone
    -mllvm) i=$((i + 1)) ;;
    *) options+=("${link[i]}") ;;
    esac
done
if [ ${#link[@]} -gt 0 ]; then
    ld --start-group "${options[@]}" --end-group # lld looks back into archives
else
    cat "$said" >&2
fi

output=a.out
while [ $# -gt 1 ]; do
    [ "$1" != -o ] || output=$2
    shift
done
case $(readelf -p .comment "$output" 2>/dev/null) in
*'Linker: LLD'*) echo "gnu-ld.sh: $output is still lld's" >&2 && exit 1 ;;
esac
