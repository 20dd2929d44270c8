"""The store's own troubles, as refusals that tell a client whether to try again."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from lib.errors import Conflict

logger = logging.getLogger(__name__)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def faults() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        logger.error("the file store failed: %s", error)
        raise full() if error.errno in _FULL else unavailable() from error


def full() -> Conflict:
    return Conflict("The server has no room left for this file", code="RESOURCE_EXHAUSTED", status=507)


def unavailable() -> Conflict:
    return Conflict("The file store cannot be reached. Try again.", code="TEMPORARILY_UNAVAILABLE", status=503)
