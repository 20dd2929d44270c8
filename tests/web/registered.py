"""What tests of the registry's pages share."""

from accounts.identity import Identity
from accounts.models import User
from projects.models import Project
from registry.models import ModelVersion
from registry.services import models, versions
from tracking.models import Run

LIST = "/acme/fraud/-/ml/models"
FIRST = f"{LIST}/classifier/versions/1"
SECOND = f"{LIST}/classifier/versions/2"
ML_MODEL = b"""flavors: {python_function: {loader_module: mlflow.sklearn}}
signature:
  inputs: '[{"type": "double", "name": "amount"}, {"type": "string", "name": "<b>", "required": false}]'
"""


def two_versions(project: Project, run: Run, by: User) -> list[ModelVersion]:
    """Of `classifier`: 1.0.0 of the run's folder `model`, and 1.1.0 with a run of its own."""
    model = models.create(project, "classifier", by=Identity(by))
    source = f"runs:/{run.uuid}/model"
    first = versions.create(
        model, by=Identity(by), run_id=run.uuid, source=source, semver="1.0.0", description="It **works**"
    )
    return [first, versions.create(model, by=Identity(by), semver="1.1.0", tags=[("owner", "risk")])]
