"""Deleted experiments and runs refuse writes, and come back when they are restored."""

from tests.parity.case import MISSING, Area, better, differs
from tests.parity.side import Side

area = Area("lifecycle")
case, ask = area.case, area.ask

DELETE_EXPERIMENT = "POST experiments/delete"
RESTORE_EXPERIMENT = "POST experiments/restore"
DELETE_RUN = "POST runs/delete"
RESTORE_RUN = "POST runs/restore"


@case(DELETE_EXPERIMENT)
def a_deleted_experiment_is_shown_as_deleted(s: Side) -> None:
    s.get("experiments/get", {"experiment_id": s.deleted_experiment()})


@case(DELETE_EXPERIMENT)
def an_experiment_is_deleted_once(s: Side) -> None:
    s.post("experiments/delete", {"experiment_id": s.deleted_experiment()})


@case(DELETE_EXPERIMENT)
def runs_are_deleted_with_their_experiment(s: Side) -> None:
    experiment = s.experiment()
    run = s.run(experiment)
    s.post("experiments/delete", {"experiment_id": experiment})
    s.get("runs/get", {"run_id": run})
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL"):
        s.post("runs/search", {"experiment_ids": [experiment], "run_view_type": view})


ask(DELETE_EXPERIMENT, "no experiment", {})
ask(DELETE_EXPERIMENT, "an unknown experiment", {"experiment_id": "987654321"})
ask(DELETE_EXPERIMENT, "a word for an experiment", {"experiment_id": "abc"})


@case(RESTORE_EXPERIMENT)
def a_restored_experiment_is_active_again(s: Side) -> None:
    experiment = s.deleted_experiment()
    s.post("experiments/restore", {"experiment_id": experiment})
    s.get("experiments/get", {"experiment_id": experiment})
    s.run(experiment)


@case(RESTORE_EXPERIMENT)
def an_active_experiment_cannot_be_restored(s: Side) -> None:
    s.post("experiments/restore", {"experiment_id": s.experiment()})


@case(RESTORE_EXPERIMENT)
def an_experiment_is_restored_once(s: Side) -> None:
    experiment = s.deleted_experiment()
    s.post("experiments/restore", {"experiment_id": experiment})
    s.post("experiments/restore", {"experiment_id": experiment})


@case(RESTORE_EXPERIMENT)
def runs_are_restored_with_their_experiment(s: Side) -> None:
    experiment = s.experiment()
    run = s.run(experiment)
    s.post("experiments/delete", {"experiment_id": experiment})
    s.post("experiments/restore", {"experiment_id": experiment})
    s.get("runs/get", {"run_id": run})
    s.post("runs/search", {"experiment_ids": [experiment]})


@case(RESTORE_EXPERIMENT)
def a_run_deleted_before_its_experiment(s: Side) -> None:
    experiment = s.experiment()
    run = s.run(experiment)
    s.post("runs/delete", {"run_id": run})
    s.post("experiments/delete", {"experiment_id": experiment})
    s.post("experiments/restore", {"experiment_id": experiment})
    s.get("runs/get", {"run_id": run})


@case(RESTORE_EXPERIMENT)
def a_restored_experiment_may_be_deleted_again(s: Side) -> None:
    experiment = s.deleted_experiment()
    s.post("experiments/restore", {"experiment_id": experiment})
    s.post("experiments/delete", {"experiment_id": experiment})
    s.get("experiments/get", {"experiment_id": experiment})


ask(RESTORE_EXPERIMENT, "no experiment", {})
ask(RESTORE_EXPERIMENT, "an unknown experiment", {"experiment_id": "987654321"})

TO_DELETED_EXPERIMENT = {
    "POST experiments/set-experiment-tag": {"key": "a", "value": "1"},
    "POST experiments/delete-experiment-tag": {"key": "a"},
    "POST runs/create": {"run_name": "r"},
    "POST logged-models": {"name": "m"},
}
for _about, _sent in TO_DELETED_EXPERIMENT.items():
    ask(_about, "a deleted experiment", {"experiment_id": "{deleted_experiment}", **_sent})
