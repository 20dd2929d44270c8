"""The model registry with MLflow's own client."""

from typing import Any

from tests.parity.case import better, differs, versioned
from tests.parity.side import Side
from tests.parity.with_client import ClientArea, MlflowClient, everywhere, mlflow, told

area = ClientArea("client_registry")
case = area.method


def source(s: Side) -> tuple[str, str]:
    """A run, and its folder `model`."""
    run = s.run()
    return run, f"runs:/{run}/model"


def two(s: Side) -> str:
    """A model with two versions, by its name."""
    name = versioned(s)
    s.version(name)
    return name


@case("create_registered_model")
def a_model(s: Side, c: MlflowClient) -> None:
    name = s.name()
    told(s, "create", lambda: c.create_registered_model(name, {"a": 1, "b": ""}, "about it"))
    told(s, "get", lambda: c.get_registered_model(name))


@case("create_registered_model")
def a_name_that_is_taken(s: Side, c: MlflowClient) -> None:
    name = s.name()
    c.create_registered_model(name)
    told(s, "again", lambda: c.create_registered_model(name))
    told(s, "otherwise", lambda: c.create_registered_model(name, description="other"))


@case("create_registered_model")
def names_that_cannot_be(s: Side, c: MlflowClient) -> None:
    for name in ("", " ", "a/b", "a:b", "..", None):
        told(s, str(name), lambda name=name: c.create_registered_model(name))


@case("get_registered_model")
def an_unknown_model(s: Side, c: MlflowClient) -> None:
    told(s, "get", lambda: c.get_registered_model(s.name()))


@case("get_registered_model")
def a_model_with_versions_and_aliases(s: Side, c: MlflowClient) -> None:
    name = two(s)
    c.set_registered_model_alias(name, "champion", "1")
    told(s, "get", lambda: c.get_registered_model(name))


@case("rename_registered_model")
def a_renamed_model(s: Side, c: MlflowClient) -> None:
    name, new = versioned(s), s.name()
    told(s, "rename", lambda: c.rename_registered_model(name, new))
    told(s, "the old name", lambda: c.get_registered_model(name))
    told(s, "the new name", lambda: c.get_registered_model(new))
    told(s, "to a taken name", lambda: c.rename_registered_model(new, s.registered()))
    told(s, "to nothing", lambda: c.rename_registered_model(new, ""))


@case("update_registered_model")
def a_described_model(s: Side, c: MlflowClient) -> None:
    name = s.registered(description="old")
    told(s, "update", lambda: c.update_registered_model(name, "new"))
    told(s, "get", lambda: c.get_registered_model(name))
    told(s, "without", lambda: c.update_registered_model(name))


@case("delete_registered_model")
def a_deleted_model(s: Side, c: MlflowClient) -> None:
    name = two(s)
    told(s, "delete", lambda: c.delete_registered_model(name))
    told(s, "again", lambda: c.delete_registered_model(name))
    told(s, "its versions", lambda: c.search_model_versions(f"name = '{name}'"))
    told(s, "made again", lambda: c.create_registered_model(name))
    run, where = source(s)
    told(s, "its first version", lambda: c.create_model_version(name, where, run))


@case("search_registered_models")
def models_in_pages(s: Side, c: MlflowClient) -> None:
    prefix = s.name()
    for letter in "cab":
        c.create_registered_model(f"{prefix} {letter}", {"letter": letter})
    mine = f"name LIKE '{prefix}%'"
    page = told(s, "first", lambda: c.search_registered_models(mine, 2))
    told(s, "second", lambda: c.search_registered_models(mine, 2, page_token=page.token))
    told(s, "backwards", lambda: c.search_registered_models(mine, order_by=["name DESC"]))
    told(s, "by a tag", lambda: c.search_registered_models(f"{mine} AND tags.letter = 'a'"))
    told(s, "nonsense", lambda: c.search_registered_models("nonsense"))
    told(s, "none", lambda: c.search_registered_models(f"name = '{prefix}'"))


