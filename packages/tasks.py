"""Background work. Takes ids, makes one service call, may run twice."""

import logging

from celery import shared_task

from packages.services import blobs, sweep

logger = logging.getLogger(__name__)


@shared_task
def delete_unused_blobs(ids: list[int]) -> None:
    blobs.delete_unused(ids)


@shared_task
def sweep_orphans() -> None:
    for orphan in sweep.sweep():
        logger.info("removed: %s %s", orphan.kind, orphan.key)
