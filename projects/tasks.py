"""Background work. Takes ids, makes one service call, may run twice."""

from celery import shared_task

from projects.services import expiring_tokens


@shared_task
def tell_of_expiring_tokens() -> None:
    expiring_tokens.tell()