@case("set_registered_model_tag")
def a_models_tag(s: Side, c: MlflowClient) -> None:
    name = s.registered()
    for value in (1, "two", ""):
        told(s, f"set {value}", lambda value=value: c.set_registered_model_tag(name, "k", value))
    told(s, "get", lambda: c.get_registered_model(name))
    told(s, "of nobody", lambda: c.set_registered_model_tag(s.name(), "k", "v"))


@case("delete_registered_model_tag")
def a_deleted_tag_of_a_model(s: Side, c: MlflowClient) -> None:
    name = s.registered(tags=[{"key": "k", "value": "v"}])
    told(s, "delete", lambda: c.delete_registered_model_tag(name, "k"))
    told(s, "again", lambda: c.delete_registered_model_tag(name, "k"))
    told(s, "get", lambda: c.get_registered_model(name))


@case("set_registered_model_alias")
def an_alias(s: Side, c: MlflowClient) -> None:
    name = two(s)
    for version in ("1", "2", "7"):
        told(s, f"to {version}", lambda version=version: c.set_registered_model_alias(name, "a", version))
        told(s, "get", lambda: c.get_registered_model(name))
    for reserved in ("latest", "v1", "a.b", ""):
        told(s, reserved, lambda reserved=reserved: c.set_registered_model_alias(name, reserved, "1"))


@case("delete_registered_model_alias")
def a_deleted_alias(s: Side, c: MlflowClient) -> None:
    name = versioned(s)
    c.set_registered_model_alias(name, "a", "1")
    told(s, "delete", lambda: c.delete_registered_model_alias(name, "a"))
    told(s, "by alias", lambda: c.get_model_version_by_alias(name, "a"))
    told(s, "again", lambda: c.delete_registered_model_alias(name, "a"))


@case("get_model_version_by_alias")
def a_version_by_its_alias(s: Side, c: MlflowClient) -> None:
    name = two(s)
    c.set_registered_model_alias(name, "a", "1")
    told(s, "by alias", lambda: c.get_model_version_by_alias(name, "a"))
    told(s, "latest", lambda: c.get_model_version_by_alias(name, "latest"))
    told(s, "nobody", lambda: c.get_model_version_by_alias(name, "nobody"))


@case("get_latest_versions")
def the_latest_of_stages(s: Side, c: MlflowClient) -> None:
    name = two(s)
    c.transition_model_version_stage(name, "1", "Production")
    told(s, "Production", lambda: c.get_latest_versions(name, ["Production"]))
    told(s, "None", lambda: c.get_latest_versions(name, ["None"]))
    told(s, "Staging", lambda: c.get_latest_versions(name, ["Staging"]))
    told(s, "all", lambda: sorted(c.get_latest_versions(name), key=lambda one: int(one.version)))
    told(s, "of nobody", lambda: c.get_latest_versions(s.name()))


@case("create_model_version")
def a_version_of_a_run(s: Side, c: MlflowClient) -> None:
    name, (run, where) = s.registered(), source(s)
    more: dict[str, Any] = {"tags": {"a": 1}, "description": "about it", "run_link": "http://there"}
    told(s, "create", lambda: c.create_model_version(name, where, run, **more))
    told(s, "get", lambda: c.get_model_version(name, "1"))
    told(s, "another", lambda: c.create_model_version(name, where, run))


@case("create_model_version")
def a_version_of_an_artifact_uri(s: Side, c: MlflowClient) -> None:
    name, run = s.registered(), s.run()
    root = c.get_run(run).info.artifact_uri
    told(s, "create", lambda: c.create_model_version(name, f"{root}/model", run))
    told(s, "where", lambda: c.get_model_version_download_uri(name, "1"))


@case("create_model_version")
def a_version_of_a_runs_source_without_the_run(s: Side, c: MlflowClient) -> None:
    name, (_, where) = s.registered(), source(s)
    told(s, "create", lambda: c.create_model_version(name, where))


