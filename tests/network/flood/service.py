"""The CoAP server in Python that flood is about: aiocoap, which knows no EDHOC here, on `lake.endpoint`.

Its clients are the demo client of examples/c.
"""

import asyncio
import contextlib
import signal
import socket

import aiocoap
import lake
from aiocoap.resource import Resource, Site
from lake.endpoint import Endpoint
from lake.endpoint.aio import Underlay

CLIENT = bytes.fromhex(
    "a2026b64656d6f20636c69656e7408a101a501020241012001215820ea99c32651965e046fb22f0f66477aaa8ca9b260"
    "0acf2d29a6605b5d483190e72258204585dc64fa94fbc7b7fcaa05061bb0035b7603ad508f3a5dd9d59263d6880e5b"
)
SERVER = bytes.fromhex(
    "a2026b64656d6f2073657276657208a101a5010202412120012158206580128c66e226bc573fbcb83ef9dcdb998499ce"
    "d85027a41ea4831618d2455e22582027a20216d55db7b45291ad6be9e2f9dbde574e87a5e30ef0154acfb7dfdf0f3c"
)
SERVER_KEY = bytes.fromhex("038e6f4d11c28428b1cdc88304a715f7cb32f4fb1161702b735e5a7bcb1f7799")


class Hello(Resource):
    async def render_get(self, request: aiocoap.Message) -> aiocoap.Message:
        return aiocoap.Message(payload=b"Hello")


async def main() -> None:
    own = lake.Credential.from_ccs(SERVER)
    own.set_private_key(SERVER_KEY)
    config = lake.Config(own=[own], peers=[lake.Credential.from_ccs(CLIENT)], suites=[2, 3], methods=[3, 2, 1, 0])
    site = Site()
    site.add_resource(["hello"], Hello())
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    context = await aiocoap.Context.create_server_context(site, bind=address, transports=["simplesocketserver"])
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    with contextlib.closing(Endpoint(responder=config)) as endpoint, Underlay(endpoint, server=address) as underlay:
        print("listening on", "{}:{}".format(*underlay.address), flush=True)
        await ended.wait()
    await context.shutdown()


asyncio.run(main())
