"""What may stand as one segment of a namespace's or project's URL, and what may be said of one."""

import re
import unicodedata

from lib.errors import InvalidInput

_SEGMENT = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,253}[A-Za-z0-9_\-])?\Z")

# First segments that are pages or doors of the service itself.
RESERVED_AT_TOP = frozenset(
    [
        "-",
        ".well-known",
        "accounts",
        "admin",
        "api",
        "assets",
        "dashboard",
        "explore",
        "groups",
        "health",
        "help",
        "login",
        "media",
        "new",
        "oauth",
        "profile",
        "projects",
        "public",
        "robots.txt",
        "static",
        "uploads",
        "users",
        "v2",
    ]
)

# A decoded `/projects/group/name/members` must not be readable as a project called `members`.
RESERVED_FOR_PROJECTS = frozenset(
    [
        "-",
        "access_tokens",
        "archive",
        "audit_events",
        "deploy_tokens",
        "hooks",
        "invitations",
        "job_token_scope",
        "jobs",
        "members",
        "ml",
        "packages",
        "pipelines",
        "groups",
        "projects",
        "restore",
        "subgroups",
        "exists",
        "storage",
        "transfer",
        "unarchive",
        "users",
    ]
)


def segment(path: str, *, reserved: frozenset[str] = frozenset()) -> str:
    """`path` itself. InvalidInput when it cannot be one segment of a URL, or is a word the service needs."""
    if not _SEGMENT.match(path) or path.endswith((".git", ".atom")):
        raise InvalidInput(
            "path can contain only letters, digits, '_', '-' and '.'. It cannot start with '-' or '.', "
            "or end in '.', '.git' or '.atom'",
            field="path",
        )
    if path.lower() in reserved:
        raise InvalidInput(f"path {path!r} is a reserved name", field="path")
    return path


def from_name(name: str) -> str:
    """A segment made of a name: `Fraud détection!` gives `fraud-detection`; "" when nothing usable is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_.]+", "-", plain).strip("-.")[:255]


def reference(address: int | str) -> int | str:
    """What a project or group is addressed by: its id, or its full path in lower case, as case does not count. -1 or
    "", which nothing has, for what can be neither."""
    text = str(address)
    if text.isascii() and text.isdigit():
        return int(text) if len(text) < 19 else -1
    return "" if "\x00" in text else text.lower()


def check_description(text: str) -> None:
    if len(text) > 2000:
        raise InvalidInput("description is too long (maximum is 2000 characters)", field="description")
