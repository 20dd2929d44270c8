"""Ranges of versions by npm's rules: `^1.2`, `~1.4`, `>=1 <3`, `1.x`, `1.2 - 2.0`, `… || …`.

A range is a list of sets of comparators: a version is in it when it satisfies all comparators of one set. A prerelease
is in a set only when one of its comparators names a prerelease of the very same major.minor.patch. Written after the
`semver` of npm, with which the tests compare; it takes numbers of any length, though.
"""

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass

from semver import Version

from registry.semver import precedence

LONGEST = 255
MOST_SETS = 16

_NUMBER = r"0|[1-9][0-9]*"
_PART = rf"{_NUMBER}|[xX*]"
_IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_PLAIN = (
    rf"[v=]*(?P<major>{_PART})(?:\.(?P<minor>{_PART})(?:\.(?P<patch>{_PART})"
    rf"(?:-(?P<prerelease>{_IDENTIFIER}(?:\.{_IDENTIFIER})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?"
)
_PARTIAL = re.compile(_PLAIN)
_NAMES = ("major", "minor", "patch")
_SIMPLE = re.compile(r"(?P<sign>>=|<=|>|<|=|\^|~>?|)(?P<partial>.*)")
_HYPHEN = re.compile(r"(?P<low>\S+)\s+-\s+(?P<high>\S+)")
_SPACE_AFTER_SIGN = re.compile(r"(>=|<=|>|<|=|\^|~>?)\s+")

_HOLDS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}


@dataclass(frozen=True, slots=True)
class Comparator:
    """`sign` is one of > >= < <= =."""

    sign: str
    version: Version

    @property
    def key(self) -> str:
        return precedence.of(self.version)

    @property
    def core(self) -> str:
        return precedence.core_of(self.version.major, self.version.minor, self.version.patch)


class NotARange(ValueError):
    pass


def parse(text: str) -> list[list[Comparator]] | None:
    """The sets of comparators; None for a text that is no range. An empty set holds every release."""
    sets = text.split("||")
    if not text.strip() or len(text) > LONGEST or not text.isascii() or len(sets) > MOST_SETS:
        return None
    try:
        return [list(_set(one.strip())) for one in sets]
    except NotARange:
        return None


def holds(sets: list[list[Comparator]], version: Version) -> bool:
    """Whether the version is in the range. The database asks the same by keys: see `registry.lookup`."""
    return any(_all_hold(comparators, version) for comparators in sets)


def _all_hold(comparators: list[Comparator], version: Version) -> bool:
    key = precedence.of(version)
    if not all(_HOLDS[one.sign](key, one.key) for one in comparators):
        return False
    named = [one.core for one in comparators if one.version.prerelease]
    return not version.prerelease or any(key.startswith(core) for core in named)


def _set(text: str) -> Iterator[Comparator]:
    if hyphen := _HYPHEN.fullmatch(text):
        yield from _between(_partial(hyphen["low"]), _partial(hyphen["high"]))
        return
    for simple in _SPACE_AFTER_SIGN.sub(r"\1", text).split():
        match = _SIMPLE.fullmatch(simple)
        if match is None:
            raise NotARange
        yield from _RULES[match["sign"]](_partial(match["partial"]))


@dataclass(frozen=True, slots=True)
class Partial:
    """A version of which the last parts may be left out (None)."""

    major: int | None
    minor: int | None
    patch: int | None
    prerelease: str | None

    @property
    def lowest(self) -> Version:
        return Version(self.major or 0, self.minor or 0, self.patch or 0, self.prerelease)

    @property
    def is_whole(self) -> bool:
        return self.patch is not None


def _partial(text: str) -> Partial:
    found = _PARTIAL.fullmatch(text)
    if found is None:
        raise NotARange
    major, minor, patch = (None if found[name] in (None, *"xX*") else int(found[name]) for name in _NAMES)
    if (major is None and minor is not None) or (minor is None and patch is not None):
        raise NotARange  # `1.x.3` names a part behind one that is open
    return Partial(major, minor, patch, None if patch is None else found["prerelease"])


def _before(major: int, minor: int, patch: int) -> Comparator:
    """Below the version and all of its prereleases."""
    return Comparator("<", Version(major, minor, patch, "0"))


def _from(partial: Partial) -> Comparator:
    return Comparator(">=", partial.lowest)


def _after_all_of(partial: Partial) -> tuple[int, int, int]:
    """The first version after all that a partial one stands for."""
    if partial.minor is None:
        return (partial.major or 0) + 1, 0, 0
    return partial.major or 0, partial.minor + 1, 0


NOTHING = _before(0, 0, 0)


def _equal(one: Partial) -> Iterator[Comparator]:
    if one.is_whole:
        yield Comparator("=", one.lowest)
    elif one.major is not None:
        yield _from(one)
        yield _before(*_after_all_of(one))


def _greater(one: Partial) -> Iterator[Comparator]:
    if one.is_whole:
        yield Comparator(">", one.lowest)
    else:
        yield NOTHING if one.major is None else Comparator(">=", Version(*_after_all_of(one)))


def _at_least(one: Partial) -> Iterator[Comparator]:
    if one.major is not None:
        yield _from(one)


def _less(one: Partial) -> Iterator[Comparator]:
    if one.is_whole:
        yield Comparator("<", one.lowest)
    else:
        yield _before(one.major or 0, one.minor or 0, 0)


def _at_most(one: Partial) -> Iterator[Comparator]:
    if one.is_whole:
        yield Comparator("<=", one.lowest)
    elif one.major is not None:
        yield _before(*_after_all_of(one))


def _tilde(one: Partial) -> Iterator[Comparator]:
    if one.major is not None:
        yield _from(one)
        yield _before(*_after_all_of(one))


def _caret(one: Partial) -> Iterator[Comparator]:
    """Up to the next change of the leftmost part that is not 0."""
    if one.major is None:
        return
    yield _from(one)
    if one.major or one.minor is None:
        yield _before(one.major + 1, 0, 0)
    elif one.minor or one.patch is None:
        yield _before(0, one.minor + 1, 0)
    else:
        yield _before(0, 0, one.patch + 1)


def _between(low: Partial, high: Partial) -> Iterator[Comparator]:
    yield from _at_least(low)
    yield from _at_most(high)


_RULES = {
    "": _equal,
    "=": _equal,
    ">": _greater,
    ">=": _at_least,
    "<": _less,
    "<=": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
