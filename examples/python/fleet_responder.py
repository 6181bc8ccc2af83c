#!/usr/bin/env python3
"""One of a fleet of EDHOC responders behind a UDP load balancer: message_3 may reach another one than message_1 did.

A session that waits for message_3 is nowhere but in Redis, sealed, under its
connection identifier C_R. Who gets message_3 claims it with GETDEL, so that it
is taken up once, however often and wherever message_3 arrives; what is never
claimed expires there. docs/renewal.md says why it must be once.

    pip install liblake redis
    fleet_responder.py --credentials DIR --sealing-key FILE --redis URL [--listen HOST:PORT]

All of the fleet have the same files:

    DIR/own.ccs, DIR/own.key    who they are: lake keygen DIR/own --kid 01
    DIR/peers/*.ccs             whom they trust
    FILE                        head -c 32 /dev/urandom > FILE

On the wire each datagram carries one message. Towards the responder it begins
as in RFC 9528 appendix A.2, so that no address means anything:

    f5 || message_1  ->  message_2, or an error message
    C_R || message_3  ->  message_4, or an error message

CoAP would match answers to requests and repeat what gets lost. Here, the client
sends message_3 from another port than message_1, and repeats a message that is
not answered. A responder that ends between claim and answer takes the session
along: the repeated message_3 is answered with an error message, and the client
starts again with a new message_1, as after any error.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import signal
import socket
from pathlib import Path

import lake
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger("fleet")

NO_SESSION = lake.build_error(1, "no such session, start again")
TRY_LATER = lake.build_error(1, "try again later")


class Responder:
    """Takes datagrams, gives answers."""

    def __init__(
        self, config: lake.Config, sealing_key: bytes, store: redis.Redis, *, lifetime: int = 60, id_length: int = 7
    ) -> None:
        self.config = config  # the same in the whole fleet, or what one saves the others refuse
        self.sealing_key = sealing_key
        self.store = store
        self.lifetime = lifetime  # seconds that a client has for message_3
        self.id_length = id_length  # of C_R; who can guess one can spoil the run that has it

    def established(self, c_r: bytes, session: lake.Session) -> None:
        """Takes a completed session over, before message_4 is sent: to be replaced by the application.

        What follows, such as OSCORE with session.oscore_context(), is this
        process's, unless session.save() hands it to the others as well.
        """
        log.info("%s: established with %s", c_r.hex(), session.peer_credential.text(lake.TextKind.DESCRIPTION))

    def handle(self, datagram: bytes) -> bytes | None:
        """The answer to a datagram, or None.

        What does not look like a request gets none: otherwise two responders could
        be made to answer each other for ever, by one datagram with a forged source.
        """
        try:
            if datagram[:1] == b"\xf5":
                return self.handle_message_1(datagram[1:])
            c_r, message_3 = split(datagram)
            return self.handle_message_3(c_r, message_3) if message_3 else None
        except lake.LakeError as error:
            log.warning("a run failed: %s", error)
            return error.error_message
        except redis.RedisError as error:
            log.error("Redis does not do its work: %s", error)
            return TRY_LATER

    def handle_message_1(self, message_1: bytes) -> bytes:
        for _ in range(16):
            with lake.Session(self.config, lake.Role.RESPONDER) as session:
                session.process_message(1, message_1)
                c_r = secrets.token_bytes(self.id_length)
                if c_r == session.info.peer_connection_id:
                    continue
                session.set_connection_id(c_r)
                message_2 = session.prepare_message(2)
                sealed = session.save(self.sealing_key)  # which ends it here
            # NX: unless another of the fleet has given this C_R to somebody.
            if self.store.set(key(c_r), sealed, nx=True, ex=self.lifetime):
                return message_2
        log.error("no free C_R of %d bytes was found: they should be longer", self.id_length)
        return TRY_LATER

    def handle_message_3(self, c_r: bytes, message_3: bytes) -> bytes:
        # One step: of all who ask, one gets it. Reading first and deleting later would not do.
        sealed = self.store.getdel(key(c_r))
        if not isinstance(sealed, bytes):
            log.info("%s: unknown, expired or claimed already", c_r.hex())
            return NO_SESSION
        try:
            session = lake.Session.restore(self.config, self.sealing_key, sealed)
        except lake.LakeError as error:
            log.error("%s: what Redis has is refused: %s", c_r.hex(), error)
            return NO_SESSION
        with session:
            session.process_message(3, message_3)
            message_4 = session.prepare_message(4)
            self.established(c_r, session)
        return message_4


def key(c_r: bytes) -> str:
    """Where in Redis a session lies."""
    return f"edhoc:{c_r.hex()}"


def split(datagram: bytes) -> tuple[bytes, bytes]:
    """C_R and message_3, which is one byte string and nothing behind it; message_3 is empty if that is not so."""
    if datagram and datagram[0] & 0xDF < 0x18:  # an integer of one byte stands for that byte
        c_r, rest = datagram[:1], datagram[1:]
    else:
        c_r, rest = byte_string(datagram)
    ciphertext, behind = byte_string(rest)
    return (c_r, rest) if ciphertext and not behind else (b"", b"")


def byte_string(data: bytes) -> tuple[bytes, bytes]:
    """The CBOR byte string that data begins with, and the rest; both are empty if it does not."""
    if not data or data[0] >> 5 != 2 or data[0] > 0x59:
        return b"", b""
    at = max(1, data[0] - 0x56)  # 58: the length is in one byte, 59: in two
    size = data[0] & 31 if at == 1 else int.from_bytes(data[1:at], "big")
    return (data[at : at + size], data[at + size :]) if at + size <= len(data) else (b"", b"")


def serve(responder: Responder, sock: socket.socket) -> None:
    """Answers datagrams until SIGTERM, which waits until the one at hand is answered."""
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: ending.append(number))
    sock.settimeout(0.2)
    print("ready on {}:{}".format(*sock.getsockname()), flush=True)
    while not ending:
        try:
            datagram, peer = sock.recvfrom(65535)
        except TimeoutError:
            continue
        try:
            answer = responder.handle(datagram)
            if answer:
                sock.sendto(answer, peer)
        except Exception:  # one client's trouble must not become everybody's
            log.exception("%s:%d gets no answer", *peer)


def load_config(folder: Path) -> lake.Config:
    """Method 3 or 0 with message_4, which tells the client that the session was found."""
    own = lake.Credential.from_ccs((folder / "own.ccs").read_bytes())
    own.set_private_key(bytes.fromhex((folder / "own.key").read_text()))
    peers = [lake.Credential.from_ccs(path.read_bytes()) for path in sorted(folder.glob("peers/*.ccs"))]
    return lake.Config(own=[own], peers=peers, methods=[3, 0], message_4=True)


def main(kind: type[Responder] = Responder) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--credentials", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sealing-key", type=Path, required=True, metavar="FILE")
    parser.add_argument("--redis", required=True, metavar="URL", help="redis://, rediss:// (TLS) or unix://")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--lifetime", type=int, default=60, metavar="SECONDS")
    parser.add_argument("--id-length", type=int, default=7, metavar="BYTES")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")

    sealing_key = args.sealing_key.read_bytes()
    if len(sealing_key) != 32:
        raise SystemExit(f"{args.sealing_key} has {len(sealing_key)} bytes, a sealing key has 32")
    # No retries: the client repeats its message, and meanwhile others have their turn.
    store = redis.Redis.from_url(args.redis, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
    responder = kind(
        load_config(args.credentials), sealing_key, store, lifetime=args.lifetime, id_length=args.id_length
    )
    host, port = args.listen.rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, int(port)))
        serve(responder, sock)


if __name__ == "__main__":
    main()
