"""Whose request it is when proxies stand in front: the one right source of a client's address.

Afterwards `REMOTE_ADDR` is the client's for everybody: audit events, the last use of tokens, limits. Only what a
trusted proxy says counts; a header that the client has sent itself is never looked at.
"""

import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ClientAddress:
    """Middleware, the outermost. Without TRUSTED_PROXIES there is none, and the address is that of the connection."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response
        if not settings.TRUSTED_PROXIES:
            raise MiddlewareNotUsed

    def __call__(self, request: Any) -> Any:
        request.META["REMOTE_ADDR"] = client(
            request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        )
        return self.get_response(request)


def client(peer: str, forwarded: str) -> str:
    """The nearest address that is no trusted proxy's: `peer`, or one that proxies have put into X-Forwarded-For.

    Each proxy appends whom it was called by, so that the list is believed from its end, as far as its writers are
    trusted. When all of it is, its beginning is the client; what is no address ends it.
    """
    nearest = peer
    for hop in [*reversed(forwarded.split(","))]:
        address = _read(nearest)
        if address is None or not _is_trusted(address):
            break
        further = _read(hop.strip())
        if further is None:
            break
        nearest = str(further)
    return nearest


def _read(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
