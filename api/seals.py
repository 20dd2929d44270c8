"""Short texts that only this server can have written: what they say is signed, for one purpose, with the time.

They stand in addresses that carry their own authority, for clients that send no credential there. The caller's token is
named in each, and asked again at every use: a seal is worth nothing once the token, its user or their role is gone.
"""

from collections.abc import Sequence
from typing import Any

from django.core import signing

from lib.errors import Forbidden


def sealed(purpose: str, said: Sequence[Any]) -> str:
    return signing.dumps(list(said), salt=f"tenon.{purpose}")


def opened(purpose: str, seal: str, *, kinds: tuple[type, ...], seconds: int | None = None) -> list[Any]:
    """What was said for this purpose, of these kinds. Forbidden for anything else, and after `seconds`."""
    try:
        said = signing.loads(seal, salt=f"tenon.{purpose}", max_age=seconds)
    # UnicodeError: a seal need not even be ASCII.
    except (signing.BadSignature, UnicodeError):
        raise _forbidden() from None
    if [type(one) for one in said] != list(kinds):
        raise _forbidden()
    return list(said)


def _forbidden() -> Forbidden:
    return Forbidden("This address was not signed here, or has expired: ask for a new one")
