"""The same steps with MLflow's own client."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.parity.case import Area
from tests.parity.side import Side

with warnings.catch_warnings(action="ignore"):
    from mlflow import MlflowClient
    from mlflow.entities import (
        Dataset,
        DatasetInput,
        InputTag,
        LoggedModelInput,
        LoggedModelOutput,
        LoggedModelStatus,
        Metric,
        Param,
        RunTag,
        ViewType,
    )
    from mlflow.exceptions import MlflowException

area = Area("client")


def case(method: str, difference: Any = None) -> Callable[[Callable[[Side, MlflowClient], object]], object]:
    """A script that has the client as well."""

    def add(script: Callable[[Side, MlflowClient], object]) -> object:
        def with_client(s: Side) -> None:
            script(s, client(s))

        area.add(f"MlflowClient.{method}", script.__name__.replace("_", " "), with_client, difference)
        return script

    return add


def client(s: Side) -> MlflowClient:
    # It reads the token whenever it asks; the stock server takes no notice of one.
    os.environ |= {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_ENABLE_ASYNC_LOGGING": "false"}
    if s.token:
        os.environ["MLFLOW_TRACKING_TOKEN"] = s.token
    return MlflowClient(s.root, s.root)


def told(s: Side, what: str, ask: Callable[[], Any]) -> Any:
    """Writes down what the client makes of the answer, or the error that it raises."""
    try:
        found = ask()
    except MlflowException as refused:
        s.say(what, {"error_code": refused.error_code, "message": str(refused)})
        return None
    s.say(what, plain(found))
    return found


def plain(found: Any) -> Any:
    """As JSON could say it."""
    if isinstance(found, str | int | float | bool | None):
        return found
    if isinstance(found, dict):
        return {str(key): plain(value) for key, value in found.items()}
    if hasattr(found, "token") and isinstance(found, Iterable):
        return {"items": [plain(one) for one in found], "more": bool(found.token)}
    if isinstance(found, list | tuple | set):
        return [plain(one) for one in found]
    if hasattr(found, "__iter__"):
        return {name: plain(value) for name, value in found}
    return {name: plain(value) for name, value in vars(found).items()} if hasattr(found, "__dict__") else str(found)


def made(s: Side) -> tuple[str, str]:
    """An experiment and a run of it."""
    experiment = s.experiment()
    return experiment, s.run(experiment)


@case("create_experiment")
def an_experiment(s: Side, c: MlflowClient) -> None:
    name = s.name()
    experiment = c.create_experiment(name, tags={"a": "1"})
    told(s, "get_experiment", lambda: c.get_experiment(experiment))
    told(s, "again", lambda: c.create_experiment(name))


@case("get_experiment")
def an_unknown_experiment(s: Side, c: MlflowClient) -> None:
    told(s, "get_experiment", lambda: c.get_experiment("987654321"))


@case("get_experiment_by_name")
def an_experiment_by_name(s: Side, c: MlflowClient) -> None:
    name = s.name()
    s.experiment(name)
    told(s, "by name", lambda: c.get_experiment_by_name(name))
    told(s, "nobody", lambda: c.get_experiment_by_name(name + " nobody"))


@case("rename_experiment")
def a_renamed_experiment(s: Side, c: MlflowClient) -> None:
    experiment, name = s.experiment(), s.name()
    told(s, "rename_experiment", lambda: c.rename_experiment(experiment, name))
    told(s, "get_experiment", lambda: c.get_experiment(experiment))


@case("delete_experiment")
def a_deleted_experiment(s: Side, c: MlflowClient) -> None:
    experiment = s.experiment()
    told(s, "delete_experiment", lambda: c.delete_experiment(experiment))
    told(s, "get_experiment", lambda: c.get_experiment(experiment))
    told(s, "again", lambda: c.delete_experiment(experiment))


@case("restore_experiment")
def a_restored_experiment(s: Side, c: MlflowClient) -> None:
    experiment = s.deleted_experiment()
    told(s, "restore_experiment", lambda: c.restore_experiment(experiment))
    told(s, "get_experiment", lambda: c.get_experiment(experiment))


@case("set_experiment_tag")
def an_experiments_tag(s: Side, c: MlflowClient) -> None:
    experiment = s.experiment()
    told(s, "set_experiment_tag", lambda: c.set_experiment_tag(experiment, "a", 1))
    told(s, "get_experiment", lambda: c.get_experiment(experiment))


@case("delete_experiment_tag")
def a_deleted_tag_of_an_experiment(s: Side, c: MlflowClient) -> None:
    experiment = s.experiment(tags=[{"key": "a", "value": "1"}])
    told(s, "delete_experiment_tag", lambda: c.delete_experiment_tag(experiment, "a"))
    told(s, "again", lambda: c.delete_experiment_tag(experiment, "a"))


@case("search_experiments")
def experiments_in_pages(s: Side, c: MlflowClient) -> None:
    prefix = s.name()
    for letter in "abc":
        s.experiment(prefix + letter)
    mine = f"name LIKE '{prefix}%'"
    page = told(s, "first", lambda: c.search_experiments(filter_string=mine, order_by=["name"], max_results=2))
    told(
        s,
        "second",
        lambda: c.search_experiments(filter_string=mine, order_by=["name"], max_results=2, page_token=page.token),
    )
    told(s, "deleted", lambda: c.search_experiments(view_type=ViewType.DELETED_ONLY, filter_string=mine))
    told(s, "nonsense", lambda: c.search_experiments(filter_string="nonsense"))


@case("create_run")
def a_run(s: Side, c: MlflowClient) -> None:
    experiment = s.experiment()
    run = told(s, "create_run", lambda: c.create_run(experiment, run_name="r", tags={"a": "1"}, start_time=5))
    told(s, "get_run", lambda: c.get_run(run.info.run_id))


@case("get_run")
def an_unknown_run(s: Side, c: MlflowClient) -> None:
    told(s, "get_run", lambda: c.get_run("0" * 32))


@case("get_parent_run")
def a_parent_run(s: Side, c: MlflowClient) -> None:
    experiment, parent = made(s)
    child = s.run(experiment, tags=[{"key": "mlflow.parentRunId", "value": parent}])
    told(s, "of the child", lambda: c.get_parent_run(child))
    told(s, "of the parent", lambda: c.get_parent_run(parent))


@case("update_run")
def an_updated_run(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "update_run", lambda: c.update_run(run, status="FAILED", name="renamed"))
    told(s, "get_run", lambda: c.get_run(run))


@case("set_terminated")
def a_finished_run(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "set_terminated", lambda: c.set_terminated(run, "KILLED", end_time=99))
    told(s, "get_run", lambda: c.get_run(run))


@case("delete_run")
def a_deleted_run(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "delete_run", lambda: c.delete_run(run))
    told(s, "log_param", lambda: c.log_param(run, "a", 1))


@case("restore_run")
def a_restored_run(s: Side, c: MlflowClient) -> None:
    run = s.deleted_run()
    told(s, "restore_run", lambda: c.restore_run(run))
    told(s, "log_param", lambda: c.log_param(run, "a", 1))


@case("log_metric")
def metrics(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    for step, value in enumerate([1, 0.5, float("nan"), float("inf"), True]):
        told(s, "log_metric", lambda value=value, step=step: c.log_metric(run, "m", value, timestamp=step, step=step))
    told(s, "get_run", lambda: c.get_run(run))
    told(s, "a bad key", lambda: c.log_metric(run, "a//b", 1))


@case("get_metric_history")
def a_metrics_history(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    s.log(run, metrics=[{"key": "m", "value": step, "timestamp": step, "step": step} for step in range(5)])
    told(s, "get_metric_history", lambda: c.get_metric_history(run, "m"))
    told(s, "of an unknown key", lambda: c.get_metric_history(run, "unknown"))


@case("log_param")
def params(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_param", lambda: c.log_param(run, "a", 1))
    told(s, "again", lambda: c.log_param(run, "a", 1))
    told(s, "another", lambda: c.log_param(run, "a", 2))
    told(s, "get_run", lambda: c.get_run(run))


@case("log_batch")
def a_batch(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    batch = [Metric("m", 1.5, 3, 4)], [Param("p", "1")], [RunTag("t", "2")]
    told(s, "log_batch", lambda: c.log_batch(run, *batch))
    told(s, "get_run", lambda: c.get_run(run))


@case("set_tag")
def a_tag(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "set_tag", lambda: c.set_tag(run, "a", 1))
    told(s, "set_tag", lambda: c.set_tag(run, "mlflow.runName", "renamed"))
    told(s, "get_run", lambda: c.get_run(run))


@case("delete_tag")
def a_deleted_tag(s: Side, c: MlflowClient) -> None:
    run = s.run(tags=[{"key": "a", "value": "1"}])
    told(s, "delete_tag", lambda: c.delete_tag(run, "a"))
    told(s, "again", lambda: c.delete_tag(run, "a"))


@case("search_runs")
def runs_in_pages(s: Side, c: MlflowClient) -> None:
    experiment = s.experiment()
    for number in range(3):
        s.run(experiment, run_name=f"r{number}", start_time=number)
    page = told(s, "first", lambda: c.search_runs([experiment], max_results=2))
    told(s, "second", lambda: c.search_runs([experiment], max_results=2, page_token=page.token))
    told(s, "filtered", lambda: c.search_runs([experiment], "attributes.run_name LIKE 'r%'", order_by=["start_time"]))
    told(s, "nonsense", lambda: c.search_runs([experiment], "nonsense"))


@case("log_inputs")
def inputs(s: Side, c: MlflowClient) -> None:
    experiment, run = made(s)
    dataset = DatasetInput(Dataset("d", "1", "local", "x", "{}", "{}"), [InputTag("mlflow.data.context", "train")])
    model = LoggedModelInput(s.model(experiment))
    told(s, "log_inputs", lambda: c.log_inputs(run, [dataset], [model]))
    told(s, "get_run", lambda: c.get_run(run))


@case("log_outputs")
def outputs(s: Side, c: MlflowClient) -> None:
    experiment, run = made(s)
    output = LoggedModelOutput(s.model(experiment), step=3)
    told(s, "log_outputs", lambda: c.log_outputs(run, [output]))
    told(s, "get_run", lambda: c.get_run(run))


@case("create_logged_model")
def a_model(s: Side, c: MlflowClient) -> None:
    experiment, run = made(s)
    model = told(s, "create", lambda: c.create_logged_model(experiment, "m", run, {"t": "1"}, {"p": "2"}, "sklearn"))
    told(s, "get", lambda: c.get_logged_model(model.model_id))


@case("get_logged_model")
def an_unknown_model(s: Side, c: MlflowClient) -> None:
    told(s, "get_logged_model", lambda: c.get_logged_model("m-" + "0" * 32))


@case("finalize_logged_model")
def a_finished_model(s: Side, c: MlflowClient) -> None:
    model = s.model()
    told(s, "finalize", lambda: c.finalize_logged_model(model, LoggedModelStatus.READY))
    told(s, "finalize", lambda: c.finalize_logged_model(model, "FAILED"))


@case("log_model_params")
def a_models_params(s: Side, c: MlflowClient) -> None:
    model = s.model()
    told(s, "log_model_params", lambda: c.log_model_params(model, {f"p{number}": str(number) for number in range(150)}))
    told(s, "get", lambda: c.get_logged_model(model))


@case("set_logged_model_tags")
def a_models_tags(s: Side, c: MlflowClient) -> None:
    model = s.model()
    told(s, "set", lambda: c.set_logged_model_tags(model, {"a": 1, "b": "2"}))
    told(s, "get", lambda: c.get_logged_model(model))


@case("delete_logged_model_tag")
def a_models_deleted_tag(s: Side, c: MlflowClient) -> None:
    model = s.model(tags=[{"key": "a", "value": "1"}])
    told(s, "delete", lambda: c.delete_logged_model_tag(model, "a"))
    told(s, "again", lambda: c.delete_logged_model_tag(model, "a"))


@case("delete_logged_model")
def a_deleted_model(s: Side, c: MlflowClient) -> None:
    model = s.model()
    told(s, "delete", lambda: c.delete_logged_model(model))
    told(s, "get", lambda: c.get_logged_model(model))


@case("search_logged_models")
def models_in_pages(s: Side, c: MlflowClient) -> None:
    experiment = s.experiment()
    for letter in "abc":
        s.model(experiment, name=letter)
    order = [{"field_name": "name"}]
    page = told(s, "first", lambda: c.search_logged_models([experiment], max_results=2, order_by=order))
    told(
        s,
        "second",
        lambda: c.search_logged_models([experiment], max_results=2, order_by=order, page_token=page.token),
    )
    told(s, "filtered", lambda: c.search_logged_models([experiment], filter_string="name = 'b'"))


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


@case("log_text")
def a_text(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_text", lambda: c.log_text(run, "größe", "notes/a b.txt"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "notes"))


@case("log_dict")
def a_dict(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_dict", lambda: c.log_dict(run, {"a": [1, None]}, "a.json"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run))


@case("log_artifact")
def a_file(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "a.txt").write_text("hello")
        told(s, "log_artifact", lambda: c.log_artifact(run, f"{name}/a.txt", "folder"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "folder"))


@case("log_artifacts")
def a_folder(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    with tempfile.TemporaryDirectory() as name:
        for path in ("a", "x/b", "x/y/c"):
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_text(path)
        told(s, "log_artifacts", lambda: c.log_artifacts(run, name))
    told(s, "list_artifacts", lambda: c.list_artifacts(run))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "x"))


@case("list_artifacts")
def a_run_without_files(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "list_artifacts", lambda: c.list_artifacts(run))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "nothing"))


@case("download_artifacts")
def downloaded_files(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    for path in ("a", "x/b", "x/y/c"):
        c.log_text(run, path, path)
    with tempfile.TemporaryDirectory() as name:
        c.download_artifacts(run, "", name)
        s.say("all", tree(Path(name)))
    with tempfile.TemporaryDirectory() as name:
        c.download_artifacts(run, "x/b", name)
        s.say("one", tree(Path(name)))


@case("log_model_artifacts")
def the_files_of_a_model(s: Side, c: MlflowClient) -> None:
    model = s.model()
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "MLmodel").write_text("flavors: {}")
        told(s, "log_model_artifacts", lambda: c.log_model_artifacts(model, name))
    told(s, "list", lambda: c.list_logged_model_artifacts(model))


@case("log_model_artifact")
def a_file_of_a_model(s: Side, c: MlflowClient) -> None:
    model = s.model()
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "a.txt").write_text("hello")
        told(s, "log_model_artifact", lambda: c.log_model_artifact(model, f"{name}/a.txt"))
    told(s, "list", lambda: c.list_logged_model_artifacts(model))


@case("list_logged_model_artifacts")
def a_model_without_files(s: Side, c: MlflowClient) -> None:
    model = s.model()
    told(s, "list", lambda: c.list_logged_model_artifacts(model))
