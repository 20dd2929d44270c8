"""One run or experiment of a project, by what MLflow calls it: one statement."""

from lib.errors import NotFound
from projects.models import Project
from tracking.models import Experiment, Run
from tracking.models.experiment import parse_iid
from tracking.models.run import missing
from tracking.sql import reads


def run(project: Project, run_id: str) -> Run:
    """The run, with its experiment loaded. NotFound in MLflow's words when there is none with this id."""
    found = reads.run_with_experiment(project.pk, run_id)
    if found is None:
        raise NotFound(missing(run_id))
    return found


def experiment(project: Project, experiment_id: str) -> Experiment:
    """InvalidInput unless `experiment_id` is a number, NotFound when there is none with it."""
    found = reads.experiment(project.pk, parse_iid(experiment_id))
    if found is None:
        raise NotFound(f"No Experiment with id={experiment_id} exists")
    return found


def experiment_named(project: Project, name: str) -> Experiment:
    """NotFound when there is none of this name, deleted or not."""
    found = reads.experiment_named(project.pk, name)
    if found is None:
        raise NotFound(f"Could not find experiment with name '{name}'")
    return found


def tags_of(experiment: Experiment) -> list[tuple[str, str]]:
    """(key, value) each."""
    return reads.experiment_tags(experiment.pk)
