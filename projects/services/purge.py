"""Deleted projects go for good: what the floors above keep in them first, then the rows."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.module_loading import import_string

from projects.models import Project

logger = logging.getLogger(__name__)


def expired(before: datetime) -> list[Project]:
    """Projects that were deleted before that moment, the longest deleted first."""
    return list(Project.objects.filter(deleted_at__lt=before).order_by("deleted_at", "pk"))


def purge(before: datetime) -> Iterator[Project]:
    """Removes them, and yields each when it is gone. Doing it twice, or twice at once, changes nothing."""
    for project in expired(before):
        for empty in settings.ON_PROJECT_PURGED:
            import_string(empty)(project)
        if _delete(project):
            yield project


def _delete(project: Project) -> bool:
    try:
        with transaction.atomic():
            return bool(Project.objects.filter(pk=project.pk).delete()[0])
    except ProtectedError as error:
        # Somebody was still writing into it, or a floor does not empty it; the next time tells.
        logger.warning("project %s is not empty: %s", project.pk, error.args[0])
        return False
