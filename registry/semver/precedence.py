"""SemVer 2.0.0 precedence as a key: ASCII texts that compare, byte by byte, as the versions do.

A number is written behind the count of its digits (`0012`, `00210`), so it compares as one however long it is. Behind
major, minor and patch a release has `~`, which is above everything; a prerelease has its identifiers, `0` before a
number and `1` before a word, each ended by `!`, which is below everything that an identifier may hold. Build metadata
has no precedence, so it is not in the key.
"""

from semver import Version

RELEASE, END, NUMBER, WORD = "~", "!", "0", "1"


def of(version: Version) -> str:
    """The key of a version."""
    core = core_of(version.major, version.minor, version.patch)
    if version.prerelease is None:
        return core + RELEASE
    return core + "".join(_identifier(one) for one in version.prerelease.split("."))


def core_of(major: int, minor: int, patch: int) -> str:
    """What the keys of a version and of all its prereleases begin with; below all of them."""
    return _number(str(major)) + _number(str(minor)) + _number(str(patch))


def _number(digits: str) -> str:
    return f"{len(digits):03d}{digits}"


def _identifier(text: str) -> str:
    return (NUMBER + _number(text) if text.isdigit() else WORD + text) + END
