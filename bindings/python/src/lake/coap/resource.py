"""EDHOC resources as others find them: links in /.well-known/core (RFC 9668 section 6)."""

from __future__ import annotations

from ctypes import byref
from dataclasses import dataclass, field

from .. import _abi
from .._library import get_text, lib, struct
from ..errors import NotFoundError
from .profile import PATH, Profile, fill, profile_of_struct, profile_struct


@dataclass
class Resource:
    """An EDHOC resource of a server.

    >>> resource = lake.coap.Resource(responder=True, profile=lake.coap.Profile(methods=[3], suites=[2]))
    >>> resource.link()
    '</.well-known/edhoc>;rt=core.edhoc;ed-csuite=2;ed-method=3;ed-r'
    """

    path: str = PATH
    initiator: bool = False
    """takes part in the reverse flow (ed-i)"""
    responder: bool = False
    """takes part in the forward flow (ed-r)"""
    profile: Profile = field(default_factory=Profile)
    profile_ids: list[int] = field(default_factory=list)
    """profiles named by ID (ed-prof): of `profile`, only eads count then"""

    def link(self) -> str:
        """The link, for the answer to GET /.well-known/core. ArgumentError.

        >>> lake.coap.Resource('no path').link()
        Traceback (most recent call last):
        lake.errors.ArgumentError: ...
        """
        made = struct(_abi.lake_coap_resource, initiator=int(self.initiator), responder=int(self.responder))
        made.n_profile_ids = fill(made, "profile_ids", self.profile_ids)
        profile = profile_struct(self.profile)
        return get_text(lib.lake_coap_link_write, self.path.encode(), byref(made), byref(profile))


def read_links(document: str) -> list[Resource]:
    """The EDHOC resources of a link-format document, such as the answer to GET /.well-known/core. MessageError.

    >>> lake.coap.read_links('</hello>,</edhoc>;rt=core.edhoc;ed-i')[0].path
    '/edhoc'
    """
    text, resources = document.encode(), list[Resource]()
    while True:
        made, profile = struct(_abi.lake_coap_resource), struct(_abi.lake_coap_profile)
        try:
            path = get_text(lib.lake_coap_link_read, text, len(text), len(resources), byref(made), byref(profile))
        except NotFoundError:
            return resources
        ids = made.profile_ids[: made.n_profile_ids]
        initiator, responder = bool(made.initiator), bool(made.responder)
        resources.append(Resource(path, initiator, responder, profile_of_struct(profile), ids))
