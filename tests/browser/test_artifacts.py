"""Files in a browser: what is in them never runs, and they can be sent, deleted and fetched."""

import os
import pickle
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.live import Live, Tenant

pytestmark = pytest.mark.browser

BROKEN = "document.title='broken'"
HARMFUL = {
    "page.html": f"<script>top.{BROKEN}</script>",
    "page.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><script>top.{BROKEN}</script></html>',
    "image.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><script>top.{BROKEN}</script></svg>',
    "image.png": f"<script>top.{BROKEN}</script>",
    "data.xml": f'<x:script xmlns:x="http://www.w3.org/1999/xhtml">top.{BROKEN}</x:script>',
    "paper.pdf": f"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS({BROKEN})>>>>endobj",
    "notes.md": f"<script>{BROKEN}</script>\n\n[click](javascript:{BROKEN})\n\n<img src=x onerror={BROKEN}>",
    "table.csv": f"a,b\n<script>{BROKEN}</script>,<img src=x onerror={BROKEN}>\n",
    "MLmodel": f"flavors:\n  '<script>{BROKEN}</script>': {{loader_module: '<img src=x onerror={BROKEN}>'}}\n",
}


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


@dataclass
class Made:
    tenant: Tenant
    run: str
    root: str

    @property
    def page(self) -> str:
        return f"/{self.tenant.path}/-/ml/runs/{self.run}/artifacts"

    def put(self, path: str, content: bytes) -> None:
        url = f"{self.tenant.tracking_uri}/api/2.0/mlflow-artifacts/artifacts/0/{self.run}/artifacts/{path}"
        headers = {"Authorization": f"Bearer {self.tenant.token}"}
        assert httpx.put(url, content=content, headers=headers, timeout=60).status_code == 200


@pytest.fixture
def made(live: Live) -> Made:
    tenant = live.tenant()
    url = f"{tenant.tracking_uri}/api/2.0/mlflow/runs/create"
    tags = [
        {"key": "link", "value": f"javascript:{BROKEN}"},
        {"key": "gitlab.CI_JOB_URL", "value": f"javascript:{BROKEN}"},
    ]
    headers = {"Authorization": f"Bearer {tenant.token}"}
    answer = httpx.post(url, json={"run_name": "files", "tags": tags}, headers=headers, timeout=60)
    run = answer.json()["run"]["info"]["run_id"]
    return Made(tenant, run, url)


def test_nothing_in_a_file_runs_however_it_is_looked_at(made: Made, sign_in: Any) -> None:
    for name, content in HARMFUL.items():
        made.put(name, content.encode())
    page: Page = sign_in(made.tenant)
    # A picture that is none is complained about.
    page.watch.forgiven.append("/raw/")  # type: ignore[attr-defined]
    for name in HARMFUL:
        page.goto(f"{made.page}?path={name}")
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        expect(page).to_have_title(re.compile("^files "))
        assert page.locator("main [href^='javascript:'], main [onerror], main iframe, main object").count() == 0
        with page.expect_download() as download:
            page.evaluate("address => { location.href = address; }", f"{made.page}/raw/{name}")
        assert download.value.suggested_filename == name
        expect(page).to_have_title(re.compile("^files "))
    for name in ("image.svg", "page.html"):
        page.evaluate(
            "address => new Promise((done) => { const image = new Image(); image.onload = image.onerror = done; "
            "image.src = address; document.body.append(image); })",
            f"{made.page}/raw/{name}",
        )
        expect(page).to_have_title(re.compile("^files "))


def test_tags_are_no_links_to_scripts(made: Made, sign_in: Any) -> None:
    page = sign_in(made.tenant)
    page.goto(made.page.removesuffix("/artifacts"))
    expect(page.get_by_text(f"javascript:{BROKEN}").first).to_be_visible()
    assert page.locator("[href^='javascript:' i]").count() == 0


