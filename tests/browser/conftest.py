"""A real Chromium. Whatever it complains about, in its console or of the content policy, fails the test."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from tests.live import Live, Tenant

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Neither a sandbox, which root does not get, nor anything that asks the network.
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One a module: Playwright's event loop in this thread would make Django refuse to ask the database."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium or Chrome found: the pages were not looked at in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """What a page must not do. `forgiven` are addresses whose failure is the point of the test."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not any(part in response.url for part in self.forgiven):
            self.complaints.append(f"{response.status}: {response.url}")


@pytest.fixture
def open_page(chromium: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """`open_page(width=390, color_scheme="dark")` is a page of a browser of its own, below the server's address."""
    watches: list[tuple[Any, Watch]] = []

    def open_(*, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = chromium.new_context(base_url=live.url, viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch = Watch(page)
        page.watch = watch  # type: ignore[attr-defined]
        watches.append((context, watch))
        return page

    yield open_
    for context, _ in watches:
        context.close()
    assert [complaint for _, watch in watches for complaint in watch.complaints] == []


@pytest.fixture
def sign_in(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """`sign_in(tenant)` is a page of a browser in which they are signed in."""

    def as_(tenant: Tenant, **options: Any) -> Page:
        page = open_page(**options)
        page.goto("/users/sign_in")
        page.get_by_label("User name").fill(tenant.username)
        page.get_by_label("Password").fill(tenant.password)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Your projects").wait_for()
        return page

    return as_
