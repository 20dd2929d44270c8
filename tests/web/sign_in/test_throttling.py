"""Guessing passwords and codes is slow; whose name is guessed is not locked out by it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from projects.services import users
from tests.together import together
from tests.web.sign_in.conftest import PASSWORD, code, sign_in, signed_in

HERE = {"REMOTE_ADDR": "198.51.100.1"}
THERE = {"REMOTE_ADDR": "198.51.100.2"}


def fail(client: Client, times: int, name: str = "alice", **where: Any) -> None:
    for _ in range(times):
        assert sign_in(client, name, "wrong", **where).status_code == 200


def test_the_sixth_attempt_is_refused_with_the_time_to_wait(client: Client, alice: User) -> None:
    fail(client, 5, **HERE)
    answer = sign_in(client, alice, **HERE)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert "Wait five minutes" in answer.content.decode()
    assert not signed_in(client)
    assert AuditEvent.objects.filter(action="sign_in_failed").count() == 5


def test_case_and_spaces_make_no_other_name(client: Client, alice: User) -> None:
    for name in ("alice", "Alice", " alice", "ALICE ", "aLice"):
        fail(client, 1, name, **HERE)
    assert sign_in(client, "alicE", **HERE).status_code == 429


def test_whom_somebody_else_guesses_signs_in_from_another_address(client: Client, alice: User) -> None:
    fail(client, 5, **HERE)
    assert sign_in(client, alice, **HERE).status_code == 429
    assert sign_in(client, alice, **THERE).status_code == 302
    assert signed_in(client)


def test_after_five_minutes_it_may_be_tried_again(client: Client, alice: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(client, 5, **HERE)
        assert sign_in(client, alice, **HERE).status_code == 429
        clock.shift(timedelta(seconds=301))
        assert sign_in(client, alice, **HERE).status_code == 302


def test_right_passwords_are_not_counted(alice: User) -> None:
    for _ in range(7):
        assert sign_in(Client(), alice, **HERE).status_code == 302


def test_one_address_that_tries_many_names_is_refused(client: Client, alice: User) -> None:
    for number in range(30):
        fail(client, 1, f"user{number}", **HERE)
    assert sign_in(client, alice, **HERE).status_code == 429
    assert sign_in(client, alice, **THERE).status_code == 302


def test_many_addresses_that_try_one_name_are_refused(client: Client, alice: User) -> None:
    for number in range(20):
        fail(client, 5, REMOTE_ADDR=f"203.0.113.{number}")
    assert sign_in(client, alice, **HERE).status_code == 429


def test_a_name_that_nobody_has_is_answered_alike(client: Client, alice: User) -> None:
    known, unknown = sign_in(client, alice, "wrong"), sign_in(client, "nobody", "wrong")
    assert known.status_code == unknown.status_code == 200
    told = [answer.content.decode().replace("nobody", "alice") for answer in (known, unknown)]
    csrf = [page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0] for page in told]
    header = [page.split('X-CSRFToken": "')[1].split('"')[0] for page in told]
    plain = [page.replace(one, "").replace(two, "") for page, one, two in zip(told, csrf, header, strict=True)]
    assert plain[0] == plain[1]
    for _ in range(4):
        sign_in(client, "nobody", "wrong")
    assert sign_in(client, "nobody", "wrong").status_code == 429


@pytest.mark.parametrize("name", ["alice", "nobody", "passwordless"])
def test_each_attempt_costs_one_hash_whoever_it_is(client: Client, alice: User, name: str, monkeypatch: Any) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    users.create("passwordless")
    hashed = []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, *rest: Any, **more: Any) -> Any:
        hashed.append(password)
        return encode(self, password, *rest, **more)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    sign_in(client, name, "wrong")
    assert len(hashed) == 1


def test_what_was_typed_for_an_unknown_name_is_not_written_down(client: Client, alice: User) -> None:
    sign_in(client, "my-secret-password", "x")
    sign_in(client, "alice", "x")
    unknown, known = AuditEvent.objects.filter(action="sign_in_failed").order_by("pk")
    assert (unknown.target, unknown.entity_type) == ("unknown user", "Instance")
    assert (known.target, known.entity_path, known.details) == ("alice", "alice", {"with": "password"})
    assert known.ip == "127.0.0.1"


def test_codes_are_guessed_no_faster(client: Client, with_app: User) -> None:
    sign_in(client, with_app)
    for _ in range(5):
        assert client.post("/users/sign_in/second_factor", {"code": "000000"}).status_code == 200
    answer = client.post("/users/sign_in/second_factor", {"code": code()})
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert not signed_in(client)


def test_who_is_signed_in_guesses_the_password_no_faster(page: Client, alice: User) -> None:
    where = "/-/user_settings/security/confirm"
    for _ in range(5):
        assert page.post(where, {"password": "wrong"}).status_code == 200
    assert page.post(where, {"password": PASSWORD}).status_code == 429


def test_the_administrations_own_sign_in_is_no_way_around(client: Client, admin: User) -> None:
    fail(client, 5, "root")
    answer = client.post("/admin/login/?next=/admin/", {"username": "root", "password": PASSWORD})
    assert answer["Location"] == "/users/sign_in?next=%2Fadmin%2F"
    assert not signed_in(client)
    assert sign_in(client, admin).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_are_counted_one_by_one() -> None:
    users.create("alice", password=PASSWORD)
    answers = together(*[lambda: sign_in(Client(), "alice", "wrong", **HERE).status_code] * 12)
    assert answers.count(200) <= 5
    assert set(answers) == {200, 429}
