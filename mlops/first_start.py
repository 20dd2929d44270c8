"""What an empty installation begins with: an administrator, a group, a project and a token, so that it can be used.

A secret exists in clear only until it has been shown. Between the transaction that makes it and the moment it is on
the screen lies a file in the data folder; a start that was killed in between shows it the next time.
"""

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from string import ascii_letters, digits

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from accounts.services import tokens
from projects.models import Project
from projects.services import namespaces, projects, users

ADMINISTRATOR = "root"
# Any number that no other program on the same PostgreSQL database is likely to lock.
LOCK = 7_236_001


@dataclass(frozen=True)
class Credentials:
    """Shown once."""

    username: str
    password: str
    token: str


def prepare() -> bool:
    """Brings the tables up to date and fills an empty database. True when there was data before.

    Several processes may do so at once: one works, the others wait and find it done.
    """
    with _alone():
        call_command("migrate", interactive=False, verbosity=0)
        if User.objects.exists():
            return not _unshown().exists()
        _fill()
        return False


def unshown() -> Credentials | None:
    """What nobody has seen yet."""
    try:
        return Credentials(**json.loads(_unshown().read_text()))
    except FileNotFoundError:
        return None


def shown() -> None:
    _unshown().unlink(missing_ok=True)


def _fill() -> None:
    password = "".join(secrets.choice(ascii_letters + digits) for _ in range(16))
    with transaction.atomic():
        admin = users.create(ADMINISTRATOR, password=password, name="Administrator", is_admin=True)
        group = namespaces.create_group("demo", by=admin, name="Demo")
        projects.create(group, by=admin, name="First project", path="first-project")
        _, token = tokens.issue(admin, name="first start", scopes=["api"])
        _note(Credentials(admin.username, password, token))


def _note(credentials: Credentials) -> None:
    place = _unshown()
    place.unlink(missing_ok=True)
    place.touch(mode=0o600)
    place.write_text(json.dumps(asdict(credentials)))


def _unshown() -> Path:
    return Path(settings.DATA_DIR) / "first_start.json"


def first_project() -> Project | None:
    """The one whose address is printed."""
    return Project.objects.live().order_by("pk").first()


@contextmanager
def _alone() -> Iterator[None]:
    """No other process prepares the same database meanwhile."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    with (Path(settings.DATA_DIR) / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
