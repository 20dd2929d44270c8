"""What runs have to do with logged models: metrics of them, on datasets; inputs and outputs; MLflow 2's log-model."""

from tests.parity.case import MISSING, Area, better, differs
from tests.parity.side import Side

METRIC = "POST runs/log-metric"
OUTPUTS = "POST runs/outputs"
INPUTS = "POST runs/log-inputs"

NOT_THERE = better("a model that nobody has is neither input nor output", stock=(200, {}), ours=MISSING)
AGAIN = better("what a client sends again is no error", stock=(400, "BAD_REQUEST"), ours=(200, ...))

area = Area(
    "model_links",
    {
        (METRIC, "a nan of a model"): better(
            "the stock server keeps 0 for it",
            stock=(200, {"model": {"data": {"metrics": [{"value": 0.0}]}}}),
            ours=(200, {"model": {"data": {"metrics": [{"value": "NaN"}]}}}),
        ),
        (METRIC, "an unknown model"): better(
            "the client is told what is wrong, not an SQL statement", stock=(400, "BAD_REQUEST"), ours=MISSING
        ),
        (OUTPUTS, "an output sent twice is one"): AGAIN,
        (OUTPUTS, "an unknown model"): NOT_THERE,
        (OUTPUTS, "no model id"): differs("an output is a model", stock=(200, {})),
        (INPUTS, "an unknown model"): NOT_THERE,
        ("POST runs/log-model", "a model that is a list"): better("what is no model is the caller's mistake"),
    },
)
case, ask = area.case, area.ask


def shown(s: Side, model: str) -> None:
    s.get(f"logged-models/{model}")


POINT = {"key": "m", "value": 0.5, "timestamp": 1, "step": 2}
WINE = {"name": "wine", "digest": "d1", "source_type": "local", "source": "wine.csv"}


@case(METRIC)
def a_metric_of_a_model(s: Side) -> None:
    experiment = s.experiment()
    run, model = s.run(experiment), s.model(experiment)
    s.post("runs/log-metric", {"run_id": run, "model_id": model, **POINT})
    shown(s, model)
    s.get("runs/get", {"run_id": run})


@case(METRIC)
def a_metric_of_a_model_on_a_dataset(s: Side) -> None:
    experiment = s.experiment()
    run, model = s.run(experiment), s.model(experiment)
    s.post("runs/log-inputs", {"run_id": run, "datasets": [{"dataset": WINE}]})
    s.post(
        "runs/log-metric", {"run_id": run, "model_id": model, "dataset_name": "wine", "dataset_digest": "d1", **POINT}
    )
    shown(s, model)


@case(METRIC)
def metrics_of_a_model_in_a_batch(s: Side) -> None:
    experiment = s.experiment()
    run, model = s.run(experiment), s.model(experiment)
    steps = [{**POINT, "step": step, "value": step / 4, "model_id": model} for step in range(3)]
    s.log(run, metrics=[*steps, {**POINT, "key": "free"}])
    shown(s, model)
    s.get("runs/get", {"run_id": run})


@case(METRIC)
def a_metric_of_a_model_sent_twice(s: Side) -> None:
    experiment = s.experiment()
    run, model = s.run(experiment), s.model(experiment)
    for _ in range(2):
        s.post("runs/log-metric", {"run_id": run, "model_id": model, **POINT})
    shown(s, model)


@case(METRIC)
def a_nan_of_a_model(s: Side) -> None:
    experiment = s.experiment()
    run, model = s.run(experiment), s.model(experiment)
    s.post("runs/log-metric", {"run_id": run, "model_id": model, **POINT, "value": "NaN"})
    shown(s, model)


@case(METRIC)
def two_runs_measure_a_model(s: Side) -> None:
    experiment = s.experiment()
    model = s.model(experiment)
    for value in (1, 2):
        s.post("runs/log-metric", {"run_id": s.run(experiment), "model_id": model, **POINT, "value": value})
    shown(s, model)