@case("create_model_version")
def a_version_of_a_logged_model(s: Side, c: MlflowClient) -> None:
    name, run = s.registered(), s.run()
    model = s.model(source_run_id=run)
    told(s, "create", lambda: c.create_model_version(name, f"models:/{model}", run, model_id=model))
    told(s, "the model", lambda: c.get_logged_model(model).tags["mlflow.modelVersions"].replace(name, "NAME"))


@case("create_model_version")
def a_version_of_nobody(s: Side, c: MlflowClient) -> None:
    run, where = source(s)
    told(s, "create", lambda: c.create_model_version(s.name(), where, run))


@case("create_model_version")
def sources_on_the_servers_disk(s: Side, c: MlflowClient) -> None:
    name, run = s.registered(), s.run()
    places = {"path": "/etc", "file": "file:///etc/passwd", "relative": "model", "above": f"runs:/{run}/../x"}
    for what, place in places.items():
        told(s, what, lambda place=place: c.create_model_version(name, place, run))


@case("copy_model_version")
def a_copy_into_a_new_model(s: Side, c: MlflowClient) -> None:
    name, new = s.registered(), s.name()
    s.version(name, tags=[{"key": "a", "value": "1"}], description="about it")
    told(s, "copy", lambda: c.copy_model_version(f"models:/{name}/1", new))
    told(s, "get", lambda: c.get_registered_model(new))
    told(s, "again", lambda: c.copy_model_version(f"models:/{name}/1", new))
    told(s, "of a copy", lambda: c.copy_model_version(f"models:/{new}/1", name))


@case("copy_model_version")
def a_copy_by_an_alias_and_of_nothing(s: Side, c: MlflowClient) -> None:
    name, new = versioned(s), s.registered()
    c.set_registered_model_alias(name, "a", "1")
    told(s, "by alias", lambda: c.copy_model_version(f"models:/{name}@a", new))
    told(s, "of nothing", lambda: c.copy_model_version(f"models:/{name}/7", new))
    told(s, "of a run", lambda: c.copy_model_version(source(s)[1], new))


@case(
    "get_model_version",
    differs("a semver, a range and an alias mean a version", stock=(200, ...), ours=(200, {"version": "2"})),
)
def a_version_by_all_its_names(s: Side, c: MlflowClient) -> None:
    name = two(s)
    told(s, "a number", lambda: c.get_model_version(name, "1"))
    told(s, "an unknown number", lambda: c.get_model_version(name, "7"))
    told(s, "a range", lambda: c.get_model_version(name, "^1.0"))


@case("get_model_version_stages")
def the_stages_there_are(s: Side, c: MlflowClient) -> None:
    told(s, "stages", lambda: c.get_model_version_stages(versioned(s), "1"))


@case("update_model_version")
def a_described_version(s: Side, c: MlflowClient) -> None:
    name = versioned(s)
    told(s, "update", lambda: c.update_model_version(name, "1", "new"))
    told(s, "get", lambda: c.get_model_version(name, "1"))
    told(s, "an unknown one", lambda: c.update_model_version(name, "7", "new"))


@case("delete_model_version")
def a_deleted_version(s: Side, c: MlflowClient) -> None:
    name = two(s)
    told(s, "delete", lambda: c.delete_model_version(name, "2"))
    told(s, "get", lambda: c.get_model_version(name, "2"))
    told(s, "again", lambda: c.delete_model_version(name, "2"))
    s.version(name)
    told(s, "the next", lambda: c.search_model_versions(f"name = '{name}'", order_by=["version_number"]))


@case("search_model_versions")
def versions_in_pages(s: Side, c: MlflowClient) -> None:
    name, (run, where) = s.registered(), source(s)
    for number in range(3):
        c.create_model_version(name, where, run, tags={"number": number})
    mine = f"name='{name}'"
    page = told(s, "first", lambda: c.search_model_versions(mine, 2))
    told(s, "second", lambda: c.search_model_versions(mine, 2, page_token=page.token))
    told(s, "forwards", lambda: c.search_model_versions(mine, order_by=["version_number ASC"]))
    told(s, "of the run", lambda: c.search_model_versions(f"run_id = '{run}'"))
    told(s, "of runs", lambda: c.search_model_versions(f"run_id IN ('{run}')"))
    told(s, "by a tag", lambda: c.search_model_versions(f"{mine} AND tags.number = '1'"))
    told(s, "by source", lambda: c.search_model_versions(f"{mine} AND source_path = '{where}'"))
    told(s, "nonsense", lambda: c.search_model_versions("nonsense"))


