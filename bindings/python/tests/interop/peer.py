"""One side of a run: peer.py ENGINE server PORT FILE FLOW, or peer.py ENGINE client URI FILE FLOW.

ENGINE is lakers (aiocoap as it is), lake (aiocoap on liblake) or lake.aiocoap. FILE
has aiocoap's credentials in CBOR diagnostic notation; lake.aiocoap reads its own out
of it. FLOW is combined, or message_4 in requests of their own, as aiocoap has it; or
explicit, without message_4, or reverse, which aiocoap has not. A server says when it is
ready, and ends with its standard input; a client prints what it gets. aiocoap's also PUT
a note: a client what stands behind FLOW, a server takes it. What aiocoap derives OSCORE's keys
from is noted beside FILE, for tshark.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import cbor2
import cbor_diag


def load(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = cbor2.loads(cbor_diag.diag2cbor(Path(path).read_text()))
    return loaded


# --- aiocoap's own EDHOC -----------------------------------------------------------------


def note_contexts(file: Path, role: str) -> None:
    """Appends each context to a file, as a row of Wireshark's table oscore_contexts: the client's.

    aiocoap forgets the secret, so it is noted where it comes by.
    """
    from aiocoap.oscore import SecurityContextUtils

    derive = SecurityContextUtils.derive_keys

    def derive_and_note(self: Any, salt: bytes, secret: bytes) -> None:
        derive(self, salt, secret)
        ids = (self.sender_id, self.recipient_id) if role == "client" else (self.recipient_id, self.sender_id)
        row = ",".join(f'"{value.hex()}"' for value in (*ids, secret, salt, b""))
        with file.open("a") as out:
            out.write(f'{row},"AES-CCM-16-64-128 (CCM*)"\n')

    SecurityContextUtils.derive_keys = derive_and_note


async def aiocoap_server(port: int, credentials: dict[str, Any], _flow: str) -> None:
    import aiocoap
    from aiocoap import resource
    from aiocoap.credentials import CredentialsMap
    from aiocoap.oscore_sitewrapper import OscoreSiteWrapper

    class Hello(resource.Resource):  # type: ignore[misc]
        async def render_get(self, request: Any) -> Any:
            claims = getattr(request.remote, "authenticated_claims", [])
            return aiocoap.Message(payload=f"Hello, {' '.join(claims)}".encode())

        async def render_put(self, request: Any) -> Any:
            return aiocoap.Message(code=aiocoap.CHANGED, payload=b"Noted: " + request.payload)

    known = CredentialsMap()
    known.load_from_dict(credentials)
    site = resource.Site()
    site.add_resource(["hello"], Hello())
    context = await aiocoap.Context.create_server_context(
        OscoreSiteWrapper(site, known), bind=("127.0.0.1", port), transports=["udp6"]
    )
    await until_eof()
    await context.shutdown()


async def aiocoap_client(uri: str, credentials: dict[str, Any], _flow: str, note: str = "") -> None:
    import aiocoap

    context = await aiocoap.Context.create_client_context(transports=["oscore", "udp6"])
    context.client_credentials.load_from_dict(credentials)
    request = aiocoap.Message(code=aiocoap.GET, uri=f"{uri}/hello")
    response = await context.request(request).response
    print(response.code, response.payload.decode())
    if note:
        request = aiocoap.Message(code=aiocoap.PUT, uri=f"{uri}/hello", payload=note.encode())
        response = await context.request(request).response
        print(response.code, response.payload.decode())
    await context.shutdown()


# --- lake.aiocoap ----------------------------------------------------------------------------


def config(credentials: dict[str, Any], flow: str) -> Any:
    import lake

    own = next(entry["edhoc-oscore"] for entry in credentials.values() if "own_cred" in entry["edhoc-oscore"])
    peer = next(entry["edhoc-oscore"] for entry in credentials.values() if "peer_cred" in entry["edhoc-oscore"])
    mine, theirs = (
        lake.Credential.from_ccs(cbor2.dumps(cred[14], canonical=True)) for cred in (own["own_cred"], peer["peer_cred"])
    )
    mine.set_private_key(own["private_key"][-4])
    if own["own_cred_style"] == "by-value":
        mine.set_id(lake.IdType.KCCS)
    return lake.Config(own=[mine], peers=[theirs], methods=[3], suites=[2], message_4=flow == "message_4")


async def lake_server(port: int, credentials: dict[str, Any], flow: str) -> None:
    from lake.aiocoap import Server

    made = config(credentials, flow)
    server = Server(initiator=made) if flow == "reverse" else Server(made)
    await server.start(port=port)
    await until_eof()
    await server.close()


async def lake_client(uri: str, credentials: dict[str, Any], flow: str) -> None:
    import lake
    from lake.aiocoap import Client

    role = lake.Role.RESPONDER if flow == "reverse" else lake.Role.INITIATOR
    async with Client(uri, config(credentials, flow), role, combined=flow == "combined") as client:
        await client.handshake()
        print("2.05 Content", (await client.get("hello")).decode())


async def until_eof() -> None:
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    engine, role, where, path, flow, *note = sys.argv[1:]
    if engine == "lake":
        import lake

        lake.install_as_lakers()
    if engine != "lake.aiocoap":
        note_contexts(Path(f"{path}.contexts"), role)
    if role == "server":
        serve = lake_server if engine == "lake.aiocoap" else aiocoap_server
        asyncio.run(serve(int(where), load(path), flow))
    else:
        run = lake_client if engine == "lake.aiocoap" else aiocoap_client
        asyncio.run(asyncio.wait_for(run(where, load(path), flow, *note), 30))
    if engine == "lakers":
        assert "lake" not in sys.modules, "the genuine side runs without liblake"


if __name__ == "__main__":
    main()
