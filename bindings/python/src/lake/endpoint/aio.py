"""For asyncio: an endpoint on a UDP socket, beneath CoAP programs that speak plain CoAP on loopback.

The programs stay as they are. A server gets requests from addresses of loopback, one for each
peer; a client sends to a gate, in the place of the address of a server:

>>> from lake.endpoint import Endpoint
>>> from lake.endpoint.aio import Underlay
>>> config_i, config_r = lake.testing.configs()
>>> async def main():
...     with socket.socket(type=socket.SOCK_DGRAM) as server, socket.socket(type=socket.SOCK_DGRAM) as client:
...         server.bind(('127.0.0.1', 0))  # two programs
...         with Underlay(Endpoint(responder=config_r), server=server.getsockname()) as there, \\
...                 Underlay(Endpoint(initiator=config_i)) as here:
...             client.connect(here.gate(*there.address))
...             client.send(bytes.fromhex('4101000107b568656c6c6f'))  # GET /hello
...             request, source = await asyncio.to_thread(server.recvfrom, 1500)
...             server.sendto(bytes.fromhex('6145000107ff4869'), source)
...             return request.hex(), (await asyncio.to_thread(client.recv, 1500)).hex()
>>> asyncio.run(main())
('4101000107b568656c6c6f', '6145000107ff4869')

Every program of this machine can use a gate, and a server that listens on loopback hears every
program of this machine: they are inside of what OSCORE protects.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .._abi import EndpointEventKind
from ..errors import LakeError
from .actions import Deliver, EndpointEvent, Save, Send
from .endpoint import Endpoint

if TYPE_CHECKING:
    from typing_extensions import Self

_MAX = 65535
_log = logging.getLogger(__name__)

Address = tuple[str, int]
"""An IP address and a port."""


def name(host: str, port: int) -> bytes:
    """What an Endpoint has as the address, such as for `prepare`.

    >>> lake.endpoint.aio.name('192.0.2.1', 5683), lake.endpoint.aio.name('2001:DB8::1', 5683)
    (b'192.0.2.1:5683', b'[2001:db8::1]:5683')
    """
    ip = ip_address(host)
    return (f"{ip}:{port}" if ip.version == 4 else f"[{ip}]:{port}").encode()


def _address(named: bytes) -> Address:
    host, _, port = named.decode().rpartition(":")
    return host.strip("[]"), int(port)


class Underlay:
    """An endpoint on a UDP socket at `bind`, of the running event loop, beneath the programs of this machine.

    `server` is where a CoAP server listens that gets the requests of peers: from a socket for
    each, of which there are at most `sockets`; the one that was idle for longest makes room,
    and its peer has another address for the server from then on.

    `on_event` is told every `EndpointEvent`, and `Save`. After it, or anybody else, has called the
    endpoint, `act` does what that wants done. What programs send and `Endpoint.send` refuses
    is lost, as on a network, and logged. Closing leaves the endpoint as it is.

    >>> async def main():
    ...     with lake.endpoint.aio.Underlay(lake.endpoint.Endpoint(responder=lake.testing.configs()[1])) as underlay:
    ...         return underlay.address[0]
    >>> asyncio.run(main())
    '127.0.0.1'
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        bind: Address = ("127.0.0.1", 0),
        server: Address | None = None,
        on_event: Callable[[EndpointEvent | Save], object] = lambda _: None,
        sockets: int = 256,
    ) -> None:
        self.endpoint = endpoint
        self._loop = asyncio.get_running_loop()
        self._server, self._on_event, self._room = server, on_event, sockets
        self._gates: dict[bytes, socket.socket] = {}
        self._programs: dict[bytes, Address] = {}  # who sent to a gate last
        self._sources: OrderedDict[int | bytes, socket.socket] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self._network = self._open(_socket(bind[0]), self._from_network)
        try:
            self._network.bind(bind)
        except OSError:
            self._shut(self._network)
            raise

    def close(self) -> None:
        """Closes the sockets; `with` does, too.

        See the example of the class.
        """
        if self._timer:
            self._timer.cancel()
        for opened in (self._network, *self._sources.values(), *self._gates.values()):
            self._shut(opened)
        self._sources.clear()
        self._gates.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def address(self) -> Address:
        """Where it is on the network. See the example of the module."""
        return _bound(self._network)

    def gate(self, host: str, port: int = 5683) -> Address:
        """Where a client sends what is for the server at an IP address, of the family of `bind`.

        One program at a time uses a gate: everything that comes from the server goes to the
        last. See the example of the module.
        """
        if (":" in host) != (self._network.family == socket.AF_INET6):
            raise ValueError(f"{host} cannot be reached from {self.address[0]}")
        to = name(host, port)
        if to not in self._gates:
            made = _socket("127.0.0.1")
            made.bind(("127.0.0.1", 0))
            self._gates[to] = self._open(made, lambda datagram, program: self._from_gate(to, datagram, program))
        return _bound(self._gates[to])

    def act(self) -> None:
        """Does what the endpoint wants done, now and when it is due.

        >>> async def main():
        ...     endpoint = lake.endpoint.Endpoint(responder=lake.testing.configs()[1])
        ...     with lake.endpoint.aio.Underlay(endpoint) as underlay:
        ...         for peer in endpoint.peers():
        ...             endpoint.drop(peer)
        ...         underlay.act()
        >>> asyncio.run(main())
        """
        for action in self.endpoint.actions():
            if isinstance(action, Send):
                with suppress(OSError):  # as good as lost on the way
                    self._network.sendto(action.datagram, _address(action.address))
            elif isinstance(action, Deliver):
                with suppress(OSError):
                    self._deliver(action)
            else:
                if isinstance(action, EndpointEvent) and action.kind == EndpointEventKind.DROPPED:
                    self._forget(action.peer or 0)
                self._loop.call_soon(self._on_event, action)
        if self._timer:
            self._timer.cancel()
        due = self.endpoint.due
        self._timer = None if due is None else self._loop.call_later(max(due - time.time(), 0), self._tick)

    def _tick(self) -> None:
        try:
            self.endpoint.tick()
        finally:  # what prepare raises goes to the loop
            self.act()

    # --- From the sockets ----------------------------------------------------------------

    def _from_network(self, datagram: bytes, sender: Address) -> None:
        try:
            self.endpoint.receive(name(*sender), datagram)
        finally:
            self.act()

    def _from_gate(self, to: bytes, datagram: bytes, program: Address) -> None:
        self._programs[to] = program
        self._from_program(to, datagram)

    def _from_program(self, to: int | bytes, datagram: bytes) -> None:
        try:
            self.endpoint.send(to, datagram)
        except LakeError as error:  # a program that sends datagrams is told nothing
            _log.warning("a datagram for %s is lost: %s", to, error)
        finally:
            self.act()

    # --- To the programs -----------------------------------------------------------------

    def _deliver(self, action: Deliver) -> None:
        if action.address in self._programs:
            self._gates[action.address].sendto(action.datagram, self._programs[action.address])
        elif self._server is not None:
            self._source(action.source, self._server).send(action.datagram)

    def _source(self, source: int | bytes, server: Address) -> socket.socket:
        """The socket from which the server hears a peer, or somebody who is not known."""
        if source not in self._sources:
            if len(self._sources) >= self._room:
                self._forget(next(iter(self._sources)))
            made = self._open(_socket(server[0]), lambda datagram, _: self._from_program(source, datagram))
            self._sources[source] = made
            made.connect(server)
        self._sources.move_to_end(source)
        return self._sources[source]

    # --- Sockets -------------------------------------------------------------------------

    def _open(self, made: socket.socket, take: Callable[[bytes, Address], None]) -> socket.socket:
        def ready() -> None:
            try:
                datagram, sender = made.recvfrom(_MAX)
            except OSError:  # such as that an earlier datagram did not arrive
                return
            take(datagram, sender[:2])

        made.setblocking(False)
        self._loop.add_reader(made, ready)
        return made

    def _forget(self, source: int | bytes) -> None:
        if source in self._sources:
            self._shut(self._sources.pop(source))

    def _shut(self, opened: socket.socket) -> None:
        self._loop.remove_reader(opened)
        opened.close()


def _socket(host: str) -> socket.socket:
    """One of the family of an IP address."""
    if ip_address(host).version == 4:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def _bound(opened: socket.socket) -> Address:
    host, port, *_ = opened.getsockname()
    return host, port
