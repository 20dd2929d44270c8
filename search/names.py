"""Names to fields: what `metrics.loss`, `attributes.start_time` or a bare `created` stands for."""

from typing import NamedTuple

from search.errors import SearchError, shown
from search.grammar import Field, Kind, Searchable
from search.tokens import Token, TokenKind, unquote


class Target(NamedTuple):
    """What a name stands for in one entity."""

    kind: Kind
    key: str
    field: Field


def resolve(token: Token, searchable: Searchable, *, ordering: bool = False) -> Target:
    """The target of a name in a filter or, with `ordering`, in order_by. SearchError if there is none."""
    if token.kind is not TokenKind.NAME:
        message = f"Invalid comparison clause. Expected 'Identifier' found '{shown(token.text)}'"
        raise SearchError(message, token.position)
    kind, key = _split(token, searchable)
    found = searchable.find(kind, key)
    if found and (found[1].orderable if ordering else found[1].filterable):
        return Target(kind, *found)
    raise _unknown_key(token, kind, key, searchable, ordering=ordering)


def _split(token: Token, searchable: Searchable) -> tuple[Kind, str]:
    first, *rest = token.parts
    if not rest:
        return Kind.ATTRIBUTE, unquote(first)
    # Kinds are case-sensitive, as in MLflow, and may stand in back-ticks but in no other quotes.
    kind = searchable.words.get(unquote(first) if first[0] == "`" else first)
    if kind is None:
        raise SearchError(searchable.wording.unknown_kind.format(word=shown(first)), token.position)
    return kind, _key(token, rest)


def _key(token: Token, parts: list[str]) -> str:
    if len(parts) == 1:
        return unquote(parts[0])
    if any(part[0] in "'\"`" for part in parts):
        # MLflow takes the quotes of metrics.`a`.b as part of the key, which no metric could have.
        raise SearchError(f"Quote the whole key in {shown(token.text)}, not a part of it", token.position)
    return ".".join(parts)


def _unknown_key(token: Token, kind: Kind, key: str, searchable: Searchable, *, ordering: bool) -> SearchError:
    wording = searchable.wording
    template = (wording.unknown_order_key if ordering else "") or wording.unknown_key
    valid = ", ".join(repr(name) for name in valid_keys(kind, searchable, ordering=ordering))
    return SearchError(template.format(kind=kind, key=shown(key), valid=valid), token.position)


def valid_keys(kind: Kind, searchable: Searchable, *, ordering: bool) -> list[str]:
    """All spellings of the keys of a kind that can be filtered or ordered by."""
    fields = searchable.named.get(kind, {}).items()
    usable = [(name, one) for name, one in fields if (one.orderable if ordering else one.filterable)]
    return sorted(spelling for name, one in usable for spelling in (name, *one.aliases))
