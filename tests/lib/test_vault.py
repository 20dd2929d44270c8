from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lib import vault
from webhooks.models import Webhook

OLD, NEW = "an old key of at least thirty-two characters", "a new key of at least thirty-two characters"


@pytest.fixture
def kept(project: Any, settings: Any) -> Webhook:
    settings.ENCRYPTION_KEYS = [OLD]
    return Webhook.objects.create(project=project, url="https://8.8.8.8/", secret=vault.sealed("tea"))


def test_what_is_sealed_is_opened_by_any_of_the_keys(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = vault.sealed("tea")
    assert "tea" not in sealed
    assert sealed != vault.sealed("tea"), "equal secrets do not look alike"
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert vault.opened(sealed) == "tea"
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(vault.Unreadable):
        vault.opened(sealed)


def test_no_secret_is_none() -> None:
    assert vault.sealed("") == vault.opened("") == ""


def test_after_a_rotation_the_old_key_can_go(kept: Webhook, settings: Any) -> None:
    empty = Webhook.objects.create(project=kept.project, url="https://8.8.8.8/")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_secrets")
    settings.ENCRYPTION_KEYS = [NEW]
    kept.refresh_from_db()
    empty.refresh_from_db()
    assert vault.opened(kept.secret) == "tea"
    assert empty.secret == ""


def test_a_secret_that_no_key_opens_is_told_and_kept(kept: Webhook, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="1 secrets"):
        call_command("rotate_secrets")
    assert Webhook.objects.get().secret == kept.secret
