"""EDHOC and OSCORE (RFC 8613) underneath a CoAP stack that knows neither, without sockets.

An `Endpoint` stands between the network and the stack. Datagrams go in from either side
by `Endpoint.receive` and `Endpoint.send`, and `Endpoint.actions` says what is to be done.
The stack sees plain CoAP of authenticated peers, each an address of its own for it.
`lake.endpoint.aio` does it on sockets, beneath CoAP programs that stay as they are.

>>> from lake.endpoint import Deliver, Endpoint, Send
>>> config_i, config_r = lake.testing.configs()
>>> server, client = Endpoint(responder=config_r), Endpoint(initiator=config_i)
>>> client.send(b'server', bytes.fromhex('4101000107b568656c6c6f'))  # GET /hello, of the client's stack
>>> sides = {b'client': client, b'server': server}
>>> def work():  # what the hosts of both sides do
...     busy = True
...     while busy:
...         busy = False
...         for name, side in sides.items():
...             for action in side.actions():
...                 busy = True
...                 if isinstance(action, Send):
...                     sides[action.address].receive(name, action.datagram)
...                 elif isinstance(action, Deliver):
...                     print(name.decode(), 'has', action.datagram.hex())
...                     if name == b'server':  # its stack answers
...                         side.send(action.source, bytes.fromhex('6145000107ff4869'))
>>> work()
server has 4101000107b568656c6c6f
client has 6145000107ff4869
>>> server.peer_credential(server.peers()[0]).text(lake.TextKind.SUBJECT)
'initiator'
"""

from .._abi import EndpointEventKind
from .actions import Action, Deliver, EndpointEvent, Save, Send
from .endpoint import Endpoint, EndpointPrepare
from .info import EndpointLimits, EndpointStats, PeerInfo

__all__ = [
    "Action", "Deliver", "Endpoint", "EndpointEvent", "EndpointEventKind", "EndpointLimits", "EndpointPrepare",
    "EndpointStats", "PeerInfo", "Save", "Send",
]  # fmt: skip
