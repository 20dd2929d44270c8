"""The filter parser: `metrics.acc > 0.9 AND params.model = 'rf'` to a list of comparisons."""

from dataclasses import dataclass

from search.errors import SearchError, shown
from search.grammar import LISTS, NULLS, Kind, Searchable
from search.names import Target, resolve
from search.tokens import Token, TokenKind, Tokens
from search.values import Operand, Value, read

MAX_COMPARISONS = 100
"""Each becomes a subquery; a database plans 100 of them, and people write ten."""

# The words that MLflow's lexer takes for comparison operators; most are then refused by every field.
_WORD_OPERATORS = ("LIKE", "ILIKE", "RLIKE", "REGEXP")
_NEVER_OPERANDS = (TokenKind.OTHER, TokenKind.OPERATOR)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One checked comparison; a filter is the conjunction of its comparisons.

    op       = != > >= < <= LIKE ILIKE IN NOT IN IS NULL IS NOT NULL, in capitals; one the field declares
    value    what the field's `Type` says; a non-empty tuple of it for IN and NOT IN; None for IS (NOT) NULL
    """

    kind: Kind
    key: str
    op: str
    value: Value


def parse_filter(text: str | None, searchable: Searchable) -> list[Comparison]:
    """The comparisons of a filter, in its order; none for None or "". Raises SearchError.

    MLflow knows AND alone: no OR, no brackets, no NOT. It overlooks an AND that leads, trails, is doubled or
    is missing, so all of those are accepted here.
    """
    if not text:
        return []
    tokens = Tokens(text)
    if tokens.next is None:
        raise SearchError(f"Invalid filter '{shown(text)}'. Could not be parsed.")
    found: list[Comparison] = []
    while tokens.next:
        if tokens.take_word("AND"):
            continue
        if len(found) == MAX_COMPARISONS:
            message = f"A filter can contain at most {MAX_COMPARISONS} comparisons"
            raise SearchError(message, tokens.next.position)
        found.append(_comparison(tokens, searchable))
    return found


def _comparison(tokens: Tokens, searchable: Searchable) -> Comparison:
    name = tokens.take()
    if name.is_keyword or name.kind in _NEVER_OPERANDS:
        raise tokens.unexpected(name)
    sign = tokens.take()
    op = _operator(sign, name, tokens)
    target = resolve(name, searchable)
    if op in NULLS:
        return _null_comparison(target, op, name, searchable)
    # As in MLflow the value is judged before the operator, so that both name the same reason.
    value = read(_operand(tokens, op), target, searchable)
    if op not in target.field.operators:
        raise SearchError(_bad_operator(target, op, name, searchable), sign.position)
    if isinstance(value, tuple) and op not in LISTS:
        raise SearchError(f"Invalid comparator '{op}' for a list. Use IN or NOT IN", sign.position)
    return Comparison(target.kind, target.key, op, value)


def _operator(sign: Token, name: Token, tokens: Tokens) -> str:
    if sign.kind is TokenKind.OPERATOR:
        return sign.text
    if sign.word == "IS":
        negated = tokens.take_word("NOT")
        tokens.expect_word("NULL")
        return "IS NOT NULL" if negated else "IS NULL"
    if sign.word == "NOT":
        word = tokens.take()
        if word.word in (*_WORD_OPERATORS, "IN"):
            return f"NOT {word.word}"
        raise tokens.unexpected(word)
    if sign.word in (*_WORD_OPERATORS, "IN"):
        return sign.word
    raise _no_operator(sign, name)


def _no_operator(sign: Token, name: Token) -> SearchError:
    if sign.position > name.position + len(name.text):
        return SearchError(f"Invalid clause(s) in filter string: '{shown(name.text)}'", name.position)
    found = shown(name.text + sign.text)
    hint = "A key that is more than words of letters, digits and '_' joined by dots needs quotes: metrics.`a-b`"
    return SearchError(f"Invalid comparison clause. Expected 'Identifier' found '{found}'. {hint}", sign.position)


def _operand(tokens: Tokens, op: str) -> Operand:
    first = tokens.take()
    if first.text != "(":
        if op in LISTS or first.kind in _NEVER_OPERANDS:
            raise tokens.unexpected(first)
        return Operand(first.text, first.position, (first,))
    inner: list[Token] = []
    while (token := tokens.take()).text != ")":
        inner.append(token)
    text = tokens.text[first.position : token.position + 1]
    return Operand(text, first.position, tuple(inner), is_list=True)


def _null_comparison(target: Target, op: str, name: Token, searchable: Searchable) -> Comparison:
    if op in target.field.operators:
        return Comparison(target.kind, target.key, op, None)
    template = searchable.wording.bad_null
    raise SearchError(template.format(kind=target.kind, key=shown(target.key)), name.position)


def _bad_operator(target: Target, op: str, name: Token, searchable: Searchable) -> str:
    return searchable.wording.bad_operator.format(
        op=shown(op),
        kind=target.kind,
        name=shown(name.text),
        allowed=", ".join(map(repr, target.field.operators)),
    )