@case(
    "get_model_version_download_uri",
    differs("the address of its files is where they are, not what the source said", stock=(200, ...), ours=(200, ...)),
)
def where_its_files_are(s: Side, c: MlflowClient) -> None:
    name = versioned(s)
    told(s, "of an unknown one", lambda: c.get_model_version_download_uri(name, "7"))
    told(s, "where", lambda: c.get_model_version_download_uri(name, "1"))


@case("transition_model_version_stage")
def stages_with_and_without_archive(s: Side, c: MlflowClient) -> None:
    name = two(s)
    told(s, "first", lambda: c.transition_model_version_stage(name, "1", "production"))
    told(s, "second", lambda: c.transition_model_version_stage(name, "2", "Production"))
    s.version(name)
    told(s, "third", lambda: c.transition_model_version_stage(name, "3", "Production", archive_existing_versions=True))
    for number in ("1", "2", "3"):
        told(s, number, lambda number=number: c.get_model_version(name, number))
    told(s, "nonsense", lambda: c.transition_model_version_stage(name, "1", "nonsense"))
    told(s, "archive None", lambda: c.transition_model_version_stage(name, "1", "None"))


@case("set_model_version_tag")
def a_versions_tag(s: Side, c: MlflowClient) -> None:
    name = versioned(s)
    told(s, "set", lambda: c.set_model_version_tag(name, "1", "k", 1))
    told(s, "by stage", lambda: c.set_model_version_tag(name, key="s", value="v", stage="None"))
    told(s, "get", lambda: c.get_model_version(name, "1"))
    told(s, "of an unknown one", lambda: c.set_model_version_tag(name, "7", "k", "v"))


@case("delete_model_version_tag")
def a_deleted_tag_of_a_version(s: Side, c: MlflowClient) -> None:
    name = s.registered()
    s.version(name, tags=[{"key": "k", "value": "v"}, {"key": "s", "value": "v"}])
    told(s, "delete", lambda: c.delete_model_version_tag(name, "1", "k"))
    told(s, "by stage", lambda: c.delete_model_version_tag(name, key="s", stage="None"))
    told(s, "again", lambda: c.delete_model_version_tag(name, "1", "k"))
    told(s, "get", lambda: c.get_model_version(name, "1"))


@case("create_model_version")
def register_model_of_a_run_twice(s: Side, c: MlflowClient) -> None:
    """`mlflow.register_model`, which makes the model when it is not there."""
    name, (run, where) = s.name(), source(s)
    c.log_text(run, "x", "model/MLmodel")
    with everywhere(s):
        told(s, "first", lambda: mlflow.register_model(where, name, tags={"a": 1}))
        told(s, "second", lambda: mlflow.register_model(where, name))
    told(s, "get", lambda: c.get_registered_model(name))


@case("create_model_version")
def register_model_of_a_logged_model(s: Side, c: MlflowClient) -> None:
    name, run = s.name(), s.run()
    model = s.model(source_run_id=run)
    c.finalize_logged_model(model, "READY")
    with everywhere(s):
        told(s, "register", lambda: mlflow.register_model(f"models:/{model}", name))
    told(s, "get", lambda: c.get_model_version(name, "1"))


@case(
    "create_model_version",
    better(
        "a logged model that there is not is the caller's mistake, and named",
        stock=(200, "INTERNAL_ERROR"),
        ours=(200, "RESOURCE_DOES_NOT_EXIST"),
    ),
)
def register_model_of_a_logged_model_that_there_is_not(s: Side, c: MlflowClient) -> None:
    with everywhere(s):
        told(s, "register", lambda: mlflow.register_model("models:/m-" + "0" * 32, s.name()))
