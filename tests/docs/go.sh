#!/usr/bin/env bash
# go.sh <repository>: a program of somebody else does what docs/go.md says, with the module
# of this repository in the place of the published one.
set -euo pipefail

repository=$(realpath "$1")
page=$repository/docs/go.md
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    cat "$work"/*.log >&2
    exit 1
}
block() { # block <language> <number>
    awk -v start="\`\`\`$1" -v number="$2" '
        /^```/ { open = !open; inside = open && $0 == start && ++n == number; next } inside' "$page"
}

module=$(sed -n 's/^module //p' "$repository/go.mod")
block sh 1 >"$work/commands"
grep -qF "go get $module/ake" "$work/commands" || fail "the page does not say how to get $module"
grep -qF "go get $module/ake" "$repository/README.md" || fail "README.md says something else"
mkdir "$work/program"
cd "$work/program"
block go 1 >main.go
# As the commands say, but from here: what the module needs is in the cache already.
export GOFLAGS=-mod=mod GOWORK=off
{
    go mod init program
    go mod edit -replace "$module=$repository" -require "$module@v0.0.0"
    cp "$repository/go.sum" .
    go vet .
} >"$work/go.log" 2>&1 || fail "the program is not right"
go run . >"$work/said.log" 2>"$work/run.log" || fail "the program does not run"
block "" 1 | diff - "$work/said.log" || fail "the program says something else"

# What the page says of Go itself is what go.mod says.
for line in "$(sed -n 's/^go /Go /p' "$repository/go.mod")" "$(sed -n 's/^toolchain go/Go /p' "$repository/go.mod")"; do
    grep -qF "$line" "$page" || fail "the page does not say $line"
done
for package in ake ake/coap ake/oscore ake/endpoint; do
    grep -qF "$module/$package" "$page" || fail "the page does not name $package"
done

echo "All is well."
