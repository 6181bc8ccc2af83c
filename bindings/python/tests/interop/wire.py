"""A relay that looks at what passes: whether it is protected, as libcoap's own OSCORE does not tell; and its blocks."""

from __future__ import annotations

import select
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import aiocoap
from aiocoap.numbers import OptionNumber

_NOTHING = b""  # no message of CoAP is empty: this one is for the relay, and ends it
_MAX = 65535


class Relay:
    """Stands between clients and a server on loopback, and keeps what they say."""

    def __init__(self, server: int) -> None:
        self._server = ("127.0.0.1", server)
        self._front = _loopback()
        self._backs: dict[Any, socket.socket] = {}
        self._requests: list[tuple[Any, bytes]] = []  # of a client, whose address is the first
        self._answers: list[tuple[Any, bytes]] = []  # to a client
        self._all: list[tuple[bool, bytes]] = []  # and whether a client has sent it
        self.port: int = self._front.getsockname()[1]

    def run(self) -> None:
        with self._front:
            while True:
                clients = {back: client for client, back in self._backs.items()}
                for ready in select.select([self._front, *clients], [], [])[0]:
                    datagram, sender = ready.recvfrom(_MAX)
                    if ready is not self._front:
                        self._answers.append((clients[ready], datagram))
                        self._all.append((False, datagram))
                        self._front.sendto(datagram, clients[ready])
                    elif datagram == _NOTHING:
                        return
                    else:
                        self._requests.append((sender, datagram))
                        self._all.append((True, datagram))
                        if sender not in self._backs:
                            self._backs[sender] = _loopback()
                        self._backs[sender].sendto(datagram, self._server)

    def end(self) -> None:
        with _loopback() as one:
            one.sendto(_NOTHING, ("127.0.0.1", self.port))

    def close(self) -> None:
        for back in self._backs.values():
            back.close()

    def assert_protected(self, secret: str) -> None:
        """Protected requests were answered under OSCORE (RFC 8613 section 4), and the secret was not seen.

        An answer has no more than the option OSCORE, the code 2.04 or 2.05, and a ciphertext.
        """
        requests = [(client, aiocoap.Message.decode(datagram)) for client, datagram in self._requests]
        protected = {(client, request.token) for client, request in requests if request.opt.oscore is not None}
        assert protected, "there was no protected request"
        messages = [(client, aiocoap.Message.decode(datagram)) for client, datagram in self._answers]
        answers = [message for client, message in messages if (client, message.token) in protected]
        assert answers, "no protected request was answered"
        for answer in answers:
            assert answer.code in (aiocoap.CHANGED, aiocoap.CONTENT), "an answer that is not of OSCORE"
            assert [option.number for option in answer.opt.option_list()] == [OptionNumber.OSCORE]
            assert len(answer.payload) > len(secret)
        for _, datagram in self._requests + self._answers:
            assert secret.encode() not in datagram

    def blocks(self) -> tuple[bool, bool]:
        """Whether requests came in more than one block, and answers (RFC 7959)."""
        requests = [aiocoap.Message.decode(datagram).opt.block1 for _, datagram in self._requests]
        answers = [aiocoap.Message.decode(datagram).opt.block2 for _, datagram in self._answers]
        later = [any(block and block.block_number > 0 for block in blocks) for blocks in (requests, answers)]
        return later[0], later[1]

    def tshark(self, contexts: Path) -> list[tuple[int, bytes]]:
        """The codes and payloads that tshark reads under OSCORE, with rows of its table oscore_contexts (peer.py)."""
        text, capture = contexts.with_suffix(".txt"), contexts.with_suffix(".pcapng")
        text.write_text(
            "".join(f"{'O' if up else 'I'}\n000000 {datagram.hex(' ')}\n" for up, datagram in dict.fromkeys(self._all))
        )
        headers = ["-4", "10.0.0.2,10.0.0.1", "-u", "5683,40000"]
        subprocess.run(["text2pcap", "-q", "-D", *headers, text, capture], check=True, capture_output=True)
        keys = [f"-ouat:oscore_contexts:{row}" for row in contexts.read_text().splitlines()]
        fields = ["-Y", "oscore", "-T", "fields", "-e", "oscore.code", "-e", "data.data"]
        said = subprocess.run(["tshark", "-r", capture, *keys, *fields], check=True, capture_output=True, text=True)
        lines = [line.split("\t") for line in said.stdout.splitlines()]
        # Of data there are the ciphertext and, if it is not empty, the payload.
        return [(int(code), bytes.fromhex(data.partition(",")[2])) for code, data in lines]


def _loopback() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


@contextmanager
def relay(server: int) -> Iterator[Relay]:
    """One to the server at a port."""
    made = Relay(server)
    thread = Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        made.end()
        thread.join()
        made.close()
