"""Three processes of fleet_responder.py, a Redis of their own, and clients behind a load balancer."""

from __future__ import annotations

import os
import queue
import random
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import lake
import pytest
import redis

from fleet_responder import NO_SESSION, TRY_LATER, key
from fleet_under_test import LABEL

HERE = Path(__file__).resolve().parent
REDIS_SERVER = shutil.which("redis-server")
SEED = 20261123
WAIT = 20.0  # seconds that anything may take
PORT = 20683  # of responders: none that the system gives to others while its responder is dead
Address = tuple[str, int]


# --- Processes --------------------------------------------------------------------


class Process:
    """A child whose lines of output can be waited for."""

    def __init__(self, *command: str, **environment: str) -> None:
        # It ends with the test, however that ends.
        command = ("setpriv", "--pdeathsig", "KILL", *command)
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self._new: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._child.stdout
        for line in self._child.stdout:
            self.lines.append(line.strip())
            self._new.put(line.strip())
        self._new.put(None)

    def wait_for(self, text: str) -> str:
        """The first new line with this text."""
        while True:
            line = self._new.get(timeout=WAIT)
            assert line is not None, f"it ended without saying {text!r}"
            if text in line:
                return line

    def end(self, number: int = signal.SIGTERM) -> int:
        """Sends it a signal, if it is still there."""
        self.send(number)
        return self.wait()

    def send(self, number: int) -> None:
        if self._child.poll() is None:
            self._child.send_signal(number)

    def wait(self) -> int:
        """How it ended; then all its lines are there."""
        try:
            self._child.wait(WAIT)
        except subprocess.TimeoutExpired:
            self._child.kill()
        code = self._child.wait()
        self._reader.join()
        assert self._child.stdout
        self._child.stdout.close()
        return code


@dataclass
class Fleet:
    folder: Path
    peer: lake.Config
    network: str = field(default_factory=lambda: f"127.{secrets.randbelow(254) + 1}.{secrets.randbelow(256)}")
    processes: list[Process] = field(default_factory=list)  # the dead ones, too
    addresses: list[Address] = field(default_factory=list)

    def start_redis(self) -> Process:
        process = Process(
            REDIS_SERVER or "redis-server", "--port", "0", "--unixsocket", str(self.folder / "redis.sock"),
            "--dir", str(self.folder), "--save", "", "--appendonly", "no", "--notify-keyspace-events", "Ex",
        )  # fmt: skip
        self.processes.append(process)
        process.wait_for("eady to accept connections")  # with "R" or "r"
        return process

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.folder / "redis.sock"))

    def start(self, *options: str, at: Address | None = None, **environment: str) -> Process:
        address = at or (f"{self.network}.{len(self.addresses) + 1}", PORT)
        process = Process(
            sys.executable, str(HERE / "fleet_under_test.py"), "--credentials", str(self.folder),
            "--sealing-key", str(self.folder / "sealing.key"), "--redis", f"unix://{self.folder / 'redis.sock'}",
            "--listen", "{}:{}".format(*address), *options, **environment,
        )  # fmt: skip
        self.processes.append(process)
        process.wait_for("ready on {}:{}".format(*address))
        if not at:
            self.addresses.append(address)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.send(signal.SIGTERM)
        for process in self.processes:
            process.wait()

    def established(self) -> list[tuple[str, str]]:
        """What the responders established: C_R and the exported key. They are to be stopped before."""
        words = [line.split() for process in self.processes for line in process.lines]
        return [(word[1], word[2]) for word in words if word[:1] == ["established"]]


@pytest.fixture
def empty_fleet() -> Iterator[Fleet]:
    """Credentials and Redis, but no responder yet."""
    if not REDIS_SERVER:
        pytest.fail("there is no redis-server: run 'make deps'")
    # Not tmp_path: a path of a socket has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="fleet-") as name:
        folder = Path(name)
        own = {}
        for who in ("own", "peer"):
            private, public = lake.generate_keypair(lake.KeyKind.P256)
            ccs = lake.build_ccs(lake.KeyKind.P256, public, subject=who, kid=who[:1].encode())
            own[who] = lake.Credential.from_ccs(ccs)
            if who == "own":
                (folder / "own.ccs").write_bytes(ccs)
                (folder / "own.key").write_text(private.hex())
            else:
                own[who].set_private_key(private)
                (folder / "peers").mkdir()
                (folder / "peers" / "peer.ccs").write_bytes(ccs)
        (folder / "sealing.key").write_bytes(secrets.token_bytes(32))
        peer = lake.Config(own=[own["peer"]], peers=[own["own"]], methods=[3], suites=[2], message_4=True)
        fleet = Fleet(folder, peer)
        try:
            fleet.start_redis()
            yield fleet
        finally:
            fleet.stop()


