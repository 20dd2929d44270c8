import re

import pytest

from accounts import secrets
from accounts.models import TokenKind


@pytest.mark.parametrize("kind", TokenKind.values)
def test_a_secret_has_its_kinds_prefix_a_payload_and_a_checksum(kind: str) -> None:
    secret = secrets.generate(kind)
    assert secret.startswith(secrets.PREFIXES[kind])
    assert len(secret) == 44
    assert re.fullmatch(secrets.PATTERN, secret)
    assert secrets.well_formed(secret)


def test_no_two_secrets_are_alike() -> None:
    assert len({secrets.generate("personal") for _ in range(1000)}) == 1000


def test_one_wrong_character_is_noticed() -> None:
    secret = secrets.generate("personal")
    for at in range(6, len(secret)):
        other = "a" if secret[at] != "a" else "b"
        assert not secrets.well_formed(secret[:at] + other + secret[at + 1 :])


@pytest.mark.parametrize("junk", ["", "x", "tnpat-", "tnpat-" + "0" * 38, "glpat-" + "0" * 38, "é" * 44, "\x00" * 44])
def test_junk_is_not_well_formed(junk: str) -> None:
    assert not secrets.well_formed(junk)


def test_the_digest_is_sha256_in_hex() -> None:
    assert secrets.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
