"""What a version's `source` means: artifacts of a run or logged model of the project, and nothing else.

A source is text of a client's. It is taken apart and compared, and never opened, as MLflow's server once did
(CVE-2023-1177, CVE-2026-2614).
"""

from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from lib.errors import InvalidInput, Refusal
from packages import paths
from projects.models import Project
from registry import lookup
from registry.models import ModelVersion
from tracking.models import LoggedModel, Run

LONGEST = 2000
# Said after MLflow's own words, which clients match on and which would send people to the server's disk.
_RIGHT = (
    "It must be artifacts of this project: runs:/<run_id>/<path> with this run_id, models:/<model_id> with this "
    "model_id, models:/<name>/<version>, or mlflow-artifacts:/<path>, which is what get_artifact_uri() says, with the "
    "run_id or model_id that it is of."
)


@dataclass(frozen=True)
class Files:
    """Whose artifacts a version's files are (the logged model's, if there is one), the folder in them, and the
    source as it is shown. Without a run one is still to be made. `copied` is the version that the source names."""

    source: str = ""
    run: Run | None = None
    logged_model: LoggedModel | None = None
    folder: str = ""
    copied: ModelVersion | None = None

    @property
    def is_whole_model(self) -> bool:
        return self.logged_model is not None and self.source == f"models:/{self.logged_model.uuid}"


def resolve(project: Project, source: str, *, run: Run | None, logged_model: LoggedModel | None) -> Files:
    """The files that `source` means, given the run and logged model that the client named with it. Without a source
    all files of these. InvalidInput, in MLflow's words, for a source outside of them."""
    if not source:
        return Files("", run, logged_model)
    scheme, path = _split(source)
    if scheme == "models" and ("/" in path.rstrip("/") or "@" in path):
        return _of_version(project, source, path, run, logged_model)
    root = _root(scheme, run, logged_model)
    if not root or not f"{path}/".startswith(f"{root}/"):
        _not_its(source, "model_id" if logged_model or scheme == "models" else "run_id")
    try:
        folder = paths.relative(path.removeprefix(root).strip("/"))
    except Refusal:
        _not_plain(source)
    return Files(source, run, logged_model, folder)


def _root(scheme: str, run: Run | None, logged_model: LoggedModel | None) -> str:
    """What a source must begin with to be in the logged model or, without one, in the run; "" for nothing."""
    if scheme == "models":
        return logged_model.uuid if logged_model else ""
    if scheme == "runs":
        return run.uuid if run and not logged_model else ""
    owner = logged_model or run
    return owner.artifact_uri.removeprefix("mlflow-artifacts:/") if owner else ""


def _split(source: str) -> tuple[str, str]:
    """(scheme, path without the slash before it), of a source that may be ours."""
    if len(source) > LONGEST:
        raise InvalidInput(f"'source' exceeds the maximum length of {LONGEST} characters", field="source")
    try:
        parts = urlsplit(source)
    except ValueError:
        _not_plain(source)
    if parts.scheme in ("", "file"):
        _local(source)
    path = parts.path.lstrip("/")
    if parts.scheme not in ("runs", "models", "mlflow-artifacts") or parts.netloc:
        _foreign(source)
    if "?" in source or "#" in source or not parts.path.startswith("/") or ".." in path.split("/"):
        _not_plain(source)
    return parts.scheme, path


def _of_version(project: Project, source: str, path: str, run: Run | None, logged_model: LoggedModel | None) -> Files:
    """The files of another version, `name/<any look-up>` or `name@<any look-up>`: MLflow's copy_model_version."""
    name, _, text = path.partition("/") if "/" in path else path.rpartition("@")
    model = project.registered_models.named(name)
    if model.is_prompt:
        raise InvalidInput(
            f"Invalid model version source: '{source}'. Prompt versions cannot be used as model version sources.",
            field="source",
        )
    found: ModelVersion = lookup.version(model, text)
    if (run and run.pk != found.run_id) or (logged_model and logged_model.pk != found.logged_model_id):
        raise InvalidInput(
            f"Invalid model version source: '{source}'. The run_id and model_id request parameters must match the "
            "referenced model version.",
            field="source",
        )
    return Files(f"models:/{name}/{found.number}", found.run, found.logged_model, found.folder, found)


def _local(source: str) -> NoReturn:
    raise InvalidInput(
        f"Invalid model version source: '{source[:500]}'. To use a local path as a model version source, the run_id "
        "request parameter has to be specified and the local path has to be contained within the artifact directory "
        f"of the run specified by the run_id. No artifacts are on local paths here. {_RIGHT}",
        field="source",
    )


def _not_plain(source: str) -> NoReturn:
    raise InvalidInput(
        f"Invalid model version source: '{source[:500]}'. If supplying a source as an http, https, local file path, "
        "ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path "
        f"references present. Please provide an absolute path. {_RIGHT}",
        field="source",
    )


def _foreign(source: str) -> NoReturn:
    raise InvalidInput(
        f"Invalid model version source: '{source[:500]}'. {_RIGHT}",
        field="source",
    )


def _not_its(source: str, parameter: str) -> NoReturn:
    raise InvalidInput(
        f"Invalid model version source: '{source[:500]}'. The {parameter} request parameter must identify the resource "
        f"that contains the source. {_RIGHT}",
        field="source",
    )
