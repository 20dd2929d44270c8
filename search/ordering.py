"""The order_by parser: `["metrics.loss ASC", "start_time desc"]` to a list of orders."""

from collections.abc import Iterable
from dataclasses import dataclass

from search.errors import SearchError, shown
from search.grammar import Kind, Searchable
from search.names import Target, resolve, valid_keys
from search.tokens import Token, TokenKind, Tokens, check_text

MAX_CLAUSES = 100
"""Each may become a join."""


@dataclass(frozen=True, slots=True)
class Order:
    """One checked clause. Where missing values and NaN go, and what breaks a tie, is the entity's matter."""

    kind: Kind
    key: str
    ascending: bool = True


def parse_order_by(clauses: Iterable[str] | None, searchable: Searchable) -> list[Order]:
    """The orders of an order_by list, most significant first; ascending unless said. Raises SearchError.

    A key named twice, under whatever spelling, is refused, unless the entity `repeats`.
    """
    orders: dict[tuple[Kind, str], Order] = {}
    for count, clause in enumerate(clauses or (), start=1):
        if count > MAX_CLAUSES:
            raise SearchError(f"`order_by` can contain at most {MAX_CLAUSES} fields")
        order = _order(clause, searchable)
        if (order.kind, order.key) in orders and not searchable.repeats:
            raise SearchError(f"`order_by` contains duplicate fields: {shown(clause)}")
        orders.setdefault((order.kind, order.key), order)
    return list(orders.values())


def parse_order_field(name: str, searchable: Searchable, *, ascending: bool = True) -> Order:
    """The order of a plain field name, as logged models have it: `metrics.<key>`, or a bare attribute.

    Nothing is quoted here: all behind the first dot is the key. Raises SearchError.
    """
    check_text(name)
    word, dot, key = name.partition(".")
    if not dot:
        target = resolve(Token(TokenKind.NAME, name, 0, (f'"{name.strip()}"',)), searchable, ordering=True)
        return Order(target.kind, target.key, ascending)
    kind = searchable.words.get(word)
    if kind is None or kind not in searchable.free or kind not in searchable.ordered:
        raise SearchError(f"Invalid order by field name: {shown(name)}. Only metrics are supported.")
    return Order(kind, key, ascending)


def _order(clause: str, searchable: Searchable) -> Order:
    tokens = Tokens(clause)
    name, direction = tokens.poll(), tokens.poll()
    if name is None or name.kind is not TokenKind.NAME or tokens.next:
        raise _unparsable(clause, tokens.next)
    ascending = _ascending(direction, clause)
    target = resolve(name, searchable, ordering=True)
    if target.kind not in searchable.ordered:
        raise _not_ordered(target, searchable)
    return Order(target.kind, target.key, ascending)


def _ascending(direction: Token | None, clause: str) -> bool:
    if direction is None or direction.word == "ASC":
        return True
    if direction.word == "DESC":
        return False
    if direction.kind is TokenKind.NAME:
        message = f"Invalid ordering key in order_by clause '{shown(clause)}'."
        raise SearchError(message, direction.position)
    raise _unparsable(clause, direction)


def _unparsable(clause: str, token: Token | None) -> SearchError:
    position = token.position if token else 0
    return SearchError(f"Invalid order_by clause '{shown(clause)}'. Could not be parsed.", position)


def _not_ordered(target: Target, searchable: Searchable) -> SearchError:
    template = searchable.wording.unknown_order_key
    if not template:
        return SearchError(f"Invalid order_by entity: {target.kind}")
    valid = ", ".join(repr(name) for name in valid_keys(Kind.ATTRIBUTE, searchable, ordering=True))
    return SearchError(template.format(kind=target.kind, key=shown(target.key), valid=valid))
