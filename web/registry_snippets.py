"""Lines that people copy: how MLflow's client and curl use this very project's models and versions."""

import json
from urllib.parse import quote

from django.conf import settings

from projects.models import Project
from registry.models import ModelVersion, RegisteredModel

Snippet = tuple[str, str, str]  # title, lines, the id of its element


def tracking_uri(project: Project) -> str:
    return f"{_api(project)}/ml/mlflow"


def register(project: Project, name: str) -> list[Snippet]:
    """From a script to a first version."""
    python = f"""{_connected(project)}

with mlflow.start_run():
    mlflow.sklearn.log_model(model, name="model", registered_model_name={json.dumps(name, ensure_ascii=False)})"""
    return [("Register a model from a script", python, "register")]


def prompt(project: Project, model: RegisteredModel, text: str) -> list[Snippet]:
    uri = json.dumps(f"prompts:/{model.name}{text}", ensure_ascii=False)
    return [("Load it", f"{_connected(project)}\n\nprompt = mlflow.genai.load_prompt({uri})", "load")]


def version(project: Project, version: ModelVersion, aliases: list[str], *, is_mlflow_model: bool) -> list[Snippet]:
    """By its semver; whatever is compatible with it; by an alias, if it has one; and by REST."""
    name, semver = version.model.name, version.semver
    asked = [(f"models:/{name}/{semver}", "Exactly this version")]
    if not version.is_prerelease:
        asked.append((f"models:/{name}/{_caret(semver)}", "The highest that is compatible with it"))
    asked += [(f"models:/{name}@{alias}", f"Wherever {alias} points") for alias in aliases[:1]]
    what = "mlflow.pyfunc.load_model({})" if is_mlflow_model else "mlflow.artifacts.download_artifacts({})"
    result = "model" if is_mlflow_model else "folder"
    lines = [f"# {means}\n{result} = {what.format(json.dumps(uri, ensure_ascii=False))}" for uri, means in asked]
    title = "Load it" if is_mlflow_model else "Fetch its files"
    return [(title, f"{_connected(project)}\n\n" + "\n".join(lines), "load"), _with_curl(project, version)]


def _with_curl(project: Project, version: ModelVersion) -> Snippet:
    address = (
        f"{_api(project)}/ml/models/{quote(version.model.name, safe='')}/versions/{quote(version.semver, safe='')}"
    )
    token = '--header "PRIVATE-TOKEN: your-access-token"'
    lines = f'curl {token} \\\n  "{address}"\ncurl {token} \\\n  "{address}/files"'
    return "With curl", lines, "curl"


def _connected(project: Project) -> str:
    return f"""import mlflow  # with your access token in MLFLOW_TRACKING_TOKEN

mlflow.set_tracking_uri("{tracking_uri(project)}")"""


def _caret(semver: str) -> str:
    major, minor, _ = semver.split(".", 2)
    return f"^{major}.{minor}"


def _api(project: Project) -> str:
    return f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}"
