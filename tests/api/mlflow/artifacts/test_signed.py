"""Addresses that carry their own authority: what they give, and that they give nothing else."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, User
from accounts.services import tokens
from api import signed
from packages.services import uploads
from projects.models import Project
from tests.api.mlflow.artifacts.conftest import address, place, put
from tests.conftest import Door
from tracking.models import Run


def refused(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.content
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["error_code"] in ("PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST")


@pytest.fixture
def file_url(proxy: Door, run: Run) -> str:
    proxy("PUT", address(run, "a.html"), b"0123456789")
    told = proxy.get(f"presigned/{place(run, 'a.html')}").json()
    assert (told["headers"], told["file_size"]) == ({}, 10)
    return str(told["url"])


@pytest.fixture(params=["part", "file"])
def ask(request: pytest.FixtureRequest, made: Any, file_url: str) -> tuple[str, Callable[[str], Any]]:
    """An address, and how it is used."""
    if request.param == "part":
        return made["credentials"][0]["url"], lambda url: put(url, b"x")
    return file_url, lambda url: Client().get(url)


def seal_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_a_seal_holds(ask: tuple[str, Callable[[str], Any]]) -> None:
    answer = ask[1](ask[0])
    assert answer.status_code == 200
    answer.close()


@pytest.mark.parametrize("seal", ["x", "a:b:c", "%c3%a9", "%ff", "0", "x" * 4000, "W10:1a:x", "%00"])
def test_rubbish_is_refused(ask: tuple[str, Callable[[str], Any]], seal: str) -> None:
    refused(ask[1](ask[0].replace(seal_of(ask[0]), seal)), 403)


def test_a_changed_seal_is_refused(ask: tuple[str, Callable[[str], Any]]) -> None:
    url, use = ask
    start = len(url) - len(seal_of(url))
    for at in range(start, len(url), 3):
        changed = url[:at] + ("A" if url[at] != "A" else "B") + url[at + 1 :]
        # The last character of base64 may hold bits that mean nothing.
        if at < len(url) - 1:
            refused(use(changed), 403)


def test_a_seal_for_one_thing_is_none_for_another(made: Any, file_url: str) -> None:
    part_url = made["credentials"][0]["url"]
    refused(put(part_url.replace(seal_of(part_url), seal_of(file_url)), b"x"), 403)
    refused(Client().get(file_url.replace(seal_of(file_url), seal_of(part_url))), 403)
    refused(put(part_url.replace(seal_of(part_url), made["upload_id"]), b"x"), 403)


def test_a_seal_ends(ask: tuple[str, Callable[[str], Any]]) -> None:
    later = timezone.now().timestamp() + max(uploads.PART_LIFETIME, 300) + 1
    with mock.patch("django.core.signing.time.time", return_value=later):
        refused(ask[1](ask[0]), 403)


def test_a_seal_of_another_installation_is_refused(ask: tuple[str, Callable[[str], Any]], settings: Any) -> None:
    settings.SECRET_KEY = "another" * 10
    refused(ask[1](ask[0]), 403)


def test_a_seal_ends_with_the_token(ask: tuple[str, Callable[[str], Any]]) -> None:
    tokens.revoke(AccessToken.objects.get())
    refused(ask[1](ask[0]), 403)


def test_a_seal_ends_with_the_role(ask: tuple[str, Callable[[str], Any]], project: Project, alice: User) -> None:
    alice.is_active = False
    alice.save()
    refused(ask[1](ask[0]), 403)


def test_a_seal_does_no_other_method(made: Any, file_url: str) -> None:
    for url, allowed in ((made["credentials"][0]["url"], "PUT"), (file_url, "GET, HEAD")):
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - set(allowed.split(", ")):
            answer = Client().generic(method, url)
            assert (answer.status_code, answer["Allow"]) == (405, allowed)


def test_every_address_that_needs_no_token_is_known() -> None:
    """What stands outside the contract's list: a new one is to be thought about here."""
    assert {str(pattern.pattern) for pattern in signed.urlpatterns} == {
        "signed/parts/<str:seal>",
        "signed/files/<str:seal>",
    }


def test_a_signed_file_is_read_in_ranges_and_as_harmless_as_any(file_url: str) -> None:
    answer = Client().get(file_url, headers={"range": "bytes=2-4"})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"234")
    assert answer["Content-Range"] == "bytes 2-4/10"
    head = Client().head(file_url)
    assert (head.status_code, head["Content-Length"]) == (200, "10")
    for one in (answer, head):
        assert one["Content-Disposition"].startswith("attachment")
        assert one["X-Content-Type-Options"] == "nosniff"


def test_a_signed_file_that_is_replaced_or_deleted_is_gone(proxy: Door, run: Run, file_url: str) -> None:
    proxy("PUT", address(run, "a.html"), b"another")
    refused(Client().get(file_url), 404)
    proxy("DELETE", address(run, "a.html"))
    refused(Client().get(file_url), 404)
