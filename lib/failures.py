"""What went wrong when nothing refused: one diagnosis for all doors, each of which words it in its own way."""

import logging
from dataclasses import dataclass
from uuid import uuid4

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import UnreadablePostError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """A status, a sentence for the caller, and after how many seconds it is worth trying again (0: never)."""

    status: int
    message: str
    retry_after: int = 0


UNAVAILABLE = Failure(503, "The database is busy or restarting. Try again.", retry_after=2)


def diagnose(error: Exception) -> Failure:
    """Total. What nobody foresaw is logged with a number, which is all that the caller learns of it."""
    if isinstance(error, RequestDataTooBig):
        return Failure(413, "The request body is larger than this server accepts")
    if isinstance(error, DataError | SuspiciousOperation | BadRequest | UnicodeError | OverflowError):
        logger.info("refused: %s", error)
        return Failure(400, "A value is out of the range that can be stored")
    if isinstance(error, UnreadablePostError):
        return Failure(400, "The body ended before it was whole")
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("database unavailable: %s", error)
        return UNAVAILABLE
    number = uuid4().hex
    logger.error("request %s failed", number, exc_info=error)
    return Failure(500, f"Internal error. Tell your administrator this number: {number}")
