"""Background work. Takes ids, makes one service call, may run twice."""

from celery import shared_task

from tracking.services import purge


@shared_task
def purge_deleted() -> None:
    purge.purge()