@pytest.fixture
def fleet(empty_fleet: Fleet) -> Fleet:
    for _ in range(3):
        empty_fleet.start()
    return empty_fleet


# --- Clients ----------------------------------------------------------------------


def prefix(identifier: bytes) -> bytes:
    """A connection identifier as RFC 9528 section 3.3.2 represents it."""
    if len(identifier) == 1 and identifier[0] & 0xDF < 0x18:
        return identifier
    return bytes([0x40 + len(identifier)]) + identifier


def udp(timeout: float = WAIT) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(timeout)
    sock.bind(("127.0.0.1", 0))
    return sock


def ask(datagram: bytes, *addresses: Address) -> list[bytes]:
    """The answers of all addresses, which get the datagram at the same time, if that is possible."""
    with udp() as sock:
        for address in addresses:
            sock.sendto(datagram, address)
        return [sock.recv(65535) for _ in addresses]


@dataclass
class HalfOpen:
    """A client that has message_3 ready."""

    session: lake.Session
    message_1: bytes
    message_2: bytes
    datagram: bytes  # C_R || message_3

    @classmethod
    def at(cls, fleet: Fleet, address: Address) -> HalfOpen:
        session = lake.Session(fleet.peer, lake.Role.INITIATOR, connection_id=secrets.token_bytes(6))
        message_1 = session.prepare_message(1)
        (message_2,) = ask(b"\xf5" + message_1, address)
        session.process_message(2, message_2)
        return cls(session, message_1, message_2, prefix(peer_id(session)) + session.prepare_message(3))

    @property
    def key(self) -> str:
        return key(peer_id(self.session))

    def complete(self, message_4: bytes) -> tuple[str, str]:
        """C_R and the exported key, as Fleet.established has them."""
        self.session.process_message(4, message_4)
        assert self.session.info.is_complete
        assert self.session.info.is_authenticated
        return peer_id(self.session).hex(), self.session.export(LABEL, 32).hex()


def own_id(session: lake.Session) -> bytes:
    id = session.info.own_connection_id
    assert id is not None
    return id


def peer_id(session: lake.Session) -> bytes:
    id = session.info.peer_connection_id
    assert id is not None
    return id


def refused(answer: bytes) -> bool:
    return answer == NO_SESSION


# --- Many, with a death on the way -----------------------------------------------------


class Balancer:
    """Relays each datagram to a random responder, and answers to who asked; knows nothing of EDHOC.

    It does not even see that a responder is dead: a third of what it gets is lost then.
    """

    def __init__(self, addresses: list[Address], seed: int) -> None:
        self._addresses, self._random = addresses, random.Random(seed)
        self._front = udp()
        self.address: Address = self._front.getsockname()
        self._upstream: OrderedDict[Address, socket.socket] = OrderedDict()
        self._end_reader, self._end_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._relay)

    def __enter__(self) -> Balancer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end_writer.send(b"end")
        self._thread.join(WAIT)
        for sock in (self._front, self._end_reader, self._end_writer, *self._upstream.values()):
            sock.close()

    def _relay(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._front, selectors.EVENT_READ)
            selector.register(self._end_reader, selectors.EVENT_READ)
            while True:
                for ready, _ in selector.select():
                    if ready.fileobj is self._end_reader:
                        return
                    if ready.fileobj is self._front:
                        datagram, client = self._front.recvfrom(65535)
                        self._of(client, selector).sendto(datagram, self._random.choice(self._addresses))
                    elif (client := ready.data) in self._upstream:
                        self._front.sendto(self._upstream[client].recv(65535), client)

    def _of(self, client: Address, selector: selectors.BaseSelector) -> socket.socket:
        """Where answers for this client arrive; the oldest go."""
        if client not in self._upstream:
            if len(self._upstream) >= 100:
                _, oldest = self._upstream.popitem(last=False)
                selector.unregister(oldest)
                oldest.close()
            self._upstream[client] = udp()
            selector.register(self._upstream[client], selectors.EVENT_READ, client)
        return self._upstream[client]


