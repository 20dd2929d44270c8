"""Background work. Takes ids, makes one service call, may run twice."""

from celery import shared_task

from lib.background import Patient
from webhooks.services import deliveries


@shared_task(base=Patient)
def deliver(pk: int) -> None:
    deliveries.deliver(pk)


@shared_task(base=Patient)
def catch_up() -> None:
    deliveries.catch_up()
