"""Semvers of model versions: what may be one, and which comes next."""

from collections.abc import Iterable

from semver import Version

LONGEST = 255
FIRST = Version(1, 0, 0)


def parse(text: str) -> Version | None:
    """A version by SemVer 2.0.0's own grammar; None for anything else, a leading `v` included."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        return Version.parse(text)
    except ValueError:
        return None


def following(taken: Iterable[Version]) -> Version:
    """The lowest release above all that are taken; 1.0.0 when none is.

    From 1.2.3 that is 1.2.4, and so it is from 1.2.3+build; from 1.2.3-rc.1 it is 1.2.3, the release that the
    prerelease was made for.
    """
    highest = max(taken, default=None)
    return FIRST if highest is None else highest.finalize_version() if highest.prerelease else highest.bump_patch()