@dataclass
class Result:
    c_r: str
    exported: str
    repeated: int  # datagrams sent again
    again: int  # runs begun again


class Client:
    """Sends a message up to 6 times, as CoAP does, and begins a run up to 5 times."""

    def __init__(self, fleet: Fleet, balancer: Address) -> None:
        self._fleet, self._balancer = fleet, balancer
        self._repeated = 0

    def _exchange(self, datagram: bytes) -> bytes | None:
        wait = 0.2  # CoAP's ACK_TIMEOUT is 2 seconds, and doubles as well
        with udp() as sock:
            for attempt in range(6):
                self._repeated += attempt > 0
                sock.settimeout(wait * 2**attempt)
                sock.sendto(datagram, self._balancer)
                try:
                    return sock.recv(65535)
                except TimeoutError:
                    continue
        return None

    def run(self) -> Result:
        for again in range(5):
            with lake.Session(self._fleet.peer, lake.Role.INITIATOR) as session:
                try:
                    if self._handshake(session):
                        return Result(
                            peer_id(session).hex(),
                            session.export(LABEL, 32).hex(),
                            self._repeated,
                            again,
                        )
                except lake.PeerError:
                    continue  # an error message: the session was lost with a responder
        raise AssertionError("no session after 5 runs")

    def _handshake(self, session: lake.Session) -> bool:
        message_2 = self._exchange(b"\xf5" + session.prepare_message(1))
        if message_2 is None:
            return False
        session.process_message(2, message_2)
        message_4 = self._exchange(prefix(peer_id(session)) + session.prepare_message(3))
        if message_4 is None:
            return False
        session.process_message(4, message_4)
        return session.info.is_complete and session.info.is_authenticated


