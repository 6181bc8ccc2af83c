#!/bin/sh
# zig.sh <folder> <target>...: puts a C compiler for each target (aarch64-linux-musl,
# x86_64-linux-gnu.2.17) into the folder, as <target>-cc. It is Zig's, from PyPI: one
# compiler with the C library of every system, also old ones.
set -eu
version=0.17.1

fail() { echo "zig: $*" >&2; exit 1; }
[ $# -ge 2 ] || fail "usage: zig.sh <folder> <target>..."
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
python=$dir/venv/bin/python
if [ "$("$python" -m ziglang version 2>/dev/null)" != "$version" ]; then
    python3 -m venv --clear "$dir/venv"
    "$python" -m pip install --quiet --disable-pip-version-check "ziglang==$version" || fail "ziglang $version could not be installed"
fi
for target; do
    # Zig would search undefined behaviour of the few lines of C in a build without -O, and
    # write the folders of its own C library into the debug information: -s has none.
    case $target in
    x86-*) linker="$(dirname "$(realpath "$0")")/gnu-ld.sh" ;; # for what Go has compiled
    *) linker= ;;
    esac
    printf '#!/bin/sh\nexec %s "%s" -m ziglang cc -target %s -fno-sanitize=all "$@"\n' "${linker:+"\"$linker\""}" "$python" "$target" >"$dir/$target-cc"
    printf '#!/bin/sh\nexec "%s" -m ziglang dlltool "$@"\n' "$python" >"$dir/dlltool"
    chmod +x "$dir/$target-cc" "$dir/dlltool"
done