ask(
    "POST experiments/update",
    "a deleted experiment",
    {"experiment_id": "{deleted_experiment}", "new_name": "{name}"},
    better("clients try a 500 again for minutes", stock=(500, "INVALID_STATE"), ours=(400, "INVALID_STATE")),
)


@case("POST runs/search")
def a_search_in_a_deleted_experiment(s: Side) -> None:
    experiment = s.experiment()
    s.run(experiment)
    s.post("experiments/delete", {"experiment_id": experiment})
    s.post("runs/search", {"experiment_ids": [experiment]})


@case(DELETE_RUN)
def a_deleted_run_is_shown_as_deleted(s: Side) -> None:
    s.get("runs/get", {"run_id": s.deleted_run()})


@case(DELETE_RUN)
def a_run_may_be_deleted_twice(s: Side) -> None:
    s.post("runs/delete", {"run_id": s.deleted_run()})


@case(DELETE_RUN)
def a_deleted_run_keeps_what_was_logged(s: Side) -> None:
    run = s.run()
    s.log(run, metrics=[{"key": "m", "value": 1, "timestamp": 1}], params=[{"key": "p", "value": "1"}])
    s.post("runs/delete", {"run_id": run})
    s.get("runs/get", {"run_id": run})
    s.get("metrics/get-history", {"run_id": run, "metric_key": "m"})


@case(RESTORE_RUN)
def a_restored_run_is_active_again(s: Side) -> None:
    run = s.deleted_run()
    s.post("runs/restore", {"run_id": run})
    s.get("runs/get", {"run_id": run})
    s.log(run, params=[{"key": "p", "value": "1"}])


@case(RESTORE_RUN)
def an_active_run_may_be_restored(s: Side) -> None:
    run = s.run()
    s.post("runs/restore", {"run_id": run})
    s.get("runs/get", {"run_id": run})


@case(RESTORE_RUN)
def a_run_of_a_deleted_experiment_may_be_restored(s: Side) -> None:
    experiment = s.experiment()
    run = s.run(experiment)
    s.post("experiments/delete", {"experiment_id": experiment})
    s.post("runs/restore", {"run_id": run})
    s.get("runs/get", {"run_id": run})
    s.log(run, params=[{"key": "p", "value": "1"}])


for _about in (DELETE_RUN, RESTORE_RUN):
    ask(_about, "no run", {})
    ask(_about, "an unknown run", {"run_id": "0" * 32})
    ask(
        _about,
        "a run as run_uuid",
        {"run_uuid": "{run}"},
        differs("a run goes by its old name wherever it goes by the new one", stock=MISSING, ours=(200, {})),
    )

TO_DELETED_RUN = {
    "POST runs/update": {"status": "FINISHED"},
    "POST runs/log-metric": {"key": "m", "value": 1, "timestamp": 1},
    "POST runs/log-parameter": {"key": "p", "value": "1"},
    "POST runs/set-tag": {"key": "t", "value": "1"},
    "POST runs/delete-tag": {"key": "t"},
    "POST runs/log-batch": {"params": [{"key": "p", "value": "1"}]},
    "POST runs/log-inputs": {
        "datasets": [{"dataset": {"name": "d", "digest": "1", "source_type": "s", "source": "x"}}]
    },
    "POST runs/outputs": {"models": [{"model_id": "{model}", "step": 1}]},
    "POST runs/log-model": {
        "model_json": '{"artifact_path": "m", "flavors": {}, "run_id": "r", "utc_time_created": "2026-01-01 00:00:00"}'
    },
}
for _about, _sent in TO_DELETED_RUN.items():
    ask(_about, "a deleted run", {"run_id": "{deleted_run}", **_sent})
ask("POST runs/log-batch", "an empty batch to a deleted run", {"run_id": "{deleted_run}"})


@case("POST runs/search")
def view_types_choose_by_lifecycle(s: Side) -> None:
    experiment = s.experiment()
    s.run(experiment, run_name="kept")
    gone = s.run(experiment, run_name="gone")
    s.post("runs/delete", {"run_id": gone})
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL"):
        s.post("runs/search", {"experiment_ids": [experiment], "run_view_type": view, "order_by": ["run_name"]})
