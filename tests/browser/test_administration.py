"""An owner's way: a project, a member, an invitation, a token that curl works with, and its end."""

import re
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.live import Live, Tenant

pytestmark = pytest.mark.browser


def api(live: Live, token: str, path: str) -> str:
    """The status that curl gets."""
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"PRIVATE-TOKEN: {token}"]
    done = subprocess.run([*command, f"{live.url}/api/v4/{path}"], capture_output=True, text=True, check=True)
    return done.stdout


def created(page: Page) -> int:
    """A new project of the tenant's own; its id."""
    page.get_by_role("link", name="New project").click()
    page.get_by_label("Name", exact=True).fill("Claims & Co")
    page.get_by_label("Description").fill("Which ones deserve a second look?")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", name="Claims & Co")).to_be_visible()
    return int(page.locator("dd").first.inner_text())


def test_from_a_new_project_to_a_revoked_token(live: Live, tenant: Tenant, sign_in: Any) -> None:
    other = live.tenant()
    page = sign_in(tenant)
    number = created(page)

    page.get_by_role("link", name="Members").click()
    page.get_by_label("User name or e-mail address").fill(other.username)
    page.get_by_label("Role", exact=True).select_option(label="Developer")
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.get_by_role("row", name=re.compile(other.username))
    expect(row.get_by_text("Direct member")).to_be_visible()
    assert api(live, other.token, f"projects/{number}") == "200"

    page.get_by_role("link", name="Access tokens").click()
    page.get_by_label("Name", exact=True).fill("nightly")
    page.get_by_label(re.compile("^read_api")).check()
    page.get_by_role("button", name="Create token").click()
    secret = page.locator("#secret").inner_text()
    assert api(live, secret, f"projects/{number}/ml/models") == "200"
    assert api(live, secret, f"projects/{other.project_id}") == "404"

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke nightly").click()
    expect(page.get_by_text("The project has no active token.")).to_be_visible()
    assert api(live, secret, f"projects/{number}/ml/models") == "401"

    page.get_by_role("link", name="Members").click()
    page.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.get_by_text("is no longer a member")).to_be_visible()
    assert api(live, other.token, f"projects/{number}") == "404"


def test_who_is_invited_makes_an_account_and_is_in(live: Live, tenant: Tenant, sign_in: Any, open_page: Any) -> None:
    page = sign_in(tenant)
    page.goto(f"/{tenant.path}/-/project_members")
    page.get_by_label("User name or e-mail address").fill("new@example.org")
    page.get_by_role("button", name="Add", exact=True).click()
    link = page.locator("#link").inner_text()

    theirs = open_page(width=390)
    theirs.goto(link)
    theirs.get_by_label("User name").fill(f"new-{tenant.username}")
    theirs.get_by_label("Password").fill("correct horse battery")
    theirs.get_by_role("button", name="Make an account and join").click()
    theirs.wait_for_url(f"**/{tenant.path}")
    expect(theirs.get_by_text("You are a member of")).to_be_visible()
    theirs.watch.forgiven.append("/-/invites/")
    theirs.goto(link)
    expect(theirs.get_by_role("heading", name="Page not found")).to_be_visible()


def test_a_renamed_project_is_found_at_its_old_address(tenant: Tenant, sign_in: Any) -> None:
    page = sign_in(tenant)
    page.goto(f"/{tenant.path}/-/settings/general")
    page.get_by_label("Path", exact=True).fill("renamed")
    page.get_by_role("button", name="Change path").click()
    expect(page.get_by_text("The project lives at")).to_be_visible()
    page.goto(f"/{tenant.path}/-/ml/experiments?q=x")
    page.wait_for_url(f"**/{tenant.path.partition('/')[0]}/renamed/-/ml/experiments?q=x")


@pytest.mark.parametrize("page_of", ["-/settings/general", "-/project_members", "-/settings/access_tokens"])
def test_nothing_sticks_out_on_a_phone(tenant: Tenant, sign_in: Any, page_of: str) -> None:
    page = sign_in(tenant, width=390)
    page.goto(f"/{tenant.path}/{page_of}")
    for field in page.get_by_role("main").locator("label:not(.visually-hidden)").all():
        expect(field).to_be_visible()
    assert page.locator("html").evaluate("element => element.scrollWidth") <= 390
