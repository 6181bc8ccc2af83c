"""EDHOC over CoAP (RFC 9528 appendix A.2, RFC 9668) without sockets: for any CoAP stack.

A `Server` takes what the stack received, one call per datagram, and says what to
answer. A `Client` says what to send. Nothing here waits, and no other package is
needed. `lake.aiocoap` is this on aiocoap.

>>> config_i, config_r = lake.testing.configs()
>>> from lake.coap import Incoming
>>> established = []
>>> server = lake.coap.Server(responder=config_r, on_event=established.append)
>>> client = lake.coap.Client(config_i)
>>> request = client.start()
>>> while request:  # what the stacks of both sides do
...     received = Incoming(request.code, request.payload, format=request.format, echo=request.echo, peer=b'client')
...     answer = server.handle(received)
...     request = client.next(Incoming(answer.code, answer.payload, format=answer.format, echo=answer.echo))
>>> client.is_done
True
>>> mine, theirs = client.session.oscore_context(), established[0].session.oscore_context()
>>> mine.master_secret == theirs.master_secret
True
"""

from .._abi import Code, EventKind, Format, Option
from .client import Client
from .event import Event, OnEvent, Prepare
from .ids import Ids
from .messages import Incoming, Outgoing
from .profile import PATH, Advertised, Profile, peer_profiles
from .resource import Resource, read_links
from .server import Limits, Server, Stats

__all__ = [
    "PATH", "Advertised", "Client", "Code", "Event", "EventKind", "Format", "Ids", "Incoming", "Limits", "OnEvent",
    "Option", "Outgoing", "Prepare", "Profile", "Resource", "Server", "Stats", "peer_profiles", "read_links",
]  # fmt: skip
