"""Pages of what went wrong: in the service's own look, and without a word too many."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound
from web.refusals import RefusalPages

pages = RefusalPages(lambda request: HttpResponse())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("no"), 400),
        (InvalidInput("no", status=416), 416),
        (Forbidden("no"), 403),
        (NotFound("no"), 404),
        (AlreadyExists("no"), 409),
        (Conflict("no", status=507), 507),
        (OverflowError("no"), 400),
        (OperationalError("no"), 503),
        (RuntimeError("secret"), 500),
    ],
)
def test_whatever_goes_wrong_is_a_page(rf: RequestFactory, error: Exception, status: int) -> None:
    answer = pages.process_exception(rf.get("/"), error)
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == status
    assert b"<h1>" in answer.content
    assert b"secret" not in answer.content


def test_a_busy_database_says_when_to_come_back(rf: RequestFactory) -> None:
    answer = pages.process_exception(rf.get("/"), OperationalError("gone"))
    assert answer is not None
    assert answer["Retry-After"] == "2"


def test_an_unknown_address_is_a_page_of_ours(page: Client) -> None:
    answer = page.get("/-/nothing")
    assert answer.status_code == 404
    assert b"Page not found" in answer.content


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_djangos_own_failures_need_nothing_to_be_shown(template: str) -> None:
    assert "<h1>" in render_to_string(template)
