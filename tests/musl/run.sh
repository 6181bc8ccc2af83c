#!/bin/bash
# run.sh <source folder> <folder to build in> <cmake>: liblake with musl, built by
# musl-gcc; linked statically and dynamically it makes handshakes. dlopen refuses it.
set -euo pipefail
source=$1 build=$2 cmake=$3
fail() { echo "musl: $*" >&2; exit 1; }

CC=musl-gcc "$cmake" -S "$source" -B "$build" -DLAKE_BUILD_{TESTS,EXAMPLES,TUNNEL,EXPLAIN}=OFF >/dev/null
"$cmake" --build "$build" >/dev/null

abi=$source/tests/abi
compile() { # output, then sources and flags
    output=$1
    shift
    musl-gcc -Wall -Wextra -Werror -I"$source/include" -I"$abi/common" -o "$build/$output" "$@" -pthread
}
for test in handshakes environment logswitch; do
    compile "$test-static" -static "$abi/$test.c" "$abi/common/fixture.c" "$build/liblake.a"
    compile "$test-archive" "$abi/$test.c" "$abi/common/fixture.c" "$build/liblake.a"
    compile "$test-shared" "$abi/$test.c" "$abi/common/fixture.c" "$build/liblake.so" -Wl,-rpath,"$build"
    for kind in static archive shared; do
        # Three arguments, as ctest gives them.
        "$build/$test-$kind" liblake.so symbols.txt second.so || fail "$test-$kind failed"
        rm "$build/$test-$kind" # 8 MB each
    done
done

cat >"$build/dlopen.c" <<'C'
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    puts(library ? "loaded" : dlerror());
    return 0;
}
C
compile dlopen "$build/dlopen.c"
said=$("$build/dlopen" "$build/liblake.so")
# If this fails, musl or Go has learnt it: docs/embedding.md says otherwise.
grep -q 'initial-exec TLS' <<<"$said" || fail "dlopen: $said"