def test_a_dangerous_file_says_so_before_it_is_downloaded(made: Made, sign_in: Any) -> None:
    made.put("model/model.pkl", pickle.dumps(Evil()))
    page = sign_in(made.tenant)
    for _ in range(60):
        page.goto(f"{made.page}?path=model/model.pkl")
        if page.get_by_text("Not scanned yet").count() == 0:
            break
        page.wait_for_timeout(250)
    expect(page.get_by_label("Preview").get_by_text("Dangerous", exact=True)).to_be_visible()
    expect(page.get_by_text("imports posix system")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("can run programs on your machine")
    expect(page.get_by_role("link", name="Download all the same")).to_be_visible()


def test_files_are_sent_with_progress_fetched_as_zip_and_deleted(made: Made, sign_in: Any, tmp_path: Any) -> None:
    (tmp_path / "ä 1.bin").write_bytes(bytes(3 * 1024**2))
    (tmp_path / "b.txt").write_text("hello")
    page = sign_in(made.tenant)
    page.goto(made.page)
    page.get_by_label("into the folder").fill("model/data")
    page.locator("[data-files]").set_input_files([tmp_path / "ä 1.bin", tmp_path / "b.txt"])
    expect(page.get_by_text("2 files, 3 MiB")).to_be_visible()
    page.get_by_role("link", name="model", exact=True).click()
    page.get_by_role("link", name="data").click()
    expect(page.get_by_role("heading", name="model/data")).to_be_visible()
    expect(page.get_by_label("into the folder")).to_have_value("model/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Folder as zip").click()
    assert download.value.suggested_filename == "data.zip"
    assert zipfile.ZipFile(download.value.path()).namelist() == ["b.txt", "ä 1.bin"]
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="b.txt").click()
    page.get_by_role("button", name="Delete file").click()
    expect(page.get_by_text("“model/data/b.txt” is deleted")).to_be_visible()
    page.get_by_role("button", name="Delete folder").click()
    expect(page.get_by_role("heading", name="No artifacts")).to_be_visible()


def test_what_is_too_large_is_not_even_sent_and_what_is_sent_can_be_cancelled(
    made: Made, sign_in: Any, tmp_path: Any
) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(2000))
    page = sign_in(made.tenant)
    page.goto(made.page)
    assert page.locator("[data-upload]").get_attribute("data-largest") == str(5 * 1024**3)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.locator("[data-files]").evaluate(
        """input => {
            const file = new File(["x"], "large.bin");
            Object.defineProperty(file, "size", { value: 6 * 1024 ** 3 });
            Object.defineProperty(input, "files", { value: [file], configurable: true });
            input.dispatchEvent(new Event("change"));
            delete input.files;
        }"""
    )
    expect(page.get_by_label("Uploads")).to_contain_text("more than the 5 GiB")
    assert "PUT" not in sent
    page.route("**/upload/**", lambda route: None)
    page.locator("[data-files]").set_input_files(tmp_path / "a.bin")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Uploads")).to_contain_text("Cancelled")
    expect(page.get_by_text("Nothing was kept")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_a_phone(made: Made, sign_in: Callable[..., Page], width: int, scheme: str, request: Any) -> None:
    made.put("model/model.pkl", pickle.dumps(Evil()))
    made.put("model/MLmodel", b"flavors:\n  sklearn: {sklearn_version: 1.9.1}\nmlflow_version: 3.17.2\n"
             b"signature:\n  inputs: '[{\"name\": \"age\", \"type\": \"double\"}]'\n")  # fmt: skip
    made.put("scores.csv", b"name,score,comment\n" + b"one,0.5,a long comment that goes on and on\n" * 30)
    page = sign_in(made.tenant, width=width, height=900, color_scheme=scheme)
    for path in ("model/model.pkl", "model/MLmodel", "scores.csv", "model"):
        page.wait_for_timeout(500)
        page.goto(f"{made.page}?path={path}")
        expect(page.get_by_text("Drop files here")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if place := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{place}/{width}-{scheme}-{path.replace('/', '-')}.png", full_page=True)