def test_300_handshakes_while_a_responder_is_killed_and_comes_back(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    handshakes, clients, killed, back = 300, 8, 100, 160
    victim, victims_address = fleet.processes[-1], fleet.addresses[-1]
    done = threading.Semaphore(0)

    def client(balancer: Address) -> Callable[[int], Result]:
        def run(_: int) -> Result:
            try:
                return Client(fleet, balancer).run()
            finally:
                done.release()

        return run

    begin = time.monotonic()
    with Balancer(fleet.addresses, SEED) as balancer, ThreadPoolExecutor(clients) as pool:
        pending = pool.map(client(balancer.address), range(handshakes))
        for n in range(back):
            assert done.acquire(timeout=WAIT)
            if n + 1 == killed:
                assert victim.end(signal.SIGKILL) == -signal.SIGKILL
        fleet.start(at=victims_address)
        results = list(pending)
    took = time.monotonic() - begin
    left = len(fleet.redis().keys("edhoc:*"))
    fleet.stop()

    repeated, again = sum(result.repeated for result in results), sum(result.again for result in results)
    established = fleet.established()
    orphans = len(established) - handshakes
    with capsys.disabled():
        print(f"\nfleet: {handshakes} handshakes in {took:.1f} s, 1 of 3 responders killed: {repeated} datagrams")
        print(f"repeated, {again} runs begun again, {orphans} sessions only a responder has, {left} left in Redis")
    assert len(results) == handshakes
    assert took < 45
    # The same keys on both sides, and no C_R twice.
    at_responders = dict(established)
    assert len(at_responders) == len(established)
    assert all(at_responders[result.c_r] == result.exported for result in results)
    assert len({result.exported for result in results}) == handshakes
    # One had a session, and died before it could say so: then the client begins again.
    assert 0 <= orphans <= again
    assert repeated >= 1, "nothing was lost: was there a death at all?"
    # The responder that came back took part.
    assert any(line.startswith("established") for line in fleet.processes[-1].lines)


# --- Once, and only once ------------------------------------------------------------------


@pytest.mark.parametrize("where", ["the same", "different ones", "all, and often"])
def test_message_3_delivered_more_than_once_succeeds_once(fleet: Fleet, where: str) -> None:
    expected = []
    for _ in range(50):
        client = HalfOpen.at(fleet, fleet.addresses[0])
        to = {
            "the same": [fleet.addresses[1]] * 2,
            "different ones": fleet.addresses[1:],
            "all, and often": fleet.addresses * 3,
        }[where]
        answers = ask(client.datagram, *to)
        (message_4,) = (answer for answer in answers if not refused(answer))
        expected.append(client.complete(message_4))
        assert [refused(answer) for answer in ask(client.datagram, *fleet.addresses)] == [True] * 3, "late"
    fleet.stop()
    assert sorted(fleet.established()) == sorted(expected)


def test_connection_identifiers_are_unique_in_the_fleet(empty_fleet: Fleet) -> None:
    for _ in range(3):
        empty_fleet.start("--id-length", "1")
    # 120 of 256 at the same time: chosen at random by three who do not know of each other.
    clients = [HalfOpen.at(empty_fleet, empty_fleet.addresses[n % 3]) for n in range(120)]
    assert len({client.key for client in clients}) == len(clients)
    expected = [client.complete(*ask(client.datagram, empty_fleet.addresses[0])) for client in clients]
    empty_fleet.stop()
    assert sorted(empty_fleet.established()) == sorted(expected)


def test_a_session_dies_with_who_claimed_it(fleet: Fleet) -> None:
    dying = fleet.start(FLEET_DIES="1")
    client = HalfOpen.at(fleet, fleet.addresses[0])
    with udp() as sock:
        sock.sendto(client.datagram, fleet.addresses[-1])
        assert dying.wait() == -signal.SIGKILL
        assert dying.lines[-1].startswith("established"), "it had the session, and the client does not know"
        # Nobody has it any more: the client begins again, and does not hang.
        sock.sendto(client.datagram, fleet.addresses[0])
        answer = sock.recv(65535)
    assert refused(answer)
    with pytest.raises(lake.PeerError, match="start again"):
        client.session.process_message(4, answer)
    client = HalfOpen.at(fleet, fleet.addresses[1])
    client.complete(*ask(client.datagram, fleet.addresses[2]))


# --- What is in Redis ---------------------------------------------------------------------


def test_redis_has_sealed_sessions_only(fleet: Fleet) -> None:
    store = fleet.redis()
    own = lake.Credential.from_ccs((fleet.folder / "own.ccs").read_bytes())
    own_key = bytes.fromhex((fleet.folder / "own.key").read_text())
    sealing_key = (fleet.folder / "sealing.key").read_bytes()
    blobs = []
    for n in range(20):
        client = HalfOpen.at(fleet, fleet.addresses[n % 3])
        blob = store.get(client.key)
        assert isinstance(blob, bytes)
        blobs.append(blob)
        assert 0 < store.ttl(client.key) <= 60
        _, exported = client.complete(*ask(client.datagram, fleet.addresses[(n + 1) % 3]))
        # The keys, and things on the wire that only an open blob would show.
        session = client.session
        told = [
            bytes.fromhex(exported), session.oscore_context().master_secret, own_key, sealing_key,
            own.data(lake.DataKind.PUBLIC_KEY), own.cred, client.message_1, client.message_1[5:37], client.message_2,
            client.message_2[2:34], own_id(session), peer_id(session),
        ]  # fmt: skip
        assert all(len(part) >= 6 and part not in blob for part in told)
        assert not store.exists(client.key), "claimed, so gone"
    header = 50  # version, role, id and fingerprint of the config
    parts = {blob[at : at + 8] for blob in blobs for at in range(header, len(blob) - 7)}
    assert len(parts) == sum(len(blob) - header - 7 for blob in blobs), "sealed anew each time"


def test_redis_lets_sessions_expire(empty_fleet: Fleet) -> None:
    empty_fleet.start("--lifetime", "1")
    with empty_fleet.redis().pubsub(ignore_subscribe_messages=True) as events:  # type: ignore[no-untyped-call]
        events.subscribe("__keyevent@0__:expired")
        events.get_message(timeout=WAIT)  # it is subscribed
        client = HalfOpen.at(empty_fleet, empty_fleet.addresses[0])
        event = None
        end = time.monotonic() + WAIT
        while event is None and time.monotonic() < end:
            event = events.get_message(timeout=WAIT)
    assert event, "nothing expired"
    assert event["data"] == client.key.encode()
    assert refused(*ask(client.datagram, empty_fleet.addresses[0]))
    assert refused(*ask(prefix(b"never") + b"\x41\x00", empty_fleet.addresses[0])), "an unknown one looks the same"


def test_what_was_altered_in_redis_is_refused(fleet: Fleet) -> None:
    store = fleet.redis()

    def alter(blob: bytes, at: int) -> bytes:
        return blob[:at] + bytes([blob[at] ^ 0x40]) + blob[at + 1 :]

    client = HalfOpen.at(fleet, fleet.addresses[0])
    size = store.strlen(client.key)
    for at in [*range(0, size, 7), size - 1]:
        client = HalfOpen.at(fleet, fleet.addresses[0])
        blob = store.get(client.key)
        assert isinstance(blob, bytes)
        store.set(client.key, alter(blob, at), keepttl=True)
        assert refused(*ask(client.datagram, fleet.addresses[1]))
    for spoil in (lambda blob: b"", lambda blob: blob[:1], lambda blob: blob[:-1], lambda blob: blob + b"\x00"):
        client = HalfOpen.at(fleet, fleet.addresses[0])
        store.set(client.key, spoil(store.get(client.key)), keepttl=True)
        assert refused(*ask(client.datagram, fleet.addresses[1]))
    # A genuine one in the wrong place does not authenticate.
    one, two = HalfOpen.at(fleet, fleet.addresses[0]), HalfOpen.at(fleet, fleet.addresses[0])
    store.rename(one.key, two.key)
    (answer,) = ask(two.datagram, fleet.addresses[1])
    with pytest.raises(lake.PeerError):
        two.session.process_message(4, answer)
    fleet.stop()
    assert fleet.established() == []


def test_another_sealing_key_is_refused(fleet: Fleet) -> None:
    (fleet.folder / "sealing.key").write_bytes(bytes(32))
    fleet.start()
    client = HalfOpen.at(fleet, fleet.addresses[0])
    assert refused(*ask(client.datagram, fleet.addresses[-1]))


# --- Trouble ------------------------------------------------------------------------------


def test_redis_down_is_an_error_and_not_the_end(fleet: Fleet) -> None:
    client = HalfOpen.at(fleet, fleet.addresses[0])
    fleet.processes[0].end(signal.SIGKILL)
    with lake.Session(fleet.peer, lake.Role.INITIATOR) as session:
        for address in fleet.addresses:
            assert ask(b"\xf5" + session.prepare_message(1), address) == [TRY_LATER]
            assert ask(client.datagram, address) == [TRY_LATER]
        with pytest.raises(lake.PeerError, match="try again later"):
            session.process_message(2, TRY_LATER)
    fleet.start_redis()
    for address in fleet.addresses:
        client = HalfOpen.at(fleet, address)
        client.complete(*ask(client.datagram, address))


def test_r25_rubbish_disturbs_nobody(fleet: Fleet) -> None:
    address = fleet.addresses[0]
    client = HalfOpen.at(fleet, address)
    c_r = prefix(peer_id(client.session))
    silent = [
        b"", b"\x00", b"\x40", b"\x58", b"\x59\x01", b"\x5a\x00\x00\x00\x01a", b"\x80", b"\xff", bytes(100),
        # what responders send: two of them would never stop answering each other
        NO_SESSION, TRY_LATER, client.message_2, b"\x48" + bytes(8), b"\x02\x82\x02\x03", b"\x03\xf5",
        # to a session that is there, but no message_3: it is not touched
        c_r, c_r + b"\x40", c_r + b"\x03", c_r + NO_SESSION, c_r + b"\x41", client.datagram + b"\x00",
    ]  # fmt: skip
    with udp() as sock:
        for rubbish in silent:
            sock.sendto(rubbish, address)
        sock.sendto(b"\xf5rubbish", address)
        assert lake.parse_error(sock.recv(65535)).code == 1, "the first answer is that to the last datagram"
    client.complete(*ask(client.datagram, address))
    # What looks like message_3 and is not costs the run that it is about, as RFC 9528 has it, and no other.
    one, two = HalfOpen.at(fleet, address), HalfOpen.at(fleet, address)
    (answer,) = ask(one.datagram[:-1] + bytes([one.datagram[-1] ^ 1]), address)
    assert lake.parse_error(answer).code == 1
    assert refused(*ask(one.datagram, address))
    two.complete(*ask(two.datagram, address))


def test_sigterm_ends_a_responder_in_good_order(fleet: Fleet) -> None:
    assert fleet.processes[-1].end(signal.SIGTERM) == 0
