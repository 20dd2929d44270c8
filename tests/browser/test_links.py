"""The address that MLflow's client prints after a run, clicked."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.live import Tenant

pytestmark = pytest.mark.browser


def test_the_printed_address_of_a_run_opens_its_page_after_signing_in(
    open_page: Callable[..., Page], tenant: Tenant
) -> None:
    headers = {"Authorization": f"Bearer {tenant.token}"}
    url = f"{tenant.tracking_uri}/api/2.0/mlflow/runs/create"
    run = httpx.post(url, json={"run_name": "printed"}, headers=headers).json()["run"]["info"]["run_id"]
    page = open_page()
    page.goto(f"{tenant.tracking_uri}/#/experiments/0/runs/{run}")
    page.get_by_label("User name").fill(tenant.username)
    page.get_by_label("Password").fill(tenant.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="printed", level=1)).to_be_visible()
    assert page.url.endswith("/-/ml/runs/1")
