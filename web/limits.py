"""Pages are counted as calls are (`accounts.throttles`): a signed-in user's, and those of an address without one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from accounts import throttles
from accounts.identity import Identity
from accounts.models import User
from lib.errors import Conflict
from web import refusals

# The JSON doors count for themselves, and probes are not counted.
ELSEWHERE = ("/api/", "/-/")


class CountedPages:
    """Middleware, behind the one that knows who has signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        if not (settings.RATE_LIMIT_UNAUTHENTICATED or settings.RATE_LIMIT_AUTHENTICATED):
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(ELSEWHERE):
            user: Any = request.user
            try:
                throttles.count(request, Identity(user) if isinstance(user, User) else None, throttles.PAGES)
            except Conflict as refused:
                return refusals.page(None, refused.status, refused.message)
        return self.get_response(request)
