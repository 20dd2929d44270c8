"""What must not go into production: `manage.py check --deploy` refuses it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Settings that are fine on a laptop and wrong for a company; each message says what would be right."""
    wrong = [
        (settings.DEBUG, "DEBUG shows internals to everybody", "leave DEBUG unset"),
        (
            len(set(settings.SECRET_KEY)) < 10 or len(settings.SECRET_KEY) < 32,
            "SECRET_KEY is weak",
            "use 50 random characters",
        ),
        (
            settings.ON_SQLITE and settings.REPLICAS > 1,
            "SQLite serves one replica only",
            "set DATABASE_URL to a PostgreSQL",
        ),
        (settings.REPLICAS > 1 and not settings.REDIS_URL, "replicas share no queue", "set REDIS_URL"),
        (settings.REPLICAS > 1 and not settings.S3_BUCKET, "replicas share no files", "set S3_BUCKET"),
        (
            settings.REPLICAS > 1 and not settings.ENCRYPTION_KEYS_ARE_SHARED,
            "replicas cannot read each other's secrets",
            "set ENCRYPTION_KEYS",
        ),
        ("*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS answers to every name", "set ALLOWED_HOSTS"),
        (not settings.EXTERNAL_URL.startswith("https://"), "tokens travel in clear", "set EXTERNAL_URL to https://…"),
    ]
    return [
        Error(f"{what}.", hint=f"{hint[0].upper()}{hint[1:]}.", id=f"tenon.E{number:03}")
        for number, (is_wrong, what, hint) in enumerate(wrong, start=1)
        if is_wrong
    ]
