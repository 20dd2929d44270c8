"""The page of the API's description: drawn under the strict content policy, without asking anybody else."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_operations_of_an_area_are_shown(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    elsewhere: list[str] = []
    page.on("request", lambda asked: None if "127.0.0.1" in asked.url else elsewhere.append(asked.url))
    page.goto("/help/api")
    area = page.locator("#operations-tag-Members")
    expect(area).to_be_visible(timeout=30_000)  # the description is long, and a busy machine slow
    area.click()
    operation = page.locator("#operations-Members-AddMemberOfProject")
    operation.click()
    expect(operation).to_contain_text("access_level")
    expect(operation).to_contain_text("curl --header")
    expect(page.locator("html.dark-mode")).to_have_count(int(scheme == "dark"))
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []


def test_a_token_can_be_tried_out(open_page: Callable[..., Page], live: object) -> None:
    page = open_page()
    page.goto("/help/api")
    page.get_by_role("button", name="Authorize").first.click()
    page.locator("#api_key_value").first.fill(live.token)  # type: ignore[attr-defined]
    page.locator(".auth-container").first.get_by_role("button", name="Apply").click()
    page.locator(".close-modal").click()
    page.locator("#operations-tag-Service").click()
    operation = page.locator("#operations-Service-GetServerVersion")
    operation.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
