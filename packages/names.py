"""What a generic package, its version and its files may be called: GitLab's rules, and those of `packages.paths`."""

import re

from lib.errors import InvalidInput
from packages import paths

LONGEST = 255

_NAME = re.compile(r"[A-Za-z0-9._+\-]+")
_VERSION = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.+\-]+")
_ALLOWED = "may have only letters, digits and . _ - + in it, 255 at most"


def package(name: str) -> str:
    return _checked(name, _NAME, "package_name")


def version(name: str) -> str:
    return _checked(name, _VERSION, "package_version")


def file(path: str) -> str:
    """Folders may be called as anywhere else, the file itself not."""
    _checked(paths.name(paths.relative(path)), _NAME, "file_name")
    return path


def _checked(name: str, allowed: re.Pattern[str], field: str) -> str:
    if len(name) > LONGEST or not allowed.fullmatch(name):
        raise InvalidInput(_ALLOWED, field=field)
    # So that a client may make folders of them.
    return paths.relative(name)
