"""Is the service alive, and can it work? At GitLab's addresses and in GitLab's shapes, for balancers and probes.

https://docs.gitlab.com/administration/monitoring/health_check/
"""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing behind it is asked."""
    return HttpResponse("Tenon OK", content_type="text/plain")


@require_safe
def liveness(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def readiness(request: HttpRequest) -> HttpResponse:
    """200 when a request could be served now, otherwise 503 with the part that fails."""
    checks = {name: _check(part) for name, part in _PARTS.items()}
    failed = any(check["status"] == "failed" for check in checks.values())
    body = {"status": "failed" if failed else "ok"} | {name: [check] for name, check in checks.items()}
    return JsonResponse(body, status=503 if failed else 200)


def _check(part: Callable[[], None]) -> dict[str, str]:
    try:
        part()
    except Exception as error:  # noqa: BLE001 - whatever it is, this part is not ready
        return {"status": "failed", "message": type(error).__name__}
    return {"status": "ok"}


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    if settings.REDIS_URL:
        cache.get("readiness")


_PARTS = {"db_check": _database, "redis_check": _redis}
