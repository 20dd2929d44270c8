"""Where webhooks may go, and what a receiver may do to us. The table is that of every SSRF we have heard of."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.errors import InvalidInput
from tests.receiver import Receiver, certify, receiver
from webhooks import network

LOCAL = ["127.0.0.1", "127.8.8.8", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"]
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "[fc00::1]",
    "[fd12::1]",
    "198.18.0.1",
]
LINKED = ["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[fec0::1]"]
WRAPPED = ["[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::]", "[2001:0:7f00:1::]"]
SPECIAL = ["224.0.0.1", "255.255.255.255", "240.0.0.1", "[ff02::1]", "192.0.2.1", "[2001:db8::1]", "[100::1]"]
# As browsers and C libraries write 127.0.0.1 and 169.254.169.254.
SPELLED = [
    "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "017700000001", "0x7f.0.0.0x1",
    "127.0.0.1.", "2852039166", "0xA9FEA9FE", "1", "0", "999.1.1.1",
]  # fmt: skip
NAMED = ["localhost", "localhost.", "LOCALHOST", "nothing.invalid"]
NO_URLS = [
    "", " ", "x", "//8.8.8.8/", "https:", "https://", "https:///x", "https://:443/", "https://?x", "https://#x",
    "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "javascript:alert(1)", "HTTP://8.8.8.8/",
    "http://8.8.8.8/", "https://[::1/", "https://[x]/", "https://8.8.8.8:x/", "https://8.8.8.8:99999/",
    "https://8.8.8.8:-1/", "https://user@8.8.8.8/", "https://user:pw@8.8.8.8/", "https://8.8.8.8@127.0.0.1/",
    "https://@8.8.8.8/", "https://8.8.8.8\\@127.0.0.1/", "https://8.8.8.8/\r\nX: y", "https://8.8.8.8/a b",
    " https://8.8.8.8/", "https://8.8.8.8/\t", "https://8.8.8.8/\x00", "https://\uff11\uff12\uff17.0.0.1/", "https://\u24dbocalhost/",
    "https://[fe80::1%25eth0]/", "https://%6cocalhost/", "https://exa mple.com/", "https://..../",
]  # fmt: skip


@pytest.mark.parametrize("host", [*LOCAL, *PRIVATE, *LINKED, *WRAPPED, *SPECIAL, *SPELLED, *NAMED])
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    for url in (f"https://{host}/", f"https://{host}:8443/x?y"):
        with pytest.raises(InvalidInput) as refused:
            network.check(url)
        assert refused.value.field == "url"
        assert network.post(url, b"", {}).status is None


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_address_of_a_receiver_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        network.check(url)
    assert network.post(url, b"", {}).error


@pytest.mark.parametrize("port", [1, 22, 25, 110, 443 - 1, 465, 587, 1023])
def test_a_port_where_other_servers_listen_is_refused(port: int) -> None:
    with pytest.raises(InvalidInput, match="port"):
        network.check(f"https://8.8.8.8:{port}/")


def test_a_public_address_is_taken_as_it_is() -> None:
    target = network.check("https://8.8.8.8:8443/a/b?c=d#e")
    assert (target.host, target.port, target.path) == ("8.8.8.8", 8443, "/a/b?c=d")
    assert network.check("https://[2001:4860:4860::8888]").port == 443


def test_only_the_networks_that_were_opened_are(opened: None) -> None:
    assert network.check("http://127.0.0.1:8080/").addresses == (ipaddress.ip_address("127.0.0.1"),)
    assert network.check("https://[::ffff:127.0.0.1]/")
    for host in (*PRIVATE, "169.254.169.254", "[::1]"):
        with pytest.raises(InvalidInput):
            network.check(f"https://{host}/")


class Names:
    """A name server that gives one answer after the other, and the last one for ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self.real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)

    def resolve(self, host: str, *args: Any, **kwargs: Any) -> Any:
        if host not in self.answers:
            return self.real(host, *args, **kwargs)
        self.asked.append(host)
        answers = self.answers[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [info for address in found for info in self.real(address, *args, **kwargs)]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


def test_one_private_address_among_public_ones_is_enough_to_refuse(names: Names) -> None:
    names.answers["mixed.example.com"] = [["8.8.8.8", "10.0.0.1"]]
    with pytest.raises(InvalidInput, match=r"10\.0\.0\.1"):
        network.check("https://mixed.example.com/")


def test_a_name_that_changes_between_the_check_and_the_connection_gains_nothing(names: Names, there: Receiver) -> None:
    """Rebinding: the name is asked for once, and the connection goes to what was checked."""
    names.answers["rebinding.example.com"] = [["127.0.0.1"], ["127.0.0.2"]]
    assert network.post(f"http://rebinding.example.com:{there.port}/ok", b"{}", {}).ok
    assert names.asked == ["rebinding.example.com"]
    assert there.received[0].headers["Host"] == f"rebinding.example.com:{there.port}"


def test_a_name_that_turns_private_is_refused_when_it_is_sent_to(names: Names, there: Receiver, settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    names.answers["turning.example.com"] = [["8.8.8.8"], ["127.0.0.1"]]
    url = f"http://turning.example.com:{there.port}/ok"
    assert network.check(url)
    outcome = network.post(url, b"{}", {})
    assert outcome.status is None
    assert "non-public" in outcome.error
    assert there.received == []


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(network, "RESOLVE_TIMEOUT", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answered.wait() and [])
    with pytest.raises(InvalidInput, match="resolved"):
        network.check("https://slow.example.com/")
    answered.set()


def test_the_body_and_the_headers_arrive(there: Receiver) -> None:
    outcome = network.post(f"{there.url}/ok?x=1", '{"ä": 1}'.encode(), {"X-Own": "1"})
    assert (outcome.status, outcome.body, outcome.ok) == (200, "thanks", True)
    [received] = there.received
    assert (received.path, received.body, received.headers["X-Own"]) == ("/ok?x=1", '{"ä": 1}', "1")


def test_a_redirect_is_not_followed(there: Receiver) -> None:
    outcome = network.post(f"{there.url}/redirect", b"{}", {})
    assert (outcome.status, outcome.ok) == (302, False)
    assert [one.path for one in there.received] == ["/redirect"]


def test_the_machines_proxies_are_not_asked(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert network.post(f"{there.url}/ok", b"{}", {}).ok


def test_an_answer_without_end_is_read_so_far_and_no_further(there: Receiver) -> None:
    outcome = network.post(f"{there.url}/endless", b"{}", {})
    assert outcome.ok
    assert len(outcome.body) == network.MOST_READ


@pytest.mark.parametrize("path", ["trickle", "silent"])
def test_whoever_does_not_come_to_the_point_is_cut_off(
    there: Receiver, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "TIMEOUT", 0.7)
    outcome = network.post(f"{there.url}/{path}", b"{}", {})
    assert outcome.status is None
    assert outcome.error == "No answer within 0.7 seconds"


def test_what_is_no_http_is_an_outcome(opened: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.close()
        assert network.post(url, b"{}", {}).error.startswith("No connection: ")


# TLS -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A certificate for hooks.example.com, by an authority that this machine trusts."""
    authority, pair = certify(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    network._trusted.cache_clear()
    yield pair
    network._trusted.cache_clear()


def test_a_certificate_is_verified_against_the_name_while_the_address_is_the_checked_one(
    names: Names, trusted: Path, opened: None
) -> None:
    names.answers |= {"hooks.example.com": [["127.0.0.1"]], "other.example.com": [["127.0.0.1"]]}
    with receiver(trusted) as there:
        assert network.post(f"https://hooks.example.com:{there.port}/ok", b"{}", {}).ok
        assert network.post(f"https://hooks.example.com.:{there.port}/ok", b"{}", {}).ok
        wrong = network.post(f"https://other.example.com:{there.port}/ok", b"{}", {})
        assert wrong.error.startswith("The certificate cannot be trusted: ")
        assert len(there.received) == 2


def test_an_authority_that_nobody_knows_is_not_trusted(tmp_path: Path, opened: None) -> None:
    with receiver(certify(tmp_path)[1]) as there:
        outcome = network.post(f"{there.url}/ok", b"{}", {})
        assert outcome.error.startswith("The certificate cannot be trusted: ")
        assert there.received == []


def test_a_receiver_without_tls_is_no_receiver_of_https(there: Receiver) -> None:
    assert network.post(f"https://127.0.0.1:{there.port}/ok", b"{}", {}).error.startswith("TLS failed: ")
