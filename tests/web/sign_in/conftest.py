"""What signing in needs: a clean count of attempts, a second factor of Alice's, and the codes of an app."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from accounts.models import User

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def nothing_counted(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def code(secret: str = SECRET) -> str:
    """What an authenticator app shows now, and for a second at least."""
    left = 30 - time.time() % 30
    time.sleep(left if left < 1 else 0)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(client: Client, user: User | str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/users/sign_in", {"username": str(user), "password": password}, **more)


def confirm(client: Client, password: str = PASSWORD) -> None:
    assert client.post("/-/user_settings/security/confirm", {"password": password}).status_code == 302


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def with_app(alice: User) -> User:
    """Alice, who has an authenticator app."""
    TOTP.activate(alice, SECRET)
    return alice


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    """Alice is signed in, and has just confirmed it."""
    sign_in(client, alice)
    confirm(client)
    return client
