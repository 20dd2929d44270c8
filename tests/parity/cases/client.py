"""The same steps with MLflow's own client: experiments, runs, logged models."""

import warnings

from tests.parity.side import Side
from tests.parity.with_client import ClientArea, made, told

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

area = ClientArea("client")
case = area.method


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
