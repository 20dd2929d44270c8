"""Upload, see, download: a package on its way through the pages."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.live import Tenant

pytestmark = pytest.mark.browser


def put(tenant: Tenant, path: str, content: bytes) -> None:
    url = f"{tenant.url}/api/v4/projects/{tenant.project_id}/packages/generic/{path}"
    answer = httpx.put(url, content=content, headers={"PRIVATE-TOKEN": tenant.token}, timeout=60)
    assert answer.status_code == 201, answer.text


def test_a_package_is_sent_seen_fetched_and_deleted(tenant: Tenant, sign_in: Any) -> None:
    page = sign_in(tenant, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/{tenant.path}")
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Packages").click()
    expect(page.get_by_role("heading", name="No packages")).to_be_visible()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "--upload-file data.csv" in page.evaluate("navigator.clipboard.readText()")
    put(tenant, "data-set/1.0.0/train/part.csv", b"a,b\n1,2\n")
    put(tenant, "data-set/1.0.0/README.md", b"# Read")
    put(tenant, "other/1/a.bin", b"x")
    page.reload()
    page.get_by_label("Search packages").press_sequentially("data")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="data-set").click()
    page.get_by_role("link", name="train").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download train/part.csv").click()
    assert download.value.suggested_filename == "part.csv"
    assert download.value.path().read_bytes() == b"a,b\n1,2\n"
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete train/part.csv").click()
    expect(page.get_by_text("“train/part.csv” is deleted")).to_be_visible()
    expect(page.get_by_role("link", name="train")).to_have_count(0)
    page.get_by_role("button", name="Delete package").click()
    expect(page.get_by_text("Package “data-set 1.0.0” is deleted")).to_be_visible()


def test_packages_fit_a_phone_and_need_no_javascript(tenant: Tenant, sign_in: Any) -> None:
    put(tenant, "data-set/1.0.0/a-rather-long-name-of-a-file-in-a-package.parquet", b"x")
    page = sign_in(tenant, width=390, height=800, java_script_enabled=True)
    plain = sign_in(tenant, java_script_enabled=False)
    page.goto(f"/{tenant.path}/-/packages")
    address = page.get_by_role("link", name="data-set").get_attribute("href")
    for place in (f"/{tenant.path}/-/packages", address):
        page.goto(place)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, place
        plain.goto(place)
        expect(plain.get_by_role("main")).to_contain_text("data-set")
