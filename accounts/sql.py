"""The hot read: whose token that is, once a request."""

import json
from typing import Any

from accounts.models import AccessToken, User
from lib.statements import aware, instance

# What a request may need of the two; other columns are asked for by whoever reads them.
_TOKEN = ("id", "kind", "name", "hint", "scopes", "expires_at", "revoked_at", "last_used_at", "user_id")
_USER = ("id", "username", "name", "email", "is_admin", "is_bot", "is_active", "created_at", "last_login")

COLUMNS = ", ".join([*(f"t.{name}" for name in _TOKEN), *(f"u.{name}" for name in _USER)])
COUNT = len(_TOKEN) + len(_USER)
# One row at most, by the unique index of digests, and its user by primary key. `%s`: the digest.
TABLES = "accounts_accesstoken t JOIN accounts_user u ON u.id = t.user_id"
HOLDER = f"SELECT {COLUMNS} FROM {TABLES} WHERE t.digest = %s"  # noqa: S608 - nothing but the literals above


def token_of(row: tuple[Any, ...]) -> AccessToken:
    """The token, with its user, of a row that begins with `COLUMNS`."""
    token = dict(zip(_TOKEN, row, strict=False))
    user = dict(zip(_USER, row[len(_TOKEN) :], strict=False))
    token["scopes"] = json.loads(token["scopes"])
    token["revoked_at"], token["last_used_at"] = aware(token["revoked_at"]), aware(token["last_used_at"])
    user["created_at"], user["last_login"] = aware(user["created_at"]), aware(user["last_login"])
    found = instance(AccessToken, token)
    found._state.fields_cache["user"] = instance(User, user)
    return found
