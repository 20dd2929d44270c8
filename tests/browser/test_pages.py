"""A person's way through the pages, and what JavaScript adds to them."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.live import Live, Tenant

pytestmark = pytest.mark.browser

START = 1_700_000_000_000


@dataclass
class Logged:
    """A tenant's experiment and its runs' uuids; the last one has everything."""

    tenant: Tenant
    experiment: str
    runs: list[str]

    @property
    def experiments_page(self) -> str:
        return f"/{self.tenant.path}/-/ml/experiments"

    @property
    def experiment_page(self) -> str:
        return f"{self.experiments_page}/{self.experiment}"

    @property
    def run_page(self) -> str:
        return f"/{self.tenant.path}/-/ml/runs/{self.runs[-1]}"


def post(tenant: Tenant, path: str, body: Any) -> Any:
    url = f"{tenant.tracking_uri}/api/2.0/mlflow/{path}"
    answer = httpx.post(url, json=body, headers={"Authorization": f"Bearer {tenant.token}"}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def put(tenant: Tenant, path: str, content: bytes) -> None:
    url = f"{tenant.tracking_uri}/api/2.0/mlflow-artifacts/artifacts/{path}"
    answer = httpx.put(url, content=content, headers={"Authorization": f"Bearer {tenant.token}"}, timeout=60)
    assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def logged(live: Live) -> Logged:
    tenant = live.tenant()
    experiment = post(tenant, "experiments/create", {"name": "churn"})["experiment_id"]
    made = []
    for number in range(55):
        run = {"experiment_id": experiment, "run_name": f"run-{number:02}", "start_time": START + number * 60_000}
        made.append(post(tenant, "runs/create", run)["run"]["info"]["run_id"])
    points = [
        {"key": key, "value": math.exp(-step / 500) * scale, "timestamp": START + step * 1000, "step": step}
        for key, scale in (("val/loss", 2.0), ("val/accuracy", 1.0))
        for step in range(1500)
    ]
    for start in range(0, len(points), 1000):
        post(tenant, "runs/log-batch", {"run_id": made[-1], "metrics": points[start : start + 1000]})
    note = {"key": "mlflow.note.content", "value": "## Why\n\n<script>document.title='broken'</script> *Because*"}
    evil = {"key": "team", "value": "<img src=x onerror=\"document.title='broken'\">"}
    values = {"params": [{"key": "rate", "value": "0.1"}], "tags": [note, evil]}
    post(tenant, "runs/log-batch", {"run_id": made[-1], **values})
    put(tenant, f"{experiment}/{made[-1]}/artifacts/report/summary.txt", b"all is well")
    put(tenant, f"{experiment}/{made[-1]}/artifacts/page.html", b"<script>document.title='broken'</script>")
    return Logged(tenant, experiment, made)


def test_a_new_user_finds_the_way_to_a_token_and_the_two_lines(tenant: Tenant, sign_in: Any) -> None:
    page = sign_in(tenant)
    page.get_by_role("link", name="Fraud").click()
    expect(page.get_by_text(f"export MLFLOW_TRACKING_URI={tenant.tracking_uri}")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Access tokens").click()
    page.get_by_label("Name").fill("laptop")
    page.get_by_role("button", name="Create token").click()
    secret = page.locator("#secret").inner_text()
    answer = httpx.get(f"{tenant.url}/api/v4/user", headers={"PRIVATE-TOKEN": secret}, timeout=30)
    assert answer.json()["username"] == tenant.username
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke laptop").click()
    page.get_by_text("is revoked").wait_for()
    assert httpx.get(f"{tenant.url}/api/v4/user", headers={"PRIVATE-TOKEN": secret}, timeout=30).status_code == 401


def test_the_two_lines_are_copied(tenant: Tenant, sign_in: Any) -> None:
    page = sign_in(tenant, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/{tenant.path}")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("export MLFLOW_TRACKING_URI=http")


def test_a_private_page_asks_to_sign_in_and_leads_back(logged: Logged, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(logged.experiment_page)
    page.get_by_label("User name").fill(logged.tenant.username)
    page.get_by_label("Password").fill(logged.tenant.password)
    page.get_by_label("Password").press("Enter")
    page.get_by_role("heading", name="churn").wait_for()
    page.get_by_role("banner").locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_experiments_are_made_searched_and_deleted(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant)
    page.goto(logged.experiments_page)
    page.get_by_label("Search experiments by name").press_sequentially("chu")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile("q=chu"))
    page.get_by_text("New experiment").click()
    page.get_by_label("Name", exact=True).fill("churn")
    page.get_by_role("button", name="Create").click()
    page.watch.forgiven.append("/experiments/new")
    page.watch.complaints.clear()
    expect(page.get_by_role("alert")).to_contain_text("already exists")
    page.get_by_label("Name", exact=True).fill("fresh")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name="fresh").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_text("Edit").click()
    page.get_by_role("button", name="Delete experiment").click()
    page.get_by_text("They can be restored").wait_for()


def test_runs_are_filtered_ordered_and_read_on(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant)
    page.goto(logged.experiment_page)
    rows = page.locator("#runs tr")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="More runs").click()
    expect(rows).to_have_count(55)
    expect(page.get_by_role("link", name="More runs")).to_have_count(0)
    page.get_by_role("link", name="Run", exact=True).click()
    expect(rows.first).to_contain_text("run-00")
    page.get_by_label("Filter runs").fill("params.rate = '0.1'")
    page.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(1)
    page.get_by_label("Filter runs").fill("params.rate >> 1")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("alert")).to_contain_text("at position")


def test_columns_are_chosen(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant)
    page.goto(logged.experiment_page)
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("val/accuracy").uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("link", name="val/loss")).to_be_visible()
    expect(page.get_by_role("link", name="val/accuracy")).to_have_count(0)


def test_a_run_tells_what_it_logged_and_runs_nothing_of_it(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant)
    page.goto(logged.run_page)
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    page.get_by_label("Search metrics").fill("acc")
    expect(page.locator("#metrics-table tbody tr:visible")).to_have_count(1)
    expect(page).to_have_title(re.compile("^run-54 "))


def test_charts_are_drawn_when_they_come_into_view(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant)
    page.goto(f"{logged.run_page}/charts")
    figure = page.locator("figure", has_text="val/loss")
    expect(figure.locator("canvas")).to_be_visible()
    expect(figure).to_contain_text("1,000 of 1,500 points")
    for x in ("time", "relative"):
        page.get_by_label("X axis").select_option(x)
        expect(page).to_have_url(re.compile(f"x={x}"))
    page.get_by_label("Log Y").check()
    page.get_by_label("Smoothing").fill("0.6")
    expect(page).to_have_url(re.compile("smooth=0.6"))
    page.reload()
    expect(page.get_by_label("X axis")).to_have_value("relative")
    expect(page.get_by_label("Log Y")).to_be_checked()
    expect(figure.locator("canvas")).to_be_visible()
    figure.hover()
    page.get_by_role("button", name="Change between light and dark").click()
    expect(figure.locator("canvas")).to_be_visible()


def test_artifacts_are_opened_and_downloaded(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant)
    page.goto(f"{logged.run_page}/artifacts")
    page.get_by_role("link", name="report").click()
    page.get_by_role("link", name="summary.txt").click()
    expect(page.get_by_text("all is well")).to_be_visible()
    expect(page).to_have_url(re.compile("path=report%2Fsummary.txt|path=report/summary.txt"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "summary.txt"
    assert download.value.path().read_bytes() == b"all is well"
    page.get_by_role("link", name="page.html").click()
    expect(page.get_by_text("<script>document.title")).to_be_visible()
    expect(page).to_have_title(re.compile("^run-54 "))
    page.go_back()
    expect(page.get_by_text("all is well")).to_be_visible()


def test_every_page_can_be_read_without_javascript(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant, java_script_enabled=False)
    for address, told in (
        ("/", "Fraud"),
        (f"/{logged.tenant.path}", "MLFLOW_TRACKING_URI"),
        (logged.experiments_page, "churn"),
        (logged.experiment_page, "run-54"),
        (logged.run_page, "val/loss"),
        (f"{logged.run_page}/charts", "at step 1499"),
        (f"{logged.run_page}/artifacts?path=report/summary.txt", "all is well"),
    ):
        page.goto(address)
        expect(page.get_by_role("main")).to_contain_text(told)


def test_no_page_is_wider_than_a_phone(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant, width=390, height=800)
    for address in (
        "/",
        f"/{logged.tenant.path}",
        logged.experiments_page,
        logged.experiment_page,
        logged.run_page,
        f"{logged.run_page}/charts",
        f"{logged.run_page}/artifacts?path=report/summary.txt",
        "/-/user_settings/personal_access_tokens",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_the_theme_follows_the_system_until_somebody_chooses(tenant: Tenant, sign_in: Any) -> None:
    page = sign_in(tenant, color_scheme="dark")
    html = page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Change between light and dark").click()
    expect(html).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(html).to_have_attribute("data-bs-theme", "light")


def test_the_keyboard_alone_gets_to_a_run(logged: Logged, sign_in: Any) -> None:
    page = sign_in(logged.tenant)
    page.goto(logged.experiment_page)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="run-54").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="run-54").wait_for()
