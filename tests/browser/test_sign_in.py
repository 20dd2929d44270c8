"""Second factors as a person meets them: an authenticator app, and a security key that Chromium plays."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.live import Live, Tenant, serve
from tests.provider import CLIENT, SECRET, Provider, serving

pytestmark = pytest.mark.browser


def code(secret: str) -> str:
    """What an authenticator app shows now, and for three seconds at least."""
    left = 30 - time.time() % 30
    time.sleep(left if left < 3 else 0)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enter(page: Page, tenant: Tenant, root: str = "") -> None:
    page.goto(f"{root}/users/sign_in")
    page.get_by_label("User name").fill(tenant.username)
    page.get_by_label("Password").fill(tenant.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def leave(page: Page, tenant: Tenant) -> None:
    page.locator("summary", has_text=tenant.username).click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def to_security(page: Page, tenant: Tenant) -> None:
    page.locator("summary", has_text=tenant.username).click()
    page.get_by_role("link", name="Account security").click()
    page.get_by_role("heading", name="Account security").wait_for()


def confirm(page: Page, tenant: Tenant) -> None:
    page.get_by_role("heading", name="Is it you?").wait_for()
    page.get_by_label("Password").fill(tenant.password)
    page.get_by_role("button", name="Confirm").click()


def set_up_app(page: Page, tenant: Tenant) -> tuple[str, list[str]]:
    """Its key, and the recovery codes."""
    to_security(page, tenant)
    page.get_by_role("link", name="Set up an authenticator app").click()
    confirm(page, tenant)
    picture = page.get_by_role("img", name="QR code")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0"), "the policy lets it be drawn"
    secret = page.locator("#key").inner_text()
    page.get_by_label("Code that the app shows").fill(code(secret))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    recovery = page.locator("#codes").inner_text().split()
    assert len(recovery) == 10
    return secret, recovery


def test_an_authenticator_app_is_set_up_and_asked_for(tenant: Tenant, sign_in: Callable[..., Page]) -> None:
    page = sign_in(tenant)
    secret, recovery = set_up_app(page, tenant)
    leave(page, tenant)
    enter(page, tenant)
    page.get_by_role("heading", name="Second factor").wait_for()
    page.get_by_label("Code of your authenticator app").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    page.get_by_label("Code of your authenticator app").fill(code(secret))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your projects").wait_for()
    leave(page, tenant)

    enter(page, tenant)
    page.get_by_label("Code of your authenticator app").fill(recovery[0])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your projects").wait_for()
    to_security(page, tenant)
    expect(page.get_by_text("9 unused")).to_be_visible()


@pytest.fixture
def localhost(live: Live) -> str:
    """The server by a name: browsers offer security keys for names alone, and without https for this one alone."""
    return live.url.replace("127.0.0.1", "localhost")


def plugged_in(page: Page) -> None:
    """A security key that is touched whenever it is asked."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True}
    options = {**key, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_key(page: Page, tenant: Tenant) -> None:
    to_security(page, tenant)
    page.get_by_role("link", name="Add a security key").click()
    confirm(page, tenant)
    page.get_by_label("Name").fill("blue key")
    page.get_by_role("button", name="Add security key").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()


def test_a_security_key_is_added_asked_for_renamed_and_removed(
    tenant: Tenant, open_page: Callable[..., Page], localhost: str
) -> None:
    page = open_page()
    plugged_in(page)
    enter(page, tenant, localhost)
    page.get_by_role("heading", name="Your projects").wait_for()
    add_key(page, tenant)
    leave(page, tenant)
    enter(page, tenant, localhost)
    page.get_by_role("button", name="Use a security key").click()
    page.get_by_role("heading", name="Your projects").wait_for()
    to_security(page, tenant)
    page.get_by_role("link", name="Rename blue key").click()
    page.get_by_role("heading", name="Is it you?").wait_for()
    page.get_by_role("link", name="Use a security key").click()
    page.get_by_role("button", name="Use a security key").click()
    page.get_by_role("textbox", name="Name").fill("red key")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("link", name="Remove red key").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("None yet: your password is enough.")).to_be_visible()
    leave(page, tenant)
    enter(page, tenant, localhost)
    page.get_by_role("heading", name="Your projects").wait_for()


def test_what_a_key_cannot_do_is_said_in_words(tenant: Tenant, sign_in: Callable[..., Page]) -> None:
    """By its address instead of its name."""
    page = sign_in(tenant)
    to_security(page, tenant)
    page.get_by_role("link", name="Add a security key").click()
    confirm(page, tenant)
    page.get_by_role("button", name="Add security key").click()
    expect(page.get_by_role("alert")).to_contain_text("open this service by its name")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_scroll_nothing_sideways(tenant: Tenant, sign_in: Callable[..., Page], width: int) -> None:
    page = sign_in(tenant, width=width)
    for where in ("/-/user_settings/security", "/-/user_settings/password", "/-/user_settings/security/confirm"):
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where


# Another provider, with a server that settings tell of it -------------------------------------------------------------


@pytest.fixture(scope="module")
def provided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, Live]]:
    with serving() as provider:
        provider.claims = {"sub": "1", "preferred_username": "ada", "name": "Ada L."}
        given = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
        folder: Path = tmp_path_factory.mktemp("provided")
        with serve(folder, **given, PASSWORD_SIGN_IN="off", REQUIRE_TWO_FACTOR="everyone") as server:
            yield provider, server


def test_a_person_comes_by_way_of_their_company(provided: Any, chromium: Any) -> None:
    _, server = provided
    context = chromium.new_context(base_url=server.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/")
    expect(page.get_by_label("Password")).to_have_count(0)
    page.get_by_role("button", name="Sign in with single sign-on").click()
    page.get_by_role("heading", name="Account security").wait_for()
    expect(page.get_by_text("requires a second factor").first).to_be_visible()
    assert re.search(r"/-/user_settings/security$", page.url)
    assert complaints == []
    context.close()
