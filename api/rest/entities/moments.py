"""Times on GitLab's wire: ISO 8601, UTC, milliseconds."""

from datetime import UTC, date, datetime
from typing import Annotated, overload

from msgspec import Meta

Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]


@overload
def moment(at: datetime) -> Moment: ...
@overload
def moment(at: datetime | None) -> Moment | None: ...
def moment(at: datetime | None) -> Moment | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(milliseconds: int) -> Moment:
    """Of a time that the service itself has written down; one that a client said may be beyond the calendar."""
    return moment(datetime.fromtimestamp(milliseconds / 1000, tz=UTC))


def day(on: date | None) -> Day | None:
    return on.isoformat() if on else None
