"""The run behind each version: the one that is given, or one made in the model's experiment `[model]NAME`."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from lib.clock import now_ms
from lib.errors import AlreadyExists, Conflict
from packages.models import Package, PackageKind
from projects.models import Project
from registry.models import ModelVersion, RegisteredModel
from tracking import names
from tracking.models import Experiment, Run
from tracking.services import experiments, runs

PREFIX = "[model]"


def experiment_of(model: RegisteredModel, *, by: User) -> Experiment:
    """The model's experiment, made or found by its name when it is first needed, in the caller's transaction."""
    if model.experiment is None:
        model.experiment = _find_or_create(model.project, _name(model), by=by)
        model.save(update_fields=["experiment"])
    return model.experiment


def _find_or_create(project: Project, name: str, *, by: User) -> Experiment:
    found = project.experiments.filter(name=name).first()
    if found is None:
        return experiments.create(project, name, by=by)
    if found.deleted_at is not None:
        experiments.restore(found)
        found.deleted_at = None
    return found


def _name(model: RegisteredModel) -> str:
    return f"{PREFIX}{model.name}"


def follow_name(model: RegisteredModel) -> None:
    """After a model was renamed; in the caller's transaction. Another experiment of that name stays what it is."""
    own = Package.objects.filter(kind=PackageKind.ML_MODEL, run__model_versions__model=model)
    own.update(name=model.name)
    if model.experiment is not None:
        try:
            with transaction.atomic():
                experiments.rename(model.experiment, _name(model))
        except AlreadyExists:
            return


def start(model: RegisteredModel, semver: str, *, by: User) -> Run:
    """A run for a version that comes without one. What is logged to it is logged to the version, files included: its
    package is the version's own, by GitLab's names."""
    at = now_ms()
    name = f"{model.name}-{semver}"[: names.KEY_LENGTH]
    run = runs.start(experiment_of(model, by=by), by=by, name=name, at=at)
    run.package = _own_package(model, semver, by=by)
    run.save(update_fields=["package"])
    return run


def _own_package(model: RegisteredModel, semver: str, *, by: User) -> Package | None:
    """None where somebody keeps a package of this name; the run then gets one of its own with its first file."""
    try:
        with transaction.atomic():
            return Package.objects.create(
                project_id=model.project_id, kind=PackageKind.ML_MODEL, name=model.name, version=semver, creator=by
            )
    except IntegrityError:
        return None


def refuse_deletion(runs: QuerySet[Run], experiment: Experiment | None = None) -> None:
    """One of `settings.BEFORE_RUNS_DELETED`: Conflict when one of the runs backs a version, or the experiment is a
    model's."""
    backed = ModelVersion.objects.filter(run__in=runs).select_related("model", "run").order_by("pk").first()
    if backed is not None:
        raise Conflict(
            f"The run {backed.run.uuid if backed.run else ''} cannot be deleted: version {backed.number} "
            f"({backed.semver}) of the registered model '{backed.model.name}' is backed by it. Delete that "
            "version first.",
        )
    model = RegisteredModel.objects.filter(experiment=experiment).first() if experiment else None
    if model is not None:
        raise Conflict(
            f"The experiment '{experiment}' cannot be deleted: it belongs to the registered model '{model.name}'. "
            "Delete that model first.",
        )
