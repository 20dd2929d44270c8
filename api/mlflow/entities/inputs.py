from typing import Any

from tracking.models import DatasetInput
from tracking.run_links import RunLinks


def inputs(links: RunLinks) -> dict[str, Any]:
    """`mlflow.entities.RunInputs` on the wire. What is empty is left out, as MLflow does."""
    told = {
        "dataset_inputs": [_dataset_input(used) for used in links.datasets],
        "model_inputs": [{"model_id": uuid} for uuid in links.models_in],
    }
    return {name: found for name, found in told.items() if found}


def outputs(links: RunLinks) -> dict[str, Any]:
    """`mlflow.entities.RunOutputs`."""
    told = [{"model_id": uuid, "step": step} for uuid, step in links.models_out]
    return {"model_outputs": told} if told else {}


def _dataset_input(used: DatasetInput) -> dict[str, Any]:
    # Sorted, as PostgreSQL keeps an object's keys in an order of its own.
    tags = [{"key": key, "value": value} for key, value in sorted(used.tags.items())]
    told = {"dataset": _dataset(used)}
    return {"tags": tags, **told} if tags else told


def _dataset(used: DatasetInput) -> dict[str, str]:
    dataset = used.dataset
    told = {
        "name": dataset.name,
        "digest": dataset.digest,
        "source_type": dataset.source_type,
        "source": dataset.source,
    }
    more = {"schema": dataset.schema, "profile": dataset.profile}
    return {**told, **{name: text for name, text in more.items() if text}}
