"""What was deleted long ago goes for good, with its files; what is needed, young or restored stays."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from accounts.models import User
from audit.models import AuditEvent
from lib.clock import now_ms
from lib.errors import NotFound
from packages.models import Blob, Package, PackageKind, ProjectStorage
from packages.services import files, storage
from projects.models import Project
from projects.services import projects
from registry.models import ModelVersion, RegisteredModel
from tests.conftest import Door
from tests.furniture import furnished
from tests.together import together
from tracking import tasks
from tracking.models import CLAIMED, Experiment, LatestMetric, LoggedModel, Metric, Param, Run, Tag
from tracking.services import artifacts, experiments, logged_models, purge, runs
from tracking.services.purge import Found

DAY = timedelta(days=1)
NOW = timedelta(0)
LONG_AGO = 40 * 24 * 3600 * 1000


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    place = tmp_path / "files"
    options = {"location": str(place), "allow_overwrite": True}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return place


@pytest.fixture
def at_once(django_capture_on_commit_callbacks: Any) -> Any:
    """Runs a purge and what it asks for after its transactions."""

    def run(retention: timedelta | None = None) -> Found:
        with django_capture_on_commit_callbacks(execute=True):
            return purge.purge(retention)

    return run


def kept(place: Path) -> int:
    return sum(file.is_file() for file in place.rglob("*"))


def put(owner: Run | LoggedModel, path: str, content: bytes, by: User) -> None:
    where = owner.artifact_uri.removeprefix("mlflow-artifacts:/")
    artifacts.upload(owner.project, f"{where}/{path}", [content], by=by)


def long_deleted(row: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(deleted_at=now_ms() - LONG_AGO)


@pytest.fixture
def registered(door: Any, project: Project, alice: User) -> Any:
    """A project with one of everything; its run and its logged model are those of a registered version."""
    return furnished(door(f"/api/v4/projects/{project.pk}/ml/mlflow/", alice), project, "secret")


@pytest.fixture
def side(registered: Any) -> Any:
    """The same with nothing registered."""
    ModelVersion.objects.all().delete()
    RegisteredModel.objects.all().delete()
    Experiment.objects.filter(name__startswith="[model]").delete()
    return registered


def test_what_a_registered_version_needs_stays(registered: Any, at_once: Any) -> None:
    run, model = Run.objects.get(uuid=registered.run_id), LoggedModel.objects.get(uuid=registered.model_id)
    for row in (run, model, run.experiment):
        long_deleted(row)
    assert at_once() == Found()
    assert ModelVersion.objects.get().run == run
    assert Package.objects.filter(kind=PackageKind.ML_LOGGED_MODEL).get().files.exists()


def test_a_run_goes_with_all_that_belongs_to_it(side: Any, project: Project, store: Path, at_once: Any) -> None:
    run = Run.objects.get(uuid=side.run_id)
    assert Metric.objects.filter(run=run).exists()
    long_deleted(run)
    assert at_once() == Found(runs=1)
    assert not Run.objects.exists()
    for model in (Metric, LatestMetric, Param, Tag):
        assert not model.objects.exists()
    assert not Package.objects.filter(kind=PackageKind.ML_RUN).exists()
    assert kept(store) == Blob.objects.count()
    assert storage.of_project(project).used == sum(Blob.objects.values_list("size", flat=True))


def test_a_logged_model_goes_with_its_files(side: Any, alice: User, store: Path, at_once: Any) -> None:
    model = LoggedModel.objects.get()
    before = kept(store)
    put(model, "weights.bin", b"weights", alice)
    logged_models.delete(model)
    assert at_once() == Found()
    long_deleted(model)
    assert at_once() == Found(logged_models=1)
    assert not LoggedModel.objects.exists()
    assert kept(store) == Blob.objects.count() == before


def test_an_experiment_goes_with_all_its_runs_and_models(side: Any, store: Path, at_once: Any) -> None:
    experiment = Experiment.objects.get(name="same")
    experiments.delete(experiment)
    assert at_once() == Found()
    long_deleted(experiment)
    assert at_once() == Found(runs=1, logged_models=1, experiments=1)
    assert not Experiment.objects.filter(name="same").exists()
    assert kept(store) == Blob.objects.count() == 0
    assert ProjectStorage.objects.get().used == 0


def test_a_project_goes_whole(registered: Any, project: Project, alice: User, store: Path, at_once: Any) -> None:
    generic = Package.objects.create(project=project, kind=PackageKind.GENERIC, name="set", version="1")
    files.put(generic, "a", [b"12345"], by=alice)
    projects.delete(project)
    assert at_once() == Found()
    assert at_once(NOW) == Found(projects=1)
    assert kept(store) == 0
    assert not Project.objects.exists()
    # What was done there is remembered.
    for model in set(apps.get_models()) - {AuditEvent}:
        for field in model._meta.fields:
            if field.related_model is Project:
                assert not model.objects.filter(**{field.name: project.pk}).exists(), model
    assert not Metric.objects.exists()


def test_what_is_young_active_or_restored_stays(side: Any, alice: User, project: Project, at_once: Any) -> None:
    run = Run.objects.get()
    experiment = run.experiment
    runs.delete(run)
    assert at_once() == Found()
    assert at_once(DAY) == Found()
    long_deleted(run)
    runs.restore(run)
    long_deleted(experiment)
    experiments.restore(experiment)
    assert at_once(NOW) == Found()
    assert Run.objects.active().count() == 1


def test_doing_it_twice_changes_nothing_and_a_broken_off_one_is_finished(side: Any, at_once: Any) -> None:
    run = Run.objects.get()
    Run.objects.update(deleted_at=CLAIMED)
    with pytest.raises(NotFound):
        runs.restore(run)
    experiments.delete(run.experiment)
    experiments.restore(run.experiment)
    assert at_once() == Found(runs=1)
    assert at_once() == Found()


def test_a_late_upload_finds_that_the_run_is_gone(project: Project, alice: User, store: Path, at_once: Any) -> None:
    run = runs.start(project.experiments.get(), by=alice)
    where = run.artifact_uri.removeprefix("mlflow-artifacts:/")
    found = Run.objects.select_related("experiment").get()
    long_deleted(run)
    at_once()
    with pytest.raises(NotFound):
        artifacts.own_package(found, by=alice)
    with pytest.raises(NotFound):
        artifacts.upload(project, f"{where}/a", [b"x"], by=alice)
    assert kept(store) == Package.objects.count() == 0


def test_points_go_in_transactions_of_bounded_size(mlflow: Door, at_once: Any, monkeypatch: Any) -> None:
    run = mlflow.post("runs/create", {"experiment_id": "0"}).json()["run"]["info"]["run_id"]
    values = [1.5, "NaN", "Infinity", "-Infinity", 0]
    metrics = [{"key": f"k{n % 3}", "value": values[n % 5], "timestamp": n, "step": n} for n in range(50)]
    assert mlflow.post("runs/log-batch", {"run_id": run, "metrics": metrics}).status_code == 200
    monkeypatch.setattr(purge, "POINTS", 7)
    long_deleted(Run.objects.get())
    assert at_once() == Found(runs=1)
    assert not Metric.objects.exists()


def test_more_than_a_batch_is_removed(project: Project, alice: User, at_once: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(purge, "BATCH", 2)
    for _ in range(5):
        long_deleted(runs.start(project.experiments.get(), by=alice))
    stays = runs.start(project.experiments.get(), by=alice)
    assert at_once() == Found(runs=5)
    assert list(Run.objects.all()) == [stays]


def test_the_command_counts_and_removes(side: Any, capsys: Any) -> None:
    long_deleted(Run.objects.get())
    call_command("purge", "--dry-run")
    assert capsys.readouterr().err == ("Would remove 1 runs, 0 logged models, 0 experiments and 0 projects.\n")
    call_command("purge", "--older-than", "60d")
    assert Run.objects.exists()
    call_command("purge")
    assert "Removed 1 runs" in capsys.readouterr().err
    assert not Run.objects.exists()


def test_the_task_keeps_to_the_retention_of_the_settings(side: Any, settings: Any) -> None:
    long_deleted(Run.objects.get())
    settings.RETENTION_DAYS = 50
    tasks.purge_deleted()
    assert Run.objects.exists()
    settings.RETENTION_DAYS = 30
    tasks.purge_deleted()
    assert not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_and_uploads_meanwhile_leave_nothing_half_removed(
    project: Project, alice: User, store: Path
) -> None:
    gone = [runs.start(project.experiments.get(), by=alice) for _ in range(12)]
    for number, run in enumerate(gone):
        put(run, "a", str(number % 5).encode(), alice)
        long_deleted(run)

    def uploads() -> int:
        refused = 0
        for run in gone:
            try:
                put(run, "late", b"late", alice)
            except NotFound:
                refused += 1
        return refused

    first, second, _ = together(purge.purge, purge.purge, uploads)
    assert first.runs + second.runs == 12
    assert not Run.objects.exists()
    assert kept(store) == Blob.objects.count() == Package.objects.count() == 0
    assert storage.of_project(project).used == 0
