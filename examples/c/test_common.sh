# test_common.sh - what the tests of the CoAP programs share; it is sourced, with the folder of
# the programs as its argument. $server_program and $client_program are what is tested.
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
server= reader=
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

title() { printf '== %s\n' "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    tail -n 20 "$work"/{client,server,server-errors}.log >&2
    exit 1
}

# start_server [options]: starts one on a free port, which is then in $port. (A timeout
# that is not --foreground sends SIGCONT after a signal, and that can hang LeakSanitizer.)
start_server() {
    rm -f "$work/out"
    mkfifo "$work/out"
    # shellcheck disable=SC2086 # a program and its first argument
    timeout --foreground -k 5 100 "$bin"/$server_program --port 0 "$@" >"$work/out" 2>"$work/server-errors.log" &
    server=$!
    exec 3<"$work/out"
    read -r -t 10 listening <&3 || fail "the server does not start: $*"
    port=${listening##*:} # listening on 127.0.0.1:40000 UDP
    port=${port%% *}
    cat <&3 >"$work/server.log" &
    reader=$!
    exec 3<&-
}

# The status of the server tells of leaks, too. stop_server [text]: in its last line.
stop_server() {
    kill "$server"
    wait "$server" || fail "the server ended with $?"
    wait "$reader"
    server=
    tail -n 1 "$work/server.log" | grep -qF -e "stats: half-open " || fail "no stats"
    for text in "$@"; do
        tail -n 1 "$work/server.log" | grep -qF -e "$text" || fail "the stats are not: $text"
    done
}

cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap cleanup EXIT

# client [options]: one client, with its output in client.log.
client() {
    # shellcheck disable=SC2086
    timeout 30 "$bin"/$client_program --port "$port" "$@" >"$work/client.log" 2>&1
}
# refused <text> [options]: the client ends with 1 and says why, in one line.
refused() {
    local text=$1 status=0
    shift
    client "$@" || status=$?
    [ "$status" -eq 1 ] || fail "ended with $status, not 1: $client_program $*"
    [ "$(grep -c "failed: " "$work/client.log")" -eq 1 ] || fail "not one line of failure: $client_program $*"
    said "$text"
}
said() { grep -qF -e "$1" "$work/client.log" || fail "did not say: $1"; }
did_not_say() { ! grep -qF -e "$1" "$work/client.log" || fail "said: $1"; }
# The lines of the server come through a pipe.
server_said() {
    for _ in {1..100}; do
        ! grep -qF -e "$1" "$work/server.log" || return 0
        sleep 0.05
    done
    fail "the server did not say: $1"
}
# start_relay [intrude]: one to the server, whose port is then in $relay.
start_relay() {
    exec 4< <(exec "$bin/test_relay" "$port" "$@")
    read -r -t 10 relay <&4 || fail "the relay does not start"
}
# probe <program> [arguments]
probe() {
    local program=$1
    shift
    timeout 60 "$bin/$program" "$port" "$@" || fail "$program $*"
}

# certificate <name> <openssl's -algorithm and options>: a chain of two large
# certificates in <name>.der, and the private key of the first in <name>.key.
certificate() {
    local name=$work/$1 comment
    comment=$(printf 'x%.0s' {1..900})
    openssl genpkey "${@:2}" -out "$name.pem"
    openssl genpkey "${@:2}" -out "$name-ca.pem"
    openssl req -x509 -new -key "$name-ca.pem" -subj "/CN=$1 authority" -days 2 \
        -addext "nsComment=$comment" -outform DER -out "$name-ca.der"
    openssl x509 -inform DER -in "$name-ca.der" -out "$name-ca.crt"
    openssl req -new -key "$name.pem" -subj "/CN=$1" -out "$name.csr"
    openssl x509 -req -in "$name.csr" -CA "$name-ca.crt" -CAkey "$name-ca.pem" -days 2 -set_serial 1 \
        -extfile <(echo "nsComment=$comment") -outform DER -out "$name-leaf.der" 2>/dev/null
    cat "$name-leaf.der" "$name-ca.der" >"$name.der"
}
