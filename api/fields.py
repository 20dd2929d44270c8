"""Field types that several endpoints declare their parameters with."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
# Milliseconds since 1970, as everywhere on MLflow's wire.
Milliseconds = Annotated[int, Meta(ge=0, le=2**63 - 1)]
# An empty string counts as missing.
Required = Annotated[str, Meta(min_length=1)]

__all__ = ["UNSET", "Int64", "Milliseconds", "Pair", "Required", "UnsetType"]


class Pair(Struct):
    """A param or a tag on the wire."""

    key: Required
    value: str = ""
