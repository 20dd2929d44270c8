"""Versions: numbers and semvers, sources, runs behind them, publishing, deleting."""

from typing import Any

import pytest
from semver import Version

from audit.models import AuditEvent
from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput
from packages.models import Package, PackageKind
from packages.services import files as package_files
from registry import lookup
from registry.models import AliasMove, ModelVersion, ProtectedAlias, RegistryRules
from registry.services import aliases, backing, files, models, versions
from tracking.models import Run
from tracking.services import artifacts, experiments, logged_models, runs


def test_a_version_counts_on_from_the_highest(model: Any, by: Any) -> None:
    said = ["", "1.5.0", "", "2.0.0-rc.1", "", "0.1.0+build", ""]
    made = [versions.create(model, by=by, semver=text) for text in said]
    assert [one.semver for one in made] == ["1.0.0", "1.5.0", "1.5.1", "2.0.0-rc.1", "2.0.0", "0.1.0+build", "2.0.1"]
    assert [one.number for one in made] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.is_explicit for one in made] == [bool(text) for text in said]


def test_a_counted_semver_is_not_given_again(model: Any, by: Any, authorized: Any, alice: Any) -> None:
    versions.create(model, by=by)
    second = versions.create(model, by=by)
    versions.delete(second, by=by, project=authorized(alice))
    third = versions.create(model, by=by)
    assert (third.number, third.semver) == (3, "1.0.2")


def test_a_mistaken_semver_is_mended_by_deleting_it(model: Any, by: Any, authorized: Any, alice: Any) -> None:
    versions.create(model, by=by)
    versions.delete(versions.create(model, by=by, semver="100.0.0"), by=by, project=authorized(alice))
    assert versions.create(model, by=by).semver == "1.0.1"


def test_a_taken_semver_is_refused_with_the_next_free_one(model: Any, by: Any, dana: Any) -> None:
    versions.create(model, by=by, semver="1.0.0")
    with pytest.raises(AlreadyExists, match=r"already exists. The next free one is 1\.0\.1"):
        versions.create(model, by=type(by)(dana), semver="1.0.0")
    with pytest.raises(InvalidInput, match=r"semantic version .* The next free one is 1\.0\.1"):
        versions.create(model, by=by, semver="v1.0")
    assert model.versions.count() == 1


def test_what_is_sent_again_with_its_semver_is_the_same_version(model: Any, by: Any) -> None:
    first = versions.create(model, by=by, tags=[("gitlab.version", "1.2.0"), ("a", "b")])
    again = versions.create(model, by=by, tags=[("gitlab.version", "1.2.0"), ("a", "b")])
    assert first.pk == again.pk
    assert Run.objects.count() == 1
    versions.describe(first, "something was done with it", by=by)
    with pytest.raises(AlreadyExists):
        versions.create(model, by=by, tags=[("gitlab.version", "1.2.0"), ("a", "b")])


def test_a_run_may_become_several_versions_and_a_logged_model_sent_again_only_one(
    model: Any, project: Any, by: Any, alice: Any
) -> None:
    experiment = project.experiments.get(iid=0)
    run = runs.start(experiment, by=alice)
    source = f"runs:/{run.uuid}/m"
    made = [versions.create(model, by=by, source=source, run_id=run.uuid) for _ in range(2)]
    assert [one.number for one in made] == [1, 2]
    logged = logged_models.create(experiment, by=alice, name="m", source_run=run.uuid)
    first, again = (
        versions.create(model, by=by, source=f"models:/{logged.uuid}", model_id=logged.uuid) for _ in range(2)
    )
    assert first.pk == again.pk
    assert first.run == run
    assert logged.tags.get(key="mlflow.modelVersions").value == '[{"name": "fraud", "version": 3}]'


def test_a_version_without_a_run_has_one_of_its_own_with_its_package(version: Any) -> None:
    assert version.run.experiment.name == "[model]fraud"
    package = version.run.package
    assert (package.kind, package.name, package.version) == (PackageKind.ML_MODEL, "fraud", "1.0.0")


def test_a_run_behind_a_version_and_its_experiment_stay(version: Any, project: Any, alice: Any) -> None:
    with pytest.raises(Conflict, match=r"version 1 \(1\.0\.0\) of the registered model 'fraud' is backed by it"):
        runs.delete(version.run)
    with pytest.raises(Conflict, match="backed by it"):
        experiments.delete(version.run.experiment)
    version.delete()
    with pytest.raises(Conflict, match="belongs to the registered model 'fraud'"):
        experiments.delete(version.run.experiment)
    runs.delete(version.run)
    other = experiments.create(project, "other", by=alice)
    experiments.delete(other)
    assert Run.objects.get().deleted_at is not None


def test_a_model_made_again_takes_its_experiment_over(
    version: Any, model: Any, project: Any, by: Any, authorized: Any
) -> None:
    experiment = version.run.experiment
    models.delete(model, by=by, project=authorized(by.user))
    assert not Package.objects.filter(kind=PackageKind.ML_MODEL).exists()
    experiments.delete(experiment)
    again = versions.create(models.create(project, "fraud", by=by), by=by)
    assert again.run.experiment == experiment
    assert again.number == 1
    assert again.run.experiment.deleted_at is None


def test_a_deleted_run_backs_nothing(model: Any, project: Any, by: Any, alice: Any) -> None:
    run = runs.start(project.experiments.get(iid=0), by=alice)
    runs.delete(run)
    with pytest.raises(InvalidInput, match="must be in the 'active' state"):
        versions.create(model, by=by, run_id=run.uuid)


