"""Times on GitLab's wire: ISO 8601, UTC, milliseconds."""

from datetime import UTC, date, datetime


def moment(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None
