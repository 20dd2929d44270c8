"""Create, get and update runs: names, times, states, users; deleting and restoring is in `lifecycle.py`."""

from tests.parity.case import Area, better, differs
from tests.parity.side import Side

area = Area("runs")
case, ask = area.case, area.ask

LOSES = "the stock server drops what it cannot read, and whatever comes after it, without a word"
NO_KEY = differs("a tag without a key can neither be searched nor deleted")
HOMELESS = better("the stock server fails to find Default", stock=(400, "BAD_REQUEST"), ours=(200, ...))
REFUSED = better(LOSES, stock=(200, ...))

CREATE = "POST runs/create"
GET = "GET runs/get"
UPDATE = "POST runs/update"


@case(CREATE)
def a_run_is_found_as_it_was_created(s: Side) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "mlflow.user", "value": "ann"}]
    run = s.run(run_name="first", start_time=1234, user_id="bea", tags=tags)
    s.get("runs/get", {"run_id": run})


@case(CREATE)
def a_run_without_a_name_gets_a_nickname(s: Side) -> None:
    answer = s.post("runs/create", {"experiment_id": s.experiment()})
    s.get("runs/get", {"run_id": answer["run"]["info"]["run_id"]})


@case(CREATE)
def an_empty_name_gets_a_nickname(s: Side) -> None:
    s.post("runs/create", {"experiment_id": s.experiment(), "run_name": ""})


@case(CREATE)
def a_name_may_come_as_a_tag(s: Side) -> None:
    s.post("runs/create", {"experiment_id": s.experiment(), "tags": [{"key": "mlflow.runName", "value": "tagged"}]})


@case(CREATE)
def a_name_may_come_twice(s: Side) -> None:
    sent = {"run_name": "same", "tags": [{"key": "mlflow.runName", "value": "same"}]}
    s.post("runs/create", {"experiment_id": s.experiment(), **sent})


@case(CREATE)
def a_name_and_another_name_tag(s: Side) -> None:
    sent = {"run_name": "one", "tags": [{"key": "mlflow.runName", "value": "other"}]}
    s.post("runs/create", {"experiment_id": s.experiment(), **sent})


@case(CREATE)
def two_runs_may_have_one_name(s: Side) -> None:
    experiment = s.experiment()
    s.run(experiment)
    s.run(experiment)


@case(CREATE, HOMELESS)
def a_run_without_an_experiment_belongs_to_default(s: Side) -> None:
    s.post("runs/create", {"run_name": "homeless"})


@case(CREATE)
def a_child_run_is_one_by_its_tag(s: Side) -> None:
    experiment = s.experiment()
    parent = s.run(experiment)
    child = s.run(experiment, tags=[{"key": "mlflow.parentRunId", "value": parent}])
    s.get("runs/get", {"run_id": child})
    s.post(
        "runs/search",
        {"experiment_ids": [experiment], "filter": f"tags.`mlflow.parentRunId` = '{parent}'"},
    )


@case(CREATE)
def source_tags_are_tags(s: Side) -> None:
    tags = {
        "mlflow.source.name": "train.py",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": "0123abc",
        "mlflow.note.content": "a note",
        "mlflow.project.entryPoint": "main",
    }
    run = s.run(tags=[{"key": key, "value": value} for key, value in tags.items()])
    s.get("runs/get", {"run_id": run})


NAMES = {
    "Unicode": "größe 漢字 🦊",
    "quotes": 'it\'s "quoted" `so`',
    "slashes": "a/b//../c",
    "a line break": "two\nlines",
    "a control character": "a\x01b",
    "blanks only": "   ",
    "250 characters": "x" * 250,
    "markup": "<b>",
}
for _what, _name in NAMES.items():
    ask(CREATE, f"a name: {_what}", {"experiment_id": "{experiment}", "run_name": _name})

ask(CREATE, "an unknown experiment", {"experiment_id": "987654321"}, says="No Experiment with id")
ask(CREATE, "a word for an experiment", {"experiment_id": "abc"})
ask(CREATE, "an empty experiment", {"experiment_id": ""}, HOMELESS)
ask(CREATE, "a null experiment", {"experiment_id": None, "run_name": "r"}, HOMELESS)
ask(CREATE, "a start time of 0", {"experiment_id": "{experiment}", "run_name": "r", "start_time": 0})
ask(CREATE, "a start time as a text", {"experiment_id": "{experiment}", "run_name": "r", "start_time": "1234"})
ask(CREATE, "a start time with a zero fraction", {"experiment_id": "{experiment}", "run_name": "r", "start_time": 12.0})
ask(
    CREATE,
    "a start time with a fraction",
    {"experiment_id": "{experiment}", "run_name": "r", "start_time": 12.5},
    REFUSED,
)
ask(CREATE, "a negative start time", {"experiment_id": "{experiment}", "run_name": "r", "start_time": -5})
ask(CREATE, "a start time of 2^63 - 1", {"experiment_id": "{experiment}", "run_name": "r", "start_time": 2**63 - 1})
ask(CREATE, "a start time of 2^63", {"experiment_id": "{experiment}", "run_name": "r", "start_time": 2**63}, REFUSED)
ask(CREATE, "a null start time", {"experiment_id": "{experiment}", "run_name": "r", "start_time": None})
ask(CREATE, "a start time that is a word", {"experiment_id": "{experiment}", "start_time": "yesterday"})
ask(CREATE, "a user", {"experiment_id": "{experiment}", "run_name": "r", "user_id": "Ünal"})
ask(CREATE, "a user of 256 characters", {"experiment_id": "{experiment}", "run_name": "r", "user_id": "u" * 256})
ask(CREATE, "a tag without a value", {"experiment_id": "{experiment}", "run_name": "r", "tags": [{"key": "a"}]})
ask(CREATE, "a tag without a key", {"experiment_id": "{experiment}", "run_name": "r", "tags": [{"value": "a"}]}, NO_KEY)
ask(CREATE, "an unknown field", {"experiment_id": "{experiment}", "run_name": "r", "status": "FINISHED", "x": 1})


