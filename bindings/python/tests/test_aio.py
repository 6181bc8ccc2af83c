"""lake.aio: questions answered by coroutines, while the loop goes on."""

from __future__ import annotations

import asyncio

import pytest

import lake
import lake.testing
from lake.aio import PULL, Host


def identity(kid: bytes, kind: lake.KeyKind = lake.KeyKind.P256) -> lake.Credential:
    return lake.Credential.generate(kind, kid=kid)


def session(own: lake.Credential, role: lake.Role, method: int = 3) -> lake.Session:
    return lake.Session(lake.Config(own=[own], methods=[method], pull=PULL), role)


async def run(host: Host, i: lake.Session, r: lake.Session) -> None:
    message_2 = await host.step(r, await host.step(i))
    await host.step(r, await host.step(i, message_2))


def test_a_lookup_does_not_block_the_loop() -> None:
    """The lookup ends only when another task has run, so the loop must go on meanwhile."""
    own_i, own_r = identity(b"I"), identity(b"R")

    async def main() -> int:
        asked, found = asyncio.Event(), asyncio.Event()

        async def resolve(id_cred: bytes) -> lake.Credential:
            asked.set()
            await found.wait()
            return {own_i.id_cred: own_i, own_r.id_cred: own_r}[id_cred]

        async def database() -> int:
            await asked.wait()
            initiator, responder = lake.testing.handshake()  # another session in the middle
            found.set()
            return int(initiator.info.is_complete and responder.info.is_complete)

        i, r = session(own_i, lake.Role.INITIATOR), session(own_r, lake.Role.RESPONDER)
        other = asyncio.create_task(database())
        await asyncio.wait_for(run(Host(resolve=resolve), i, r), 30)
        assert r.info.is_authenticated
        return await other

    assert asyncio.run(main()) == 1


def test_what_a_resolver_raises() -> None:
    class Mine(Exception):
        pass

    async def resolve(_: bytes) -> None:
        raise Mine

    i, r = session(identity(b"I"), lake.Role.INITIATOR), session(identity(b"R"), lake.Role.RESPONDER)
    with pytest.raises(Mine):
        asyncio.run(run(Host(resolve=resolve), i, r))


def test_unknown_and_unwanted_peers() -> None:
    own_i, own_r = identity(b"I"), identity(b"R")
    i, r = session(own_i, lake.Role.INITIATOR), session(own_r, lake.Role.RESPONDER)
    with pytest.raises(lake.UnknownCredentialError) as unknown:
        asyncio.run(run(Host(), i, r))
    assert unknown.value.error_message == b"\x03\xf5"

    async def resolve(_: bytes) -> lake.Credential:
        return own_r

    async def approve(_: lake.Credential) -> bool:
        return False

    i, r = session(own_i, lake.Role.INITIATOR), session(own_r, lake.Role.RESPONDER)
    with pytest.raises(lake.CredentialError) as unwanted:
        asyncio.run(run(Host(resolve=resolve, approve=approve), i, r))
    assert unwanted.value.status == lake.Status.ERR_PEER_REJECTED
    assert unwanted.value.error_message


@pytest.mark.parametrize("accepted", [True, False])
def test_critical_ead(accepted: bool) -> None:
    own_i, own_r = identity(b"I"), identity(b"R")

    async def resolve(id_cred: bytes) -> lake.Credential:
        return {own_i.id_cred: own_i, own_r.id_cred: own_r}[id_cred]

    async def accept(message: int, item: lake.EADItem) -> bool:
        assert (message, item) == (3, lake.EADItem(-70, b"x"))
        return accepted

    i, r = session(own_i, lake.Role.INITIATOR), session(own_r, lake.Role.RESPONDER)
    i.ead_add(3, -70, b"x")
    host = Host(resolve=resolve, accept=accept)
    if accepted:
        asyncio.run(run(host, i, r))
        assert r.info.is_authenticated
    else:
        with pytest.raises(lake.MessageError) as caught:
            asyncio.run(run(host, i, r))
        assert caught.value.status == lake.Status.ERR_EAD_CRITICAL


def test_key_elsewhere() -> None:
    """An ECDH that another machine computes: here, X25519 in Python itself."""
    private, public = lake.generate_keypair(lake.KeyKind.X25519)
    own_i = lake.Credential.from_ccs(lake.build_ccs(lake.KeyKind.X25519, public, kid=b"I"))
    own_i.set_external_key()
    own_r = identity(b"R", lake.KeyKind.X25519)

    async def resolve(id_cred: bytes) -> lake.Credential:
        return {own_i.id_cred: own_i, own_r.id_cred: own_r}[id_cred]

    async def ecdh(peer: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

        await asyncio.sleep(0)
        return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(peer))

    i, r = session(own_i, lake.Role.INITIATOR), session(own_r, lake.Role.RESPONDER)
    asyncio.run(run(Host(resolve=resolve, ecdh=ecdh), i, r))
    assert r.info.is_authenticated
    i, r = session(own_i, lake.Role.INITIATOR), session(own_r, lake.Role.RESPONDER)
    with pytest.raises(lake.CredentialError, match="nothing to compute"):
        asyncio.run(run(Host(resolve=resolve), i, r))
