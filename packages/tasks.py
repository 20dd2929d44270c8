"""Background work. Takes ids, makes one service call, may run twice."""

from celery import shared_task

from packages.services import blobs


@shared_task
def delete_unused_blobs(ids: list[int]) -> None:
    blobs.delete_unused(ids)
