"""What may be asked about an entity: the declaration that the parser checks against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

NUMERIC = ("=", "!=", "<", "<=", ">", ">=")
TEXT = ("=", "!=", "LIKE", "ILIKE")
LISTS = ("IN", "NOT IN")
NULLS = ("IS NULL", "IS NOT NULL")


class Kind(StrEnum):
    """What stands before the dot. The values are the words MLflow's refusals use, hence `parameter`."""

    METRIC = "metric"
    PARAM = "parameter"
    TAG = "tag"
    ATTRIBUTE = "attribute"
    DATASET = "dataset"


class Type(Enum):
    """What a key is compared with, and what the value then is in Python."""

    FLOAT = auto()
    """A bare number → float, which 1e400 makes infinite."""
    NUMBER = auto()
    """A bare number within 64 bits → int, or float where it was written as one (5.5, 1e3)."""
    INTEGER = auto()
    """A bare whole number within 64 bits → int."""
    ANY_INTEGER = auto()
    """The same, or quoted: 5 or '5' → int."""
    QUOTED_INTEGER = auto()
    """Only quoted: '5' → int."""
    STRING = auto()
    """'…' or "…" → str."""
    LOOSE_STRING = auto()
    """The same, or one bare word or number → str."""

    @property
    def is_numeric(self) -> bool:
        """Whether only a number is a value of it."""
        return self in (Type.FLOAT, Type.NUMBER, Type.INTEGER)


@dataclass(frozen=True, slots=True)
class Field:
    """One key, or all keys of a kind: what it is compared with, and how.

    `aliases` are other spellings, which the parser replaces by the name it is declared under.
    """

    type: Type
    operators: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    filterable: bool = True
    orderable: bool = True

    @property
    def takes_lists(self) -> bool:
        return "IN" in self.operators


@dataclass(frozen=True, slots=True)
class Wording:
    """The refusals that MLflow words differently per entity, as templates for `str.format`."""

    unknown_kind: str  # word
    unknown_key: str = "Invalid {kind} key '{key}' specified. Valid keys are '{{{valid}}}'"
    unknown_order_key: str = ""  # the same; empty: as unknown_key
    bad_operator: str = "Invalid comparator '{op}' not one of '{{{allowed}}}'"  # and kind, name
    bad_null: str = "IS NULL / IS NOT NULL is not supported for '{kind}' '{key}'"
    bad_attribute_value: str = "Expected a quoted string value for attributes. Got value {found}"


@dataclass(frozen=True, slots=True)
class Searchable:
    """The grammar of one entity.

    words      what may stand before the dot → its kind; a name without a dot is an attribute
    named      kinds whose keys are known: kind → key → field
    free       kinds with any key: kind → the field that each of them is
    ordered    kinds that order_by takes
    repeats    whether order_by may name a key twice (the second is dropped, as it orders nothing)
    """

    entity: str
    words: Mapping[str, Kind]
    wording: Wording
    named: Mapping[Kind, Mapping[str, Field]]
    free: Mapping[Kind, Field] = field(default_factory=dict)
    ordered: frozenset[Kind] = frozenset({Kind.ATTRIBUTE})
    repeats: bool = False

    def find(self, kind: Kind, key: str) -> tuple[str, Field] | None:
        """The declared name and the field of a key or alias."""
        if kind in self.free:
            return key, self.free[kind]
        fields = self.named.get(kind, {})
        if key in fields:
            return key, fields[key]
        return next(((name, one) for name, one in fields.items() if key in one.aliases), None)
