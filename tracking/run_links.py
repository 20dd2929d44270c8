"""What runs started from and produced, for many runs in one query each: datasets, models in, models out."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tracking.models import DatasetInput, ModelInput, ModelOutput, Run


@dataclass
class RunLinks:
    """A run's dataset inputs, the uuids of its input models, and (uuid, step) of its output models, as logged."""

    datasets: list[DatasetInput] = field(default_factory=list)
    models_in: list[str] = field(default_factory=list)
    models_out: list[tuple[str, int]] = field(default_factory=list)


def of(runs: Iterable[Run]) -> dict[int, RunLinks]:
    """The links of each run, by its primary key. Three queries, however many runs."""
    wanted = [run.pk for run in runs]
    links: dict[int, RunLinks] = defaultdict(RunLinks)
    for pk, datasets in datasets_of(wanted).items():
        links[pk].datasets = datasets
    inputs = ModelInput.objects.filter(run__in=wanted).order_by("pk")
    for run, uuid in inputs.values_list("run", "model__uuid"):
        links[run].models_in.append(uuid)
    outputs = ModelOutput.objects.filter(run__in=wanted).order_by("pk")
    for run, uuid, step in outputs.values_list("run", "model__uuid", "step"):
        links[run].models_out.append((uuid, step))
    return {pk: links[pk] for pk in wanted}


def datasets_of(runs: Collection[int]) -> dict[int, list[DatasetInput]]:
    """The dataset inputs of each of the runs with these primary keys that has any. No query for no runs."""
    found: dict[int, list[DatasetInput]] = defaultdict(list)
    if runs:
        for used in DatasetInput.objects.filter(run__in=runs).select_related("dataset").order_by("pk"):
            found[used.run_id].append(used)
    return found
