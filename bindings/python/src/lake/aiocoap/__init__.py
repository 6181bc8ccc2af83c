"""EDHOC and OSCORE over CoAP (RFC 9528 appendix A, RFC 9668) with aiocoap, for all methods and suites.

`lake.coap` on aiocoap's sockets. Needs the extra `liblake[coap]`. For programs that want
aiocoap's own EDHOC on liblake, there is `lake.install_as_lakers`.

>>> import asyncio
>>> from lake.aiocoap import Client, Server
>>> config_i, config_r = lake.testing.configs()
>>> async def main() -> bytes:
...     async with Server(config_r) as server:
...         async with Client(server.uri, config_i) as client:
...             await client.handshake()
...             return await client.get('hello')
>>> asyncio.run(main())
b'Hello, initiator'
"""

try:
    import aiocoap as _aiocoap  # noqa: F401
except ImportError as missing:
    raise ImportError("lake.aiocoap needs aiocoap: pip install 'liblake[coap]'") from missing

from .client import Client
from .security import SecurityContext
from .server import Hello, Server

__all__ = ["Client", "Hello", "SecurityContext", "Server"]
