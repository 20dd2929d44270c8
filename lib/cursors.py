"""Page tokens: the ordering values of the last row seen, signed, and bound to the question they belong to.

A token made for one question (project, filter, order) is refused by every other, so that it can neither leak
another project's values nor silently skip rows.
"""

import base64
import binascii
import json
from hashlib import sha256
from typing import Any

from django.core.signing import BadSignature, Signer

from lib.errors import InvalidInput


def question(*parts: Any) -> str:
    """A short digest of everything that decides which rows are listed, and in which order."""
    return sha256(json.dumps(parts, default=str, ensure_ascii=True).encode()).hexdigest()[:16]


def encode(asked: str, last: list[Any]) -> str:
    """The token that continues after the row whose ordering values are `last`."""
    body = json.dumps(last, separators=(",", ":"))
    signed = Signer(salt=f"cursor:{asked}").sign(body)
    return base64.urlsafe_b64encode(signed.encode()).decode()


def decode(asked: str, token: str) -> list[Any]:
    """The ordering values in `token`. InvalidInput when it is not one of ours, or was made for another question."""
    try:
        signed = base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, UnicodeError):
        raise InvalidInput("Invalid page token, could not base64-decode", field="page_token") from None
    try:
        return list(json.loads(Signer(salt=f"cursor:{asked}").unsign(signed)))
    except (BadSignature, ValueError):
        message = "Invalid page token: it was not issued for this search (same project, filter and order)"
        raise InvalidInput(message, field="page_token") from None
