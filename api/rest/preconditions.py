"""`If-Unmodified-Since` on a deletion: 412 when what is to be deleted has been changed later.

As in GitLab, a header that is no date counts for nothing.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from lib.errors import Conflict


def is_conditional(request: HttpRequest) -> bool:
    return "HTTP_IF_UNMODIFIED_SINCE" in request.META


def check(request: HttpRequest, changed_at: datetime | None) -> None:
    """Conflict (412) when it was changed after the date of the header, which has whole seconds."""
    since = _read(request.META["HTTP_IF_UNMODIFIED_SINCE"])
    if since is not None and changed_at is not None and changed_at.replace(microsecond=0) > since:
        raise Conflict("412 Precondition Failed", status=412)


def _read(text: str) -> datetime | None:
    """HTTP's form, or ISO 8601."""
    try:
        read = parse_datetime(text.strip()) or parsedate_to_datetime(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
