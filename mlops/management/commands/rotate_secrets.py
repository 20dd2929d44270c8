"""`manage.py rotate_secrets`: encrypts every kept secret anew with the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import CommandError

from lib import vault
from lib.commands import ServiceCommand


class Command(ServiceCommand):
    help = "Encrypts every kept secret anew with the first of ENCRYPTION_KEYS. Afterwards the other keys can go."

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = vault.rotate()
        self.explain(f"Encrypted {done} secrets with the first key.")
        if unreadable:
            raise CommandError(f"{unreadable} secrets were encrypted with a key that is not among ENCRYPTION_KEYS")
