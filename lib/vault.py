"""Secrets that must be read again, encrypted at rest. (Those that are only compared are kept as digests.)

A column that holds one is a `SealedField`; `manage.py rotate_secrets` finds all of them and seals them anew with the
first of `settings.ENCRYPTION_KEYS`. All of the keys open. Opening is done where a secret is used, never in a model's
attribute, so that no admin page, answer or log shows one by accident.
"""

import base64
import logging
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    AnyTextField = models.TextField[str, str]
else:
    AnyTextField = models.TextField

logger = logging.getLogger(__name__)


class SealedField(AnyTextField):
    """What `sealed` gave; "" for no secret."""


class Unreadable(Exception):
    """It was sealed with a key that is not among `ENCRYPTION_KEYS`."""


def sealed(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode() if secret else ""


def opened(kept: str) -> str:
    if not kept:
        return ""
    try:
        return _box().decrypt(kept.encode()).decode()
    except InvalidToken:
        raise Unreadable("The secret was encrypted with a key that is not among ENCRYPTION_KEYS") from None


def rotate() -> tuple[int, int]:
    """Seals every secret anew with the first key. How many it did, and how many no key opens."""
    done = unreadable = 0
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                some_done, some_not = _rotate(model, field.attname)
                done, unreadable = done + some_done, unreadable + some_not
    for elsewhere in settings.ON_SECRETS_ROTATED:
        some_done, some_not = import_string(elsewhere)(again)
        done, unreadable = done + some_done, unreadable + some_not
    return done, unreadable


def again(kept: str) -> str:
    """The same secret, sealed with the first key. Unreadable when no key opens it."""
    try:
        return _box().rotate(kept.encode()).decode()
    except InvalidToken:
        raise Unreadable("The secret was encrypted with a key that is not among ENCRYPTION_KEYS") from None


def _rotate(model: type[models.Model], column: str) -> tuple[int, int]:
    done = unreadable = 0
    rows = model._default_manager.exclude(**{column: ""})
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            row = rows.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            try:
                anew = again(getattr(row, column))
            except Unreadable:
                logger.warning("no key opens %s.%s of %s", model._meta.label, column, pk)
                unreadable += 1
                continue
            model._default_manager.filter(pk=pk).update(**{column: anew})
            done += 1
    return done, unreadable


def _box() -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(sha256(key.encode()).digest())) for key in settings.ENCRYPTION_KEYS]
    )
