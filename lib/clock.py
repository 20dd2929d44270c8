"""The time, in the unit of MLflow's wire: milliseconds since 1970 (UTC)."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def from_ms(milliseconds: int | None) -> datetime | None:
    """An aware datetime for a wire time; None for none or for one beyond the calendar."""
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None
