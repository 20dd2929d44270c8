"""How often somebody may call: each token so often, and each address so often without one. Off unless settings say so.

Headers and names are GitLab's: https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
"""

import ipaddress
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed

from accounts.identity import Identity
from lib import limits
from lib.errors import Conflict
from lib.limits import Limit, Window

# Through which door somebody calls.
API, MLFLOW, PAGES = "api", "mlflow", "web"
# What is kept with the request until its answer is there.
_KEPT = "throttle"


def count(request: Any, identity: Identity | None, door: str) -> None:
    """One more request of this caller, or of this address when nobody known calls. Conflict (429) beyond the limit."""
    limit = _limit(identity, door)
    if limit is None or _is_exempt(request):
        return
    name = f"throttle_{'authenticated' if identity else 'unauthenticated'}_{door}"
    window = limits.hit(limit, f"{name}:{_who(request, identity)}", server=settings.REDIS_URL)
    if window is None:
        return
    setattr(request, _KEPT, (name, window))
    if window.is_over:
        most = f"{limit.most} requests in {limit.seconds} seconds"
        message = f"Retry later: more than {most}; try again in {window.wait} seconds"
        raise Conflict(message, code="REQUEST_LIMIT_EXCEEDED", status=429)


def _limit(identity: Identity | None, door: str) -> Limit | None:
    if identity is None:
        found = settings.RATE_LIMIT_UNAUTHENTICATED
    else:
        found = settings.RATE_LIMIT_MLFLOW if door == MLFLOW else settings.RATE_LIMIT_AUTHENTICATED
    return found


def _who(request: Any, identity: Identity | None) -> str:
    """The token; the user who has signed in without one; else the address, or the /64 of an IPv6 one."""
    if identity is not None:
        return f"token:{identity.token.pk}" if identity.token else f"user:{identity.user.pk}"
    address = _address(request)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_exempt(request: Any) -> bool:
    if not settings.RATE_LIMIT_ALLOWLIST:
        return False
    address = _address(request)
    return any(address in network for network in settings.RATE_LIMIT_ALLOWLIST)


def _address(request: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class ToldLimits:
    """Middleware: tells whoever was counted where they stand."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response
        if not (settings.RATE_LIMIT_UNAUTHENTICATED or settings.RATE_LIMIT_AUTHENTICATED or settings.RATE_LIMIT_MLFLOW):
            raise MiddlewareNotUsed

    def __call__(self, request: Any) -> Any:
        answer = self.get_response(request)
        kept = getattr(request, _KEPT, None)
        if kept is not None:
            for header, value in _headers(*kept).items():
                answer[header] = value
        return answer


def _headers(name: str, window: Window) -> dict[str, str]:
    """GitLab tells the limit for a minute, whatever its period, and all else for the period."""
    told = {
        "RateLimit-Limit": str(-(-window.limit.most * 60 // window.limit.seconds)),
        "RateLimit-Name": name,
        "RateLimit-Observed": str(window.observed),
        "RateLimit-Remaining": str(window.remaining),
        "RateLimit-Reset": str(window.ends),
    }
    if window.is_over:
        told |= {"RateLimit-ResetTime": formatdate(window.ends, usegmt=True), "Retry-After": str(window.wait)}
    return told
