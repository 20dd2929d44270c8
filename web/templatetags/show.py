"""Numbers, times and sizes as people read them."""

import math
from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib import sizes
from lib.clock import from_ms
from packages import paths
from packages.models import Blob, PackageFile
from packages.models.blob import Verdict
from projects import policy
from projects.models import Project
from projects.roles import Ability
from tracking.models import Run, RunStatus

register = template.Library()

UNKNOWN = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
# MLflow stores infinity as the largest float.
_INFINITE = 1.79e308
# More are counted only.
MOST_FINDINGS = 10
_UNITS = [(86_400, "day"), (3_600, "hour"), (60, "minute")]


@register.filter
def number(value: float | None) -> str:
    """A metric: six significant digits, which is more than anybody compares by eye. The title has all of them."""
    if value is None:
        return ""
    if math.isnan(value):
        return "NaN"
    if abs(value) >= _INFINITE:
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{value:.6g}".replace("-", MINUS)


@register.filter
def exact(value: float | None) -> str:
    return "" if value is None else repr(float(value))


@register.filter
def when(moment: datetime | int | None) -> SafeString | str:
    """How long ago; the moment itself in the title. Takes a datetime or milliseconds since 1970, 0 for unknown."""
    at = (from_ms(moment) if moment else None) if isinstance(moment, int) else moment
    if at is None:
        return UNKNOWN
    at = at.astimezone(UTC)
    title = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, _ago(at))


@register.filter
def moment(milliseconds: int | None) -> str:
    at = from_ms(milliseconds) if milliseconds else None
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else UNKNOWN


def _ago(at: datetime) -> str:
    seconds = (timezone.now() - at).total_seconds()
    if seconds < -60:
        return f"{at:%Y-%m-%d}"
    for size, unit in _UNITS:
        count = int(seconds // size)
        if unit == "day" and count > 30:
            return f"{at:%Y-%m-%d}"
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


@register.filter
def duration(run: Run) -> str:
    """From its start to its end, or a dash while it runs or where it never said."""
    if run.end_time is None or not run.start_time or run.end_time < run.start_time:
        return UNKNOWN
    seconds = (run.end_time - run.start_time) / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


@register.filter
def filesize(size: int) -> str:
    return sizes.short(size)


@register.filter
def file_name(file: PackageFile) -> str:
    return paths.name(file.path)


@register.filter
def digest_id(file: PackageFile) -> str:
    """Of the element that holds a file's SHA-256."""
    return f"sha256-{file.pk}"


@register.filter
def may(project: Project, ability: str) -> bool:
    """Whether the visitor, whose role `gate` has found, has the ability in the project."""
    return policy.allows(project, Ability(ability))


@register.filter
def is_link(value: str) -> bool:
    """Whether it is safe to link to: nothing but the web, so that no `javascript:` of somebody else's runs."""
    return value.startswith(("https://", "http://")) and not any(character.isspace() for character in value)


@register.filter
def is_number(value: Any) -> bool:
    return isinstance(value, float)


@register.inclusion_tag("web/parts/status.html")
def status(run: Run) -> dict[str, str]:
    """A badge that says the state in a word and a colour; deleted counts first."""
    name = RunStatus(run.status).name.lower()
    return {"name": name, "word": name.capitalize(), "deleted": "1" if run.deleted_at is not None else ""}


@register.inclusion_tag("web/parts/verdict.html")
def verdict(blob: Blob) -> dict[str, object]:
    """A badge that says in words what the scan made of a content, and what it found."""
    found = blob.findings[:MOST_FINDINGS]
    more = len(blob.findings) - len(found)
    return {"verdict": blob.verdict, "word": Verdict(blob.verdict).label, "findings": found, "more": more}


@register.filter
def is_worrying(verdict: str) -> bool:
    """Whether it must be seen in a list already."""
    return verdict in (Verdict.DANGEROUS, Verdict.SUSPICIOUS, Verdict.UNREADABLE)


@register.filter
def verdict_word(verdict: str) -> str:
    return Verdict(verdict).label