def test_a_published_versions_files_are_frozen_wherever_they_are_addressed(
    model: Any, project: Any, by: Any, alice: Any, authorized: Any
) -> None:
    run = runs.start(project.experiments.get(iid=0), by=alice)
    address = f"0/{run.uuid}/artifacts"
    artifacts.upload(project, f"{address}/model/a.txt", [b"1"], by=alice)
    version = versions.create(model, by=by, source=f"runs:/{run.uuid}/model", run_id=run.uuid)
    files.upload(version, "b/c.txt", [b"2"], by=alice)
    assert [(one.path, one.is_folder) for one in files.entries(version)] == [("a.txt", False), ("b", True)]
    assert files.entries(version, "b")[0].path == "b/c.txt"
    versions.publish(version, by=by)
    for attempt in (
        lambda: files.upload(version, "new.txt", [b"3"], by=alice),
        lambda: files.delete(version, "a.txt"),
        lambda: artifacts.upload(project, f"{address}/model/a.txt", [b"3"], by=alice),
        lambda: artifacts.upload(project, f"{address}/model", [b"3"], by=alice),
        lambda: artifacts.delete(project, f"{address}/model/a.txt"),
        lambda: artifacts.delete(project, f"{address}/model"),
        lambda: artifacts.delete(project, f"{address}/"),
    ):
        with pytest.raises((Conflict, InvalidInput)):
            attempt()
    assert b"".join(files.opened(version, "b/c.txt").reading) == b"2"
    artifacts.upload(project, f"{address}/models.txt", [b"4"], by=alice)
    versions.set_tag(version, "k", "v", by=by)
    versions.describe(version, "can change", by=by)
    versions.delete(ModelVersion.objects.get(), by=by, project=authorized(alice))
    artifacts.delete(project, f"{address}/model")
    assert [one.path for one in package_files.entries(Package.objects.get())] == ["models.txt"]


def test_a_project_may_publish_what_has_a_source_at_once(model: Any, project: Any, by: Any, alice: Any) -> None:
    RegistryRules.objects.create(project=project, publish_at_once=True)
    run = runs.start(project.experiments.get(iid=0), by=alice)
    assert versions.create(model, by=by, source=f"runs:/{run.uuid}", run_id=run.uuid).published_ms is not None
    assert versions.create(model, by=by).published_ms is None


def test_a_version_with_an_alias_is_deleted_only_by_force(version: Any, by: Any, alice: Any, authorized: Any) -> None:
    project = authorized(alice)
    aliases.point(version, "champion", by=by, project=project)
    with pytest.raises(Conflict, match=r"'champion' points to it. Move or delete the alias first, or send force=true"):
        versions.delete(version, by=by, project=project)
    versions.delete(version, by=by, project=project, force=True)
    assert [(move.name, move.semver) for move in AliasMove.objects.order_by("pk")] == [
        ("champion", "1.0.0"),
        ("champion", ""),
    ]


def test_only_maintainers_move_a_protected_alias(version: Any, by: Any, alice: Any, dana: Any, authorized: Any) -> None:
    ProtectedAlias.objects.create(project=version.model.project, name="production")
    as_dana = {"by": type(by)(dana), "project": authorized(dana)}
    with pytest.raises(Forbidden, match="'production' is protected"):
        aliases.point(version, "production", **as_dana)
    aliases.point(version, "production", by=by, project=authorized(alice))
    for attempt in (
        lambda: aliases.remove(version.model, "production", **as_dana),
        lambda: versions.delete(version, **as_dana, force=True),
        lambda: models.delete(version.model, **as_dana),
    ):
        with pytest.raises(Forbidden, match="'production' is protected"):
            attempt()
    aliases.point(version, "staging", **as_dana)
    assert sorted(version.aliases.values_list("name", flat=True)) == ["production", "staging"]


def test_every_change_is_an_audit_event(version: Any, model: Any, by: Any, alice: Any, authorized: Any) -> None:
    project = authorized(alice)
    aliases.point(version, "a", by=by, project=project)
    versions.transition(version, "production", by=by)
    versions.delete(version, by=by, project=project, force=True)
    models.delete(model, by=by, project=project)
    actions = AuditEvent.objects.filter(project=project).order_by("pk").values_list("action", flat=True)
    assert [one for one in actions if one.startswith(("model", "registered"))] == [
        "registered_model_created", "model_version_created", "model_version_alias_created",
        "model_version_transitioned",
        "model_version_alias_deleted", "model_version_deleted", "registered_model_deleted",
    ]  # fmt: skip


def test_a_copy_whose_semver_is_taken_is_counted_on(model: Any, by: Any) -> None:
    first = versions.create(model, by=by, tags=[("gitlab.version", "1.2.0")])
    copy = versions.create(
        model, by=by, source="models:/fraud/1.2.0", run_id=first.run.uuid, tags=[("gitlab.version", "1.2.0")]
    )
    assert (copy.semver, copy.source, copy.run) == ("1.2.1", "models:/fraud/1", first.run)


def test_a_renamed_model_keeps_its_versions(version: Any, model: Any, by: Any) -> None:
    models.rename(model, "renamed", by=by)
    again = ModelVersion.objects.get()
    assert (again.model.name, again.run.experiment.name, again.run.package.name) == (
        "renamed",
        "[model]renamed",
        "renamed",
    )
    assert backing.experiment_of(again.model, by=by.user) == again.run.experiment
    assert lookup.version(again.model, "1.0.0") == again
    assert versions.next_semver(again.model) == Version(1, 0, 1)
