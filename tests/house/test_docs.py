"""Documentation that fails the tests when it goes stale."""

import re
from pathlib import Path

import pytest

from mlops.management.commands.routes import markdown

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def settings() -> set[str]:
    """Every name that is read from the environment."""
    sources = "".join(path.read_text() for path in (ROOT / "mlops").glob("*.py"))
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", sources))


def documented() -> set[str]:
    product = (DOCS / "settings.md").read_text().split("## Tests")[0]
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", product, re.MULTILINE))


def test_every_setting_is_documented_and_no_other() -> None:
    assert len(settings()) > 15
    assert documented() == settings()


def test_what_deployment_sets_exists() -> None:
    env_example = (ROOT / "deploy" / "env.example").read_text()
    compose = (ROOT / "deploy" / "compose.yml").read_text()
    block = re.search(r"environment: &settings\n((?:    +[A-Z0-9_]+:.*\n)+)", compose)
    assert block
    given = set(re.findall(r"^ +([A-Z0-9_]+):", block.group(1), re.MULTILINE))
    assert given - settings() == set()
    wanted = set(re.findall(r"\$\{([A-Z0-9_]+)", compose))
    assert wanted == set(re.findall(r"^#? ?([A-Z0-9_]+)=", env_example, re.MULTILINE))


def test_every_route_is_documented() -> None:
    assert (DOCS / "api.md").read_text() == markdown(), "run: manage.py routes > docs/api.md"


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")) + sorted(ROOT.glob("*.md")), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
