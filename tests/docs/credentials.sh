#!/usr/bin/env bash
# credentials.sh <page> <folder of the examples> <folder of lake.h> <liblake.so>: runs
# the commands of docs/credentials.md in their order, and uses its C code.
set -euo pipefail

page=$(realpath "$1") programs=$(realpath "$2") header=$(realpath "$3") library=$(realpath "$4")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap cleanup EXIT
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    tail -n 30 "$work"/*.log >&2
    exit 1
}

# The blocks of one language, each in a file of its own: 01.sh, 02.sh, ...
awk -v work="$work" '
    /^```[a-z]+$/ { language = substr($0, 4); file = sprintf("%s/%02d.%s", work, ++n, language); next }
    /^```$/ { file = "" }
    file { print > file }' "$page"

# A server is there when it says so. Its port is free, and the clients are told.
edhoc_server() {
    [ -z "$server" ] || kill "$server"
    rm -f "$work/out"
    mkfifo "$work/out"
    timeout 60 "$programs/edhoc_server" --port 0 "$@" >"$work/out" 2>"$work/errors.log" &
    server=$!
    exec 3<"$work/out"
    read -r -t 10 listening <&3 || fail "the server does not start: $*"
    port=${listening##*:} # listening on 127.0.0.1:40000 UDP
    port=${port%% *}
    cat <&3 >"$work/server.log" &
    exec 3<&-
}
edhoc_client() {
    timeout 30 "$programs/edhoc_client" --port "$port" "$@" >"$work/client.log" 2>&1 || fail "edhoc_client $*"
    cat "$work/client.log" >>"$work/clients.log"
}
PATH=$programs:$PATH
port=

mkdir "$work/folder"
cd "$work/folder"
for block in "$work"/*.sh; do
    # shellcheck disable=SC1090
    . "$block" >"$work/commands.log" 2>&1 || fail "$(cat "$block")"
done
grep -q "method 3, the token is the responder: the keys agree" "$work/commands.log" || fail "no handshake with the token"

# What the page promises of the clients.
[ "$(grep -c "the protected answer arrived" "$work/clients.log")" -eq 4 ] || fail "not four answers"
# The last server has gadget's peer. libcoap_oscore tells of messages.
timeout 30 "$programs/libcoap_oscore" client --port "$port" --own gadget.ccs --key gadget.key --peer portal.ccs \
    --method 3 --suite 2 --no-receipt >"$work/client.log" 2>&1 || fail "libcoap_oscore"
for promise in "CN=server,O=Example, DNS:server.example, P-256 key" "37, 45 and 19 bytes"; do
    grep -qF "$promise" "$page" || fail "the page does not say: $promise"
done
grep -qF "CN=server,O=Example, DNS:server.example, P-256 key" "$work/clients.log" || fail "another name"
grep -o "message_[123], [0-9]* bytes" "$work/client.log" | tr '\n' ' ' >"$work/sizes.log"
grep -q "message_1, 37 bytes message_2, 45 bytes message_3, 19 bytes" "$work/sizes.log" || fail "other sizes"

openssl x509 -in sensor.crt -outform DER -out sensor.der
leaf meter p256 digitalSignature "${p256[@]}" >"$work/commands.log" 2>&1 # of the same authority
cat "$work"/*.c >"$work/page.inc"
cc -Wall -Wextra -Werror -I "$header" -I "$work" "$here/credentials.c" "$library" \
    -Wl,-rpath,"$(dirname "$library")" -o "$work/credentials" 2>"$work/cc.log" || fail "the C code does not compile"
"$work/credentials" >"$work/c.log" 2>&1 || fail "the C code does not work"

echo "All is well."
