"""The OSCORE context of a session, as aiocoap wants it."""

from __future__ import annotations

from typing import Any

from aiocoap import oscore

from .. import coap
from .._abi import TextKind
from ..session import Session

_HASHES = {-16: "sha256", -43: "sha384"}


class SecurityContext(oscore.CanProtect, oscore.CanUnprotect, oscore.SecurityContextUtils):  # type: ignore[misc]
    """The OSCORE context of a session, as aiocoap wants it.

    With a client, message_3 goes with the first request that it protects (RFC 9668),
    and the first answer that it verifies completes the run.
    """

    id_context = None

    def __init__(self, session: Session, client: coap.Client | None = None) -> None:
        context = session.oscore_context()
        self.session = session
        self.sender_id, self.recipient_id = context.sender_id, context.recipient_id
        self.authenticated_claims = [session.peer_credential.text(TextKind.SUBJECT)]
        self.alg_aead = next(a for a in oscore.algorithms.values() if a.value == context.aead)
        self.hashfun = oscore.hashfunctions[_HASHES[context.hash]]
        self.recipient_replay_window = oscore.ReplayWindow(32, lambda: None)
        self.recipient_replay_window.initialize_empty()
        self.sender_sequence_number = 0
        self.derive_keys(context.master_salt, context.master_secret)
        self._to_combine = self._to_verify = client

    def __repr__(self) -> str:
        return f"<lake.aiocoap.SecurityContext {self.recipient_id.hex()}>"  # the session may be gone

    def do_not_combine(self) -> None:
        """message_3 goes without a request."""
        self._to_combine = self._to_verify = None

    def post_seqnoincrease(self) -> None:
        """Nothing is kept over a restart."""

    def protect(self, message: Any, request_id: Any = None, *, kid_context: bool = True) -> Any:
        outer, request_id = super().protect(message, request_id=request_id, kid_context=kid_context)
        if self._to_combine:
            block = message.opt.block1.block_number if message.opt.block1 else 0
            room = message.remote.underlying_address.maximum_payload_size
            outer.payload, outer.opt.edhoc = self._to_combine.combine(outer.payload, block=block, max=room)
            self._to_combine = None
        return outer, request_id

    def unprotect(self, message: Any, request_id: Any = None) -> Any:
        unprotected = super().unprotect(message, request_id)
        if self._to_verify:
            self._to_verify.verified()
            self._to_verify = None
        return unprotected
