"""A person's way through the model registry."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import post, put
from tests.live import Live, Tenant

START = 1_760_000_000_000
ML_MODEL = """flavors:
  python_function:
    loader_module: mlflow.sklearn
signature:
  inputs: '[{"type": "double", "name": "amount"}, {"type": "string", "name": "country", "required": false}]'
  outputs: '[{"type": "double", "name": "score", "required": true}]'
"""


TAGS = {
    "gitlab.CI_JOB_ID": "900",
    "gitlab.CI_JOB_NAME": "train",
    "gitlab.CI_PIPELINE_ID": "77",
    "gitlab.CI_COMMIT_SHA": "c0ffee0123456789",
    "gitlab.CI_COMMIT_TITLE": "Train on the new cards",
}


def registered(tenant: Tenant) -> None:
    """`fraud` with three versions, aliases and a stage."""
    experiment = post(tenant, "experiments/create", {"name": "training"})["experiment_id"]
    card = "# Fraud detector\n\nScores payments. **Not** for loans.\n\n| data | rows |\n|---|---|\n| cards | 1.2 M |\n"
    post(tenant, "registered-models/create", {"name": "fraud", "description": card})
    post(tenant, "registered-models/set-tag", {"name": "fraud", "key": "team", "value": "risk"})
    for number, semver in enumerate(("1.0.0", "1.1.0", "2.0.0-rc.1")):
        version = {
            "name": "fraud",
            "run_id": trained(tenant, experiment, number),
            "description": f"It is **{semver}**.",
        }
        version["source"] = f"runs:/{version['run_id']}/model"
        tags = [{"key": "gitlab.version", "value": semver}]
        post(tenant, "model-versions/create", {**version, "tags": tags})
    for alias, number in (("champion", "1"), ("champion", "2"), ("challenger", "3")):
        post(tenant, "registered-models/alias", {"name": "fraud", "alias": alias, "version": number})
    post(tenant, "model-versions/transition-stage", {"name": "fraud", "version": "2", "stage": "Production"})


def trained(tenant: Tenant, experiment: str, number: int) -> str:
    """A run of a CI job, with metrics, params, a dataset and a model."""
    run = {"experiment_id": experiment, "run_name": f"train-{number}", "start_time": START + number * 60_000}
    made: str = post(tenant, "runs/create", run)["run"]["info"]["run_id"]
    points = [
        {"key": key, "value": scale / (step + 1 + number), "timestamp": START + step * 1000, "step": step}
        for key, scale in (("val/loss", 2.0), ("val/auc", 0.9))
        for step in range(100)
    ]
    values = {"metrics": points, "params": [{"key": "rate", "value": str(0.1 / (number + 1))}]}
    tags = [{"key": key, "value": value} for key, value in TAGS.items()]
    post(tenant, "runs/log-batch", {"run_id": made, **values, "tags": tags})
    dataset = {"name": "cards", "digest": "ab12", "source_type": "local", "source": "/cards.csv"}
    post(tenant, "runs/log-inputs", {"run_id": made, "datasets": [{"dataset": dataset}]})
    text = ML_MODEL if number == 0 else ML_MODEL.replace('"country"', '"merchant"')
    put(tenant, f"{experiment}/{made}/artifacts/model/MLmodel", text.encode())
    put(tenant, f"{experiment}/{made}/artifacts/model/data/weights.bin", b"w" * (100 + number))
    return made


@pytest.fixture
def furnished(live: Live) -> Tenant:
    tenant = live.tenant()
    registered(tenant)
    return tenant


def dropped(page: Page, name: str, content: str) -> None:
    page.locator("[data-files]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content.encode()}])


def test_a_person_reads_compares_and_moves_an_alias(furnished: Tenant, sign_in: Any) -> None:
    page = sign_in(furnished)
    page.goto(f"/{furnished.path}")
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Model registry").click()
    page.get_by_label("Search models by name").press_sequentially("fra")
    expect(page).to_have_url(re.compile("q=fra"))
    page.get_by_role("link", name="fraud", exact=True).click()
    expect(page.get_by_role("heading", name="Fraud detector")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Versions")).click()
    page.get_by_label("Compare from 1.0.0").check()
    page.get_by_label("Compare to 1.1.0").check()
    page.get_by_role("button", name="Compare the chosen two").click()
    expect(page.get_by_role("row", name=re.compile("^country"))).to_contain_text("removed")
    page.get_by_role("link", name="Swap the two versions").click()
    expect(page.get_by_role("row", name=re.compile("^country"))).to_contain_text("added")
    page.goto(f"/{furnished.path}/-/ml/models/fraud/aliases")
    page.get_by_label("Version for champion").fill("1.0.0")
    page.get_by_role("button", name="Move champion", exact=True).click()
    expect(page.get_by_text("The alias “champion” points to 1.0.0 (number 1).")).to_be_visible()


def test_charts_of_a_version_are_drawn(furnished: Tenant, sign_in: Any) -> None:
    page = sign_in(furnished)
    page.goto(f"/{furnished.path}/-/ml/models/fraud/versions/1.1.0")
    page.get_by_role("link", name="Performance").click()
    expect(page.locator("figure[data-drawn=yes]")).to_have_count(2)
    expect(page.get_by_text("100 of 100 points").first).to_be_visible()


def test_a_run_is_promoted_with_a_live_hint(furnished: Tenant, sign_in: Any) -> None:
    page = sign_in(furnished)
    page.goto(f"/{furnished.path}/-/ml/runs/1")
    page.get_by_role("link", name="Promote to a model version").click()
    page.get_by_label("Model", exact=True).press_sequentially("fraud")
    expect(page.get_by_text("A version is added to this model.")).to_be_visible()
    page.get_by_label("Version", exact=True).press_sequentially("1.1.0")
    expect(page.get_by_text("Version 1.1.0 exists already.")).to_be_visible()
    page.get_by_label("Version", exact=True).fill("2.1.0")
    expect(page.get_by_text("2.1.0 is free.")).to_be_visible()
    page.get_by_label("Version card").fill("**promoted**")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("promoted")
    page.get_by_role("button", name="Promote", exact=True).click()
    expect(page.get_by_role("heading", name="fraud / 2.1.0")).to_be_visible()
    page.get_by_role("link", name="train-0").first.click()
    expect(page.get_by_role("link", name="2.1.0")).to_be_visible()


def test_files_are_sent_until_the_version_is_published(furnished: Tenant, sign_in: Any) -> None:
    page = sign_in(furnished)
    page.goto(f"/{furnished.path}/-/ml/models/fraud/versions/new")
    expect(page.get_by_text("The next free one is 2.0.0")).to_be_visible()
    page.get_by_label("Version", exact=True).fill("3.0.0")
    page.get_by_role("button", name="Create version").click()
    page.get_by_role("link", name="Files").click()
    dropped(page, "notes.txt", "all is well")
    page.get_by_role("link", name=re.compile("notes.txt")).click()
    expect(page.get_by_text("all is well")).to_be_visible()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Files").click()
    expect(page.get_by_text("its files cannot change any more")).to_be_visible()
    expect(page.locator("[data-drop]")).to_have_count(0)
    answer = httpx.get(f"{furnished.url}/{furnished.path}/-/ml/models/fraud/versions/3.0.0", timeout=30)
    assert answer.status_code == 302


def test_without_javascript_everything_but_sending_files_works(furnished: Tenant, open_page: Any) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/{furnished.path}/-/ml/models/new")
    page.get_by_label("User name").fill(furnished.username)
    page.get_by_label("Password").fill(furnished.password)
    page.get_by_label("Password").press("Enter")
    page.get_by_label("Name").fill("by hand")
    page.get_by_label("Model card").fill("## Why")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    page.get_by_role("button", name="Create model").click()
    page.get_by_role("link", name="New version").click()
    page.get_by_role("button", name="Create version").click()
    expect(page.get_by_role("heading", name="by hand / 1.0.0")).to_be_visible()
    page.get_by_role("textbox", name="Alias").fill("champion")
    page.get_by_role("button", name="Point here").click()
    page.get_by_role("link", name="1.0.0").first.click()
    page.get_by_role("link", name="Delete").click()
    page.watch.forgiven.append("/versions/1/delete")
    page.get_by_role("button", name="Delete version").click()
    expect(page.get_by_role("alert")).to_contain_text("champion")
    page.get_by_label(re.compile("Delete it all the same")).check()
    page.get_by_role("button", name="Delete version").click()
    expect(page.get_by_text("Version 1.0.0 is deleted.")).to_be_visible()


def test_a_phone_scrolls_no_page_sideways(furnished: Tenant, sign_in: Any) -> None:
    page = sign_in(furnished, width=390)
    for below in ("", "/fraud", "/fraud/versions", "/fraud/aliases", "/fraud/versions/2", "/fraud/compare"):
        page.goto(f"/{furnished.path}/-/ml/models{below}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), below
