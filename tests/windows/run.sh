#!/bin/bash
# run.sh <source folder> <folder to build in>: lake.dll for Windows on amd64, by Zig's
# compiler, with an import library; it exports what lake.h has. In Wine run the C tests of the ABI
# that need neither OpenSSL nor POSIX, linked with it, and the Go tests of ake in their short
# forms.
set -euo pipefail
source=$(cd "$1" && pwd)
mkdir -p "$2"
build=$(cd "$2" && pwd)
fail() { echo "windows: $*" >&2; exit 1; }
step() { echo "windows: $*"; }

zig=$source/build/zig wine=$source/build/wine # one for all
cd "$source"
"$source/tools/wine.sh" "$wine"

step "the library"
"$source/tools/zig.sh" "$zig" x86_64-windows-gnu
cc=$zig/x86_64-windows-gnu-cc
target=(-DCMAKE_SYSTEM_NAME=Windows "-DCMAKE_C_COMPILER=$cc" "-DCMAKE_DLLTOOL=$zig/dlltool")
export GOOS=windows GOARCH=amd64
cmake -S "$source" -B "$build" "${target[@]}" -DCMAKE_INSTALL_LIBDIR=lib >"$build/log" 2>&1 &&
    cmake --build "$build" --parallel >>"$build/log" 2>&1 &&
    cmake --install "$build" --prefix "$build/installed" >>"$build/log" 2>&1 || { cat "$build/log"; fail "it does not build"; }
unset GOOS GOARCH

cd "$build"
exports() { objdump -p lake.dll | awk '/\[Ordinal\/Name Pointer\]/ { names = 1; next } names && /\[ *[0-9]+\]/ { print $NF } names && !NF { exit }' | sort; }
diff <(sort "$source/capi/abi/symbols.txt") <(exports) || fail "lake.dll does not export what lake.h has (left), or more (right)"

# Wine's folder of a Windows: the first program makes it, the last thing done removes it.
export WINEPREFIX=$build/prefix
end() {
    timeout 60 "$wine/wineserver" -k || true # which fails if there is none
    rm -rf "$WINEPREFIX"
}
end
trap end EXIT
run() { timeout 300 "$wine/wine" "$@"; }

step "C programs"
echo 'int main(void) { return 3; }' | "$cc" -Wno-unused-command-line-argument -x c -o three.exe -
result=0
run ./three.exe 2>/dev/null || result=$?
[ "$result" -eq 3 ] || fail "Wine does not run a program that ends with 3, or does not say so: $result"
abi=$source/tests/abi
program() { # <source> <argument>...
    local name
    name=$(basename "$1")
    "$cc" -Wall -Wextra -Werror -Wno-unused-command-line-argument -I"$source/include" -I"$source/capi" -I"$abi/common" -pthread \
        -o "$name.exe" "$1" "$abi"/common/{buffers,calls,coap_fixture,fixture}.c lake.lib || fail "$name does not compile"
    run "./$name.exe" "${@:2}" || fail "$name failed"
}
# With what is installed, as its users do.
cmake -S "$source/tests/install" -B hello "${target[@]}" -DCMAKE_PREFIX_PATH="$build/installed" >log 2>&1 &&
    cmake --build hello >>log 2>&1 || { cat log; fail "find_package"; }
cp hello/hello_shared.exe installed/bin
run installed/bin/hello_shared.exe || fail "hello"
run installed/bin/lake-explain.exe version || fail "lake-explain"
for test in "$abi"/*.c; do
    case $(basename "$test" .c) in
    credentials | externalkeys | peer | resumption | revocation | trust) ;; # OpenSSL
    dlopen | environment | fork | handlers | preemption | process) ;; # POSIX
    *) program "$test" lake.dll "$source/capi/abi/symbols.txt" ;;
    esac
done
(cd "$source" && go run ./ake/internal/pkix/certtest/emit "$build/certificates")
program "$abi/emitted/certificates.c" certificates

step "Go tests"
# Not there: those that look at the source, those that start another program, and TestYardstick, which
# failed there once; it measures times that may be too short for the clock.
cd "$source"
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -count=1 -short -vet=off -timeout 20m -exec "$wine/wine" \
    -skip '^(TestAPI|TestDependenciesPointOneWay|TestLibrariesHaveOneImporter|TestCompliance|TestCompliancePages.*|TestYardstick)$|OpenSSL' ./ake/...
