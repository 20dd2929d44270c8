from typing import Any

import pytest

from mlops.checks import production

GOOD = {
    "DEBUG": False,
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN",
    "ON_SQLITE": False,
    "REPLICAS": 3,
    "REDIS_URL": "redis://redis:6379/0",
    "S3_BUCKET": "tenon",
    "ENCRYPTION_KEYS_ARE_SHARED": True,
    "ALLOWED_HOSTS": ["tenon.example.com"],
    "EXTERNAL_URL": "https://tenon.example.com",
}


@pytest.fixture
def good(settings: Any) -> Any:
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def test_a_sound_installation_passes(good: Any) -> None:
    assert production(None) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", True, "internals"),
        ("SECRET_KEY", "secret", "weak"),
        ("SECRET_KEY", "x" * 60, "weak"),
        ("ON_SQLITE", True, "one replica"),
        ("REDIS_URL", "", "queue"),
        ("S3_BUCKET", "", "files"),
        ("ENCRYPTION_KEYS_ARE_SHARED", False, "each other's secrets"),
        ("ALLOWED_HOSTS", ["*"], "every name"),
        ("EXTERNAL_URL", "http://tenon.example.com", "clear"),
    ],
)
def test_each_unsound_setting_is_refused_with_what_would_be_right(good: Any, name: str, value: Any, said: str) -> None:
    setattr(good, name, value)
    [message] = production(None)
    assert said in message.msg
    assert message.hint
