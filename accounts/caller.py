"""Who is calling, for those who want to write it down and were not told: set once a request, at the door.

It is no way to decide what somebody may do. Each thread and each task has its own, and nobody calls where none is set.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from accounts.identity import Identity
from accounts.models import AccessToken, User


@dataclass(frozen=True)
class Caller:
    """`user` None: nobody, or the service itself. `job` is the number of the CI job that calls."""

    user: User | None = None
    token: AccessToken | None = None
    ip: str | None = None
    job: str = ""


NOBODY = Caller()

_caller: ContextVar[Caller | Callable[[], Caller]] = ContextVar("caller", default=NOBODY)


def current() -> Caller:
    found = _caller.get()
    return found if isinstance(found, Caller) else found()


def identified(identity: Identity | None, *, ip: str | None, job: str = "") -> None:
    """A door has found out who this request's caller is. It holds until the request ends."""
    user, token = (identity.user, identity.token) if identity else (None, None)
    _caller.set(Caller(user, token, ip, job))


@contextmanager
def calling(
    user: User | None, *, token: AccessToken | None = None, ip: str | None = None, job: str = ""
) -> Iterator[None]:
    """For what acts without a request: commands, tasks, tests."""
    before = _caller.set(Caller(user, token, ip, job))
    try:
        yield
    finally:
        _caller.reset(before)


class OneCallerARequest:
    """Middleware: a request begins with whoever its session is of, asked for only when wanted, and ends with nobody."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        before = _caller.set(lambda: _of_session(request))
        try:
            return self.get_response(request)
        finally:
            _caller.reset(before)


def _of_session(request: Any) -> Caller:
    user = getattr(request, "user", None)
    return Caller(user if isinstance(user, User) else None, ip=request.META.get("REMOTE_ADDR") or None)
