"""What runs start from and produce. https://mlflow.org/docs/latest/rest-api.html#log-inputs"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from api.fields import Int64, Pair, Required
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.paging import listed, paged
from api.mlflow.runs import OfRun, RunEndpoint
from lib.errors import InvalidInput
from projects.roles import Ability
from tracking.search import datasets
from tracking.services import inputs
from tracking.services.inputs import UsedDataset

# As much as a log-batch may hold.
AtOnce = Meta(max_length=1000)


class DatasetSent(Struct):
    name: Required
    digest: Required
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


class DatasetInputSent(Struct):
    dataset: DatasetSent
    tags: Annotated[list[Pair], AtOnce] = []

    def used(self) -> UsedDataset:
        sent = self.dataset
        tags = {tag.key: tag.value for tag in self.tags}
        return UsedDataset(sent.name, sent.digest, sent.source_type, sent.source, sent.schema, sent.profile, tags)


class ModelInputSent(Struct):
    model_id: Required


class ModelOutputSent(Struct):
    model_id: Required
    step: Int64 = 0


class LogInputs(RunEndpoint):
    class Params(OfRun):
        datasets: Annotated[list[DatasetInputSent], AtOnce] = []
        models: Annotated[list[ModelInputSent], AtOnce] = []

    def handle(self, p: Params) -> Any:
        inputs.log(
            self.run(p),
            datasets=[sent.used() for sent in p.datasets],
            models=[sent.model_id for sent in p.models],
        )
        return {}


class LogOutputs(RunEndpoint):
    class Params(OfRun):
        models: Annotated[list[ModelOutputSent], AtOnce]

    def handle(self, p: Params) -> Any:
        inputs.log_outputs(self.run(p), [(sent.model_id, sent.step) for sent in p.models])
        return {}


class LogModel(RunEndpoint):
    """MLflow 2's, which tells of a model with its `MLmodel` file as JSON."""

    class Params(OfRun):
        model_json: Required

    def handle(self, p: Params) -> Any:
        inputs.log_model(self.run(p), p.model_json)
        return {}


class SearchDatasets(MlflowEndpoint):
    """The datasets used in up to 20 experiments; the official UI filters runs by them."""

    method = "POST"
    ability = Ability.READ_EXPERIMENTS
    most = 20

    class Params(Struct):
        experiment_ids: list[str] | str = []

    def handle(self, p: Params) -> Any:
        wanted = listed(p.experiment_ids)
        if not 1 <= len(wanted) <= self.most:
            message = f"SearchDatasets request must specify 1 to {self.most} experiment_ids. Received {len(wanted)}."
            raise InvalidInput(message, field="experiment_ids")
        found = datasets.summaries(self.project, wanted)
        return paged({"dataset_summaries": [summary(one) for one in found]}, "")


def summary(subject: datasets.DatasetSummary) -> dict[str, str]:
    told = {"experiment_id": str(subject.experiment_iid), "name": subject.name, "digest": subject.digest}
    return {**told, "context": subject.context} if subject.context else told
