"""Refusals and failures as pages: the table of this door."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse

from lib import failures
from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated

STATUSES: dict[type[Refusal], int] = {
    InvalidInput: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    AlreadyExists: 409,
    Conflict: 409,
}

TITLES = {
    400: "This request cannot be understood",
    403: "You may not do this",
    404: "Page not found",
    409: "This cannot be done now",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Busy",
}
# What the refusal itself says is for the machine's ears; a person who may not look is told no more than that.
NOT_FOUND = "The address is wrong, the page is gone, or you are not a member of its project."


class RefusalPages:
    """Middleware: what a page's view raises becomes a page. The JSON doors let nothing through to here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if isinstance(error, Http404 | PermissionDenied):
            return None  # Django's own, answered by the templates 404.html and 403.html
        if isinstance(error, Unauthenticated):
            return _sign_in(request)
        if isinstance(error, Refusal):
            status = status_of(error)
            return page(request, status, NOT_FOUND if status == 404 else error.message)
        failure = failures.diagnose(error)
        # Who is signed in stands in the database, which may be what fails.
        answer = page(None if failure.status >= 500 else request, failure.status, failure.message)
        if failure.retry_after:
            answer["Retry-After"] = str(failure.retry_after)
        return answer


def status_of(refusal: Refusal) -> int:
    return refusal.status or STATUSES[type(refusal)]


def page(request: HttpRequest | None, status: int, message: str) -> HttpResponse:
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    told = {"status": status, "title": title, "message": message}
    return HttpResponse(render_to_string("web/refused.html", told, request), status=status)


def _sign_in(request: HttpRequest) -> HttpResponse:
    """Back to here afterwards; but what was posted is not posted again."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    address = reverse("sign-in") + (f"?{urlencode({'next': back})}" if back else "")
    if request.headers.get("HX-Request"):
        # A redirect would put the sign-in page into the middle of this one.
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("sign-in")})
    return HttpResponseRedirect(address)
