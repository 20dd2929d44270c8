"""Background work. Takes ids, makes one service call, may run twice."""

import logging

from celery import shared_task

from lib.background import Patient
from packages.services import arrivals, blobs, inspection, sweep

logger = logging.getLogger(__name__)


@shared_task
def delete_unused_blobs(ids: list[int]) -> None:
    blobs.delete_unused(ids)


@shared_task
def sweep_orphans() -> None:
    for orphan in sweep.sweep():
        logger.info("removed: %s %s", orphan.kind, orphan.key)


@shared_task(base=Patient)
def settle_arrivals() -> None:
    arrivals.settle_all()


@shared_task(base=Patient)
def inspect_blob(pk: int) -> None:
    inspection.inspect(pk)


@shared_task(base=Patient)
def inspect_pending_blobs() -> None:
    inspection.inspect_pending()
