"""The client's address: what a trusted proxy says, and nobody else."""

import ipaddress
from typing import Any

import pytest

from accounts.models import AccessToken
from audit.models import AuditEvent
from mlops import proxies
from tests.conftest import Door

TRUSTED = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # no proxy of ours says so
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the client itself sent the first one
        ("10.0.0.1", "6.6.6.6,198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.7.7.7, 10.0.0.2", "10.7.7.7"),  # a client inside the trusted network
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, <script>", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, , 10.0.0.2", "10.0.0.2"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "2001:DB8::7", "2001:db8::7"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_list_is_believed_from_its_end(settings: Any, peer: str, forwarded: str, client: str) -> None:
    settings.TRUSTED_PROXIES = TRUSTED
    assert proxies.client(peer, forwarded) == client


def seen(rest: Door, **headers: str) -> tuple[str, str]:
    """The addresses that an audit event and the token's last use are noted with."""
    AccessToken.objects.update(last_used_at=None)
    made = rest.post("projects", {"name": f"p{AuditEvent.objects.count()}"}, REMOTE_ADDR="10.0.0.1", headers=headers)
    assert made.status_code == 201
    event = AuditEvent.objects.filter(action="project_created").latest("pk")
    return str(event.ip), str(AccessToken.objects.latest("last_used_at").last_used_ip)


def test_a_header_of_the_clients_own_is_never_looked_at(rest: Door) -> None:
    assert seen(rest, **{"X-Forwarded-For": "198.51.100.1", "X-Real-IP": "198.51.100.1"}) == ("10.0.0.1", "10.0.0.1")


def test_audit_and_tokens_know_the_client_behind_a_trusted_proxy(rest: Door, settings: Any) -> None:
    settings.TRUSTED_PROXIES = TRUSTED
    assert seen(rest, **{"X-Forwarded-For": "6.6.6.6, 198.51.100.1"}) == ("198.51.100.1", "198.51.100.1")
