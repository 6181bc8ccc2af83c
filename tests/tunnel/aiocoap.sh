#!/usr/bin/env bash
# aiocoap.sh <build folder>: aiocoap's fileserver and client, unmodified, with lake-tunnel
# before each. Takes the virtual environment that bindings/python/environment.sh has made.
set -euo pipefail

build=$(cd "$1" && pwd)
tunnel=$build/lake-tunnel
venv=$build/venv/bin
test -x "$venv/aiocoap-client" || { echo "there is no $venv/aiocoap-client: run bindings/python/environment.sh first" >&2; exit 1; }

work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'echo "FAILED at line $LINENO: $BASH_COMMAND" >&2; tail -n 5 "$work"/*.log >&2' ERR
cd "$work"

# Below those that the system gives to whoever asks for any.
free_ports() {
    "$venv/python" - <<'PYTHON'
import random, socket
sockets = []
while len(sockets) < 3:
    one = socket.socket(type=socket.SOCK_DGRAM)
    try:
        one.bind(("127.0.0.1", random.randrange(10000, 32768)))
        sockets.append(one)
    except OSError:
        pass # it is taken
print(*(one.getsockname()[1] for one in sockets))
PYTHON
}
read -r plain open front < <(free_ports)
uri=coap://127.0.0.1:$front

until_so() { # until_so <command...>: looks for 30 s whether it is so
    local end=$((SECONDS + 30))
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        read -r -t 0.05 <> <(:) || true
    done
}
begin() { # begin <name> <command...>
    timeout 300 "${@:2}" >"$1.log" 2>&1 &
    started+=($!)
}
client() { timeout 60 "$venv/aiocoap-client" -q "$@"; }

mkdir files
head -c 100000 /dev/urandom >large
for i in $(seq 500); do echo "value $i" >"files/many-$i"; done
echo hello >files/greeting

"$tunnel" key portal
"$tunnel" key gadget
begin fileserver "$venv/aiocoap-fileserver" --write --bind "127.0.0.1:$plain" files
greets() { [ "$(client "coap://127.0.0.1:$plain/greeting" 2>/dev/null)" = hello ]; }
until_so greets # it is there
begin serve "$tunnel" serve --listen "127.0.0.1:$open" --to "127.0.0.1:$plain" --own portal.ccs,portal.key --peer gadget.ccs --peer-query peer
begin connect "$tunnel" connect --listen "127.0.0.1:$front" --to "coap://127.0.0.1:$open" --own gadget.ccs,gadget.key --peer portal.ccs
until_so grep -q msg=ready serve.log
until_so grep -q msg=ready connect.log

# aiocoap 0.4.17's own client shows none of its fileserver's notifications, with or without
# tunnels: this observer does. The fileserver looks for changes every 10 s.
echo first >files/watched
cat >observer.py <<'PYTHON'
import socket, sys
from aiocoap import ACK, CON, GET, Message
from aiocoap.numbers.codes import EMPTY

here = socket.socket(type=socket.SOCK_DGRAM)
here.connect(("127.0.0.1", int(sys.argv[1])))
request = Message(code=GET, _mid=7, _mtype=CON, _token=b"watch", observe=0)
request.opt.uri_path = ("watched",)
here.settimeout(2)
received = b""
while not received:
    here.send(request.encode())
    try:
        received = here.recv(2000)
    except OSError:
        pass  # it comes again
here.settimeout(None)
while True:
    answer = Message.decode(received)
    if answer.mtype is CON:
        here.send(Message(code=EMPTY, _mid=answer.mid, _mtype=ACK).encode())
    if answer.code != EMPTY:
        print(answer.payload.decode().strip(), flush=True)
    received = here.recv(2000)
PYTHON
begin observer "$venv/python" observer.py "$front"
until_so grep -qx first observer.log

echo "  GET"
[ "$(client "$uri/greeting")" = hello ]

echo "  PUT and GET of 100 KB by blocks"
client -m PUT --payload @large --content-format application/octet-stream "$uri/large"
cmp large files/large
client "$uri/large" >back
cmp large back

echo "  DELETE"
client -m DELETE "$uri/large"
[ ! -e files/large ]

echo "  500 requests at once"
timeout 120 "$venv/python" - "$uri" <<'PYTHON'
import asyncio, sys
import aiocoap

async def main(uri):
    context = await aiocoap.Context.create_client_context()
    async def one(i):
        answer = await context.request(aiocoap.Message(code=aiocoap.GET, uri=f"{uri}/many-{i}")).response
        assert answer.payload == f"value {i}\n".encode(), (i, answer)
    await asyncio.gather(*(one(i) for i in range(1, 501)))
    await context.shutdown()

asyncio.run(main(sys.argv[1]))
PYTHON

echo "  Observe"
echo second >files/watched
until_so grep -qx second observer.log
echo third >files/watched
until_so grep -qx third observer.log
