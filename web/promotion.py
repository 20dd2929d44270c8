"""What the form that makes a version of a run offers and says."""

from dataclasses import dataclass, field

from django.http import HttpRequest

from lib.errors import InvalidInput
from projects.models import Project
from registry import mlmodel
from registry.services.promotions import Origin
from tracking.models import LoggedModel, Run
from tracking.services import artifacts
from web import posted, run_page, version_page
from web.version_page import Hint

MOST_OFFERED = 200


@dataclass
class Form:
    """As it was filled in. `chosen` is `folder:<path>` or `model:<uuid>`; `models` the names there are."""

    model: str = ""
    semver: str = ""
    chosen: str = "folder:"
    description: str = ""
    models: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    logged: list[LoggedModel] = field(default_factory=list)
    exists: bool = False
    hint: Hint | None = None


def read(request: HttpRequest, project: Project, run: Run) -> Form:
    """From the form, or for a first look from the query string, where a logged model's link says which."""
    said = request.POST if request.method == "POST" else request.GET
    model, semver = (
        said.get(name, "").replace("\x00", "")[: posted.LONGEST_LINE].strip() for name in ("model", "semver")
    )
    form = Form(model, semver, description=posted.prose(request, "description"))
    form.logged = run_page.models_of(project, run)
    form.folders = _folders(run)
    form.chosen = said.get("files", "").replace("\x00", "")[: posted.LONGEST_LINE] or _first(form, run)
    named = project.registered_models.models()
    form.models = list(named.order_by("-updated_ms").values_list("name", flat=True)[:MOST_OFFERED])
    found = named.filter(name=form.model).first() if form.model else None
    form.exists = found is not None
    form.hint = version_page.hint(found, form.semver) if form.model else None
    return form


def origin(form: Form, run: Run) -> Origin:
    """Whose files the version gets. InvalidInput for what the run has not."""
    kind, _, value = form.chosen.partition(":")
    if kind == "model" and value in {model.uuid for model in form.logged}:
        return Origin(model_id=value)
    if kind == "folder" and (not value or artifacts.of(run, value)):
        return Origin(folder=value)
    raise InvalidInput("Choose files that the run has", field="files")


def _first(form: Form, run: Run) -> str:
    """What most people mean: a logged model, or a folder that MLflow's client can load."""
    if form.logged:
        return f"model:{form.logged[0].uuid}"
    indexes = [f"{folder}/{mlmodel.NAME}" for folder in form.folders]
    found = run.package.files.filter(path__in=indexes).order_by("path").first() if run.package else None
    return f"folder:{found.path.removesuffix(f'/{mlmodel.NAME}')}" if found else "folder:"


def _folders(run: Run) -> list[str]:
    found = [entry.path for entry in artifacts.of(run, "") if entry.is_folder]
    return sorted(found)[:MOST_OFFERED]
