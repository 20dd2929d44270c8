"""A receiver on this machine, and the setting that lets webhooks go there."""

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from projects.models import Project
from tests.receiver import Receiver, receiver
from webhooks import payloads
from webhooks.models import Webhook
from webhooks.services import hooks

SECRET = "correct-horse-battery-staple"


@pytest.fixture
def opened(settings: Any) -> None:
    """What an administrator sets who wants webhooks inside."""
    settings.WEBHOOK_PRIVATE_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.WEBHOOK_SCHEMES = ["https", "http"]


@pytest.fixture
def there(opened: None) -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def webhook(project: Project, alice: User, there: Receiver) -> Webhook:
    return hooks.create(project, by=alice, name="ci", url=f"{there.url}/ok", events=payloads.OFFERED, secret=SECRET)
