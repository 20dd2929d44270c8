"""The next number of a project's experiments or runs."""

from django.db.models import F

from projects.models import Project
from tracking.models import Counted, Counter


def following(project: Project, counted: Counted) -> int:
    """The next number. Call it in the transaction that uses it: the counter's row stays locked until it ends, so
    numbers have no gaps and no doubles."""
    Counter.objects.filter(project=project, counted=counted).update(last=F("last") + 1)
    return Counter.objects.values_list("last", flat=True).get(project=project, counted=counted)
