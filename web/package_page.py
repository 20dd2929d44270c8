"""What the page of one package shows, prepared: one folder of its files, and how programs send and fetch them."""

from dataclasses import dataclass, field
from urllib.parse import quote

from django.conf import settings

from lib.errors import NotFound
from packages import paths
from packages.models import Package, PackageFile, PackageKind
from packages.services import arrivals, files
from projects.models import Project
from tracking.models import LoggedModel, Run

MOST_IN_FOLDER = 1000


@dataclass
class Folder:
    """`above` are the folders that lead to it, itself included. `hidden` is how many files more it has."""

    path: str
    above: list[tuple[str, str]] = field(default_factory=list)
    folders: list[tuple[str, str]] = field(default_factory=list)
    files: list[PackageFile] = field(default_factory=list)
    hidden: int = 0


@dataclass
class Snippets:
    """Lines for a shell and for Python; "" where there are none. `secret` stands where the reader's token belongs."""

    curl_up: str = ""
    curl_down: str = ""
    python: str = ""


def find(project: Project, number: int) -> Package:
    """NotFound when the project has no such package, or it has no files."""
    arrivals.settle_package(project, number)
    found = project.packages.with_files().with_totals().select_related("creator")
    return found.find("No such package", pk=number)


def folder(package: Package, path: str) -> Folder:
    """NotFound when there is no such folder."""
    path = paths.relative(path)
    own = package.files.directly_in(path).select_related("blob", "job", "creator").order_by("path")
    shown = Folder(path, above=_named([*paths.folders(path), path] if path else []), files=list(own[:MOST_IN_FOLDER]))
    inner = [entry.path for entry in files.entries(package, path) if entry.is_folder]
    shown.folders = _named(inner[:MOST_IN_FOLDER])
    shown.hidden = max(own.count() - MOST_IN_FOLDER, 0) + max(len(inner) - MOST_IN_FOLDER, 0)
    if path and not shown.folders and not shown.files:
        raise NotFound(f"No such folder: '{path}'")
    return shown


def owner(package: Package) -> Run | LoggedModel | None:
    """Whose files these are; None for what people made themselves."""
    if package.kind == PackageKind.ML_RUN:
        return package.project.runs.select_related("experiment").filter(package=package).first()
    if package.kind == PackageKind.ML_LOGGED_MODEL:
        return package.project.logged_models.filter(package=package).first()
    return None


def snippets(package: Package, whose: Run | LoggedModel | None, example: str) -> Snippets:
    """For this very package; `example` is the path of a file in it. Nothing for what only MLflow's clients fill."""
    if package.kind == PackageKind.GENERIC:
        return generic(package.project, package.name, package.version, example)
    if isinstance(whose, Run):
        return _with_curl(_api(package.project, f"packages/ml_models/candidate:{whose.iid}/files"), example)
    return Snippets()


def generic(project: Project, name: str, version: str, example: str) -> Snippets:
    found = _with_curl(_api(project, f"packages/generic/{quote(name)}/{quote(version)}"), example)
    found.python = f"""import gitlab

project = gitlab.Gitlab("{settings.EXTERNAL_URL}", private_token="your-access-token").projects.get({project.pk})
with open("data.csv", "rb") as file:
    project.generic_packages.upload("{name}", "{version}", "data.csv", data=file)
content = project.generic_packages.download("{name}", "{version}", "{_in_python(example)}")"""
    return found


def _with_curl(address: str, example: str) -> Snippets:
    token = '--header "PRIVATE-TOKEN: your-access-token"'
    return Snippets(
        curl_up=f'curl {token} --upload-file data.csv \\\n  "{address}/data.csv"',
        curl_down=f'curl {token} --location --remote-name \\\n  "{address}/{quote(example)}"',
    )


def _api(project: Project, path: str) -> str:
    return f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/{path}"


def _in_python(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _named(found: list[str]) -> list[tuple[str, str]]:
    """(path, its last segment)."""
    return [(path, paths.name(path)) for path in found]
