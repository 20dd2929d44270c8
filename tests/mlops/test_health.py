"""The probes of balancers and containers."""

import httpx

from tests.live import Live


def test_a_live_server_is_alive_ready_and_healthy(live: Live) -> None:
    assert httpx.get(f"{live.url}/-/health").text == "Tenon OK"
    assert httpx.get(f"{live.url}/-/liveness").json() == {"status": "ok"}
    assert httpx.get(f"{live.url}/-/readiness").json()["db_check"] == [{"status": "ok"}]


def test_tenants_on_the_live_server_are_strangers(live: Live) -> None:
    one, two = live.tenant(), live.tenant()
    assert one.project_id != two.project_id
    headers = {"Authorization": f"Bearer {one.token}"}
    assert httpx.get(f"{one.tracking_uri}/nothing", headers=headers).json()["error_code"] == "ENDPOINT_NOT_FOUND"
    refused = httpx.get(f"{two.tracking_uri}/nothing", headers=headers)
    assert refused.json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