ask(METRIC, "an unknown model", {"run_id": "{run}", "model_id": "m-" + "0" * 32, **POINT})
ask(METRIC, "an empty model", {"run_id": "{run}", "model_id": "", **POINT})
ask(METRIC, "a dataset's name without its digest", {"run_id": "{run}", "dataset_name": "wine", **POINT})
ask(METRIC, "a dataset's digest without its name", {"run_id": "{run}", "dataset_digest": "d1", **POINT})
ask(
    METRIC,
    "a dataset that nobody logged",
    {"run_id": "{run}", "model_id": "{model}", "dataset_name": "x", "dataset_digest": "y", **POINT},
)


@case(OUTPUTS)
def a_run_shows_what_it_produced(s: Side) -> None:
    experiment = s.experiment()
    run = s.run(experiment)
    models = [{"model_id": s.model(experiment), "step": step} for step in (0, 5)]
    s.post("runs/outputs", {"run_id": run, "models": models})
    s.get("runs/get", {"run_id": run})
    s.post("runs/search", {"experiment_ids": [experiment]})


@case(OUTPUTS)
def an_output_sent_twice_is_one(s: Side) -> None:
    experiment = s.experiment()
    run, model = s.run(experiment), s.model(experiment)
    for _ in range(2):
        s.post("runs/outputs", {"run_id": run, "models": [{"model_id": model, "step": 1}]})
    s.get("runs/get", {"run_id": run})


ask(OUTPUTS, "no models", {"run_id": "{run}"})
ask(OUTPUTS, "an empty list", {"run_id": "{run}", "models": []})
ask(OUTPUTS, "an unknown model", {"run_id": "{run}", "models": [{"model_id": "m-" + "0" * 32, "step": 1}]})
ask(OUTPUTS, "no step", {"run_id": "{run}", "models": [{"model_id": "{model}"}]})
ask(OUTPUTS, "an unknown run", {"run_id": "0" * 32, "models": [{"model_id": "{model}", "step": 1}]})
ask(OUTPUTS, "no run", {"models": [{"model_id": "{model}", "step": 1}]})
ask(OUTPUTS, "no model id", {"run_id": "{run}", "models": [{"step": 1}]})


@case(INPUTS)
def a_run_shows_the_models_it_started_from(s: Side) -> None:
    experiment = s.experiment()
    run = s.run(experiment)
    s.post("runs/log-inputs", {"run_id": run, "models": [{"model_id": s.model(experiment)}]})
    s.get("runs/get", {"run_id": run})


@case(INPUTS)
def a_model_input_sent_twice_is_one(s: Side) -> None:
    experiment = s.experiment()
    run, model = s.run(experiment), s.model(experiment)
    for _ in range(2):
        s.post("runs/log-inputs", {"run_id": run, "models": [{"model_id": model}]})
    s.get("runs/get", {"run_id": run})


ask(INPUTS, "an unknown model", {"run_id": "{run}", "models": [{"model_id": "m-" + "0" * 32}]})


MLMODEL = (
    '{"artifact_path": "m", "flavors": {"sklearn": {"a": 1}}, "run_id": "r", '
    '"utc_time_created": "2026-01-01 00:00:00.0"}'
)


@case("POST runs/log-model")
def a_model_of_mlflow_2_is_a_tag(s: Side) -> None:
    run = s.run()
    s.post("runs/log-model", {"run_id": run, "model_json": MLMODEL})
    s.get("runs/get", {"run_id": run})
    s.post("runs/log-model", {"run_id": run, "model_json": MLMODEL.replace('"m"', '"n"')})
    s.get("runs/get", {"run_id": run})


for _what, _text in {
    "no JSON": "{",
    "an empty object": "{}",
    "a list": "[]",
    "nothing": "",
    "half of it": '{"artifact_path": "m"}',
}.items():
    ask("POST runs/log-model", f"a model that is {_what}", {"run_id": "{run}", "model_json": _text})
ask("POST runs/log-model", "no model", {"run_id": "{run}"})
ask("POST runs/log-model", "an unknown run", {"run_id": "0" * 32, "model_json": MLMODEL})