@case(CREATE, better("the client would be told an SQL statement", stock=(400, "BAD_REQUEST"), ours=(200, ...)))
def the_last_of_two_tags_with_one_key(s: Side) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    s.get("runs/get", {"run_id": s.run(tags=tags)})


ask(GET, "no run", {})
ask(GET, "an empty run", {"run_id": ""})
ask(GET, "an unknown run", {"run_id": "0" * 32}, says="not found")
ask(GET, "a run that is a word", {"run_id": "nonsense"})
ask(GET, "a run in capitals", {"run_id": "ABCDEF" + "0" * 26})
ask(GET, "a run as run_uuid", {"run_uuid": "{run}"})
ask(GET, "run_uuid where run_id is another", {"run_id": "{run}", "run_uuid": "0" * 32})
ask(GET, "an experiment's number", {"run_id": "1"})
ask(GET, "an unknown parameter beside the run", {"run_id": "{run}", "colour": "red"})


@case(UPDATE)
def a_run_is_finished(s: Side) -> None:
    run = s.run()
    s.post("runs/update", {"run_id": run, "status": "FINISHED", "end_time": 2000})
    s.get("runs/get", {"run_id": run})


for _status in ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"):
    ask(UPDATE, f"status {_status}", {"run_id": "{run}", "status": _status})

for _status in ("finished", "DONE", "UNFINISHED"):
    ask(UPDATE, f"status {_status}", {"run_id": "{run}", "status": _status}, REFUSED)
ask(UPDATE, "an unknown status by its number", {"run_id": "{run}", "status": 9})
ask(UPDATE, "an empty status", {"run_id": "{run}", "status": ""})
ask(UPDATE, "a status by its number", {"run_id": "{run}", "status": 3})
ask(UPDATE, "a null status", {"run_id": "{run}", "status": None})
ask(UPDATE, "nothing to change", {"run_id": "{run}"})
ask(UPDATE, "an end without a status", {"run_id": "{run}", "end_time": 2000})
ask(UPDATE, "a status without an end", {"run_id": "{run}", "status": "FAILED"})
ask(UPDATE, "an end before the start", {"run_id": "{run}", "status": "FINISHED", "end_time": 1})
ask(UPDATE, "an end of 0", {"run_id": "{run}", "status": "FINISHED", "end_time": 0})
ask(UPDATE, "a negative end", {"run_id": "{run}", "end_time": -1})
ask(UPDATE, "an end as a text", {"run_id": "{run}", "end_time": "2000"})
ask(UPDATE, "an end that is a word", {"run_id": "{run}", "end_time": "now"})
ask(UPDATE, "an end of 2^63", {"run_id": "{run}", "end_time": 2**63}, REFUSED)
ask(UPDATE, "no run", {"status": "FINISHED"})
ask(UPDATE, "an unknown run", {"run_id": "0" * 32, "status": "FINISHED"})


@case(UPDATE)
def a_finished_run_may_run_again(s: Side) -> None:
    run = s.run()
    s.post("runs/update", {"run_id": run, "status": "FINISHED", "end_time": 2000})
    s.post("runs/update", {"run_id": run, "status": "RUNNING"})
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def a_finished_run_may_be_written_to(s: Side) -> None:
    run = s.run()
    s.post("runs/update", {"run_id": run, "status": "FINISHED", "end_time": 2000})
    s.log(run, params=[{"key": "late", "value": "1"}], metrics=[{"key": "m", "value": 1, "timestamp": 1}])
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def renaming_a_run_changes_its_tag(s: Side) -> None:
    run = s.run()
    s.post("runs/update", {"run_id": run, "run_name": "renamed"})
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def an_empty_new_name_changes_nothing(s: Side) -> None:
    run = s.run()
    s.post("runs/update", {"run_id": run, "run_name": ""})
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def renaming_by_tag_renames_the_run(s: Side) -> None:
    run = s.run()
    s.post("runs/set-tag", {"run_id": run, "key": "mlflow.runName", "value": "renamed"})
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def renaming_by_tag_in_a_batch_renames_the_run(s: Side) -> None:
    run = s.run()
    s.log(run, tags=[{"key": "mlflow.runName", "value": "renamed"}])
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def an_empty_name_tag(s: Side) -> None:
    run = s.run()
    s.post("runs/set-tag", {"run_id": run, "key": "mlflow.runName", "value": ""})
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def an_empty_name_tag_in_a_batch(s: Side) -> None:
    run = s.run()
    s.log(run, tags=[{"key": "mlflow.runName", "value": ""}, {"key": "a", "value": "1"}])
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def an_end_of_0_takes_the_end_back(s: Side) -> None:
    run = s.run()
    s.post("runs/update", {"run_id": run, "status": "FINISHED", "end_time": 2000})
    s.post("runs/update", {"run_id": run, "end_time": 0})
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def deleting_the_name_tag_keeps_the_name(s: Side) -> None:
    run = s.run()
    s.post("runs/delete-tag", {"run_id": run, "key": "mlflow.runName"})
    s.get("runs/get", {"run_id": run})
    s.post("runs/update", {"run_id": run, "run_name": "again"})
    s.get("runs/get", {"run_id": run})


@case(UPDATE)
def the_user_tag_does_not_change_the_user(s: Side) -> None:
    run = s.run(user_id="ann")
    s.post("runs/set-tag", {"run_id": run, "key": "mlflow.user", "value": "bea"})
    s.get("runs/get", {"run_id": run})
