"""Datasets that runs started from, and the list of them."""

from typing import Any

from tests.parity.case import Area, better, differs
from tests.parity.side import Side

area = Area("datasets")
case, ask = area.case, area.ask

LOG = "POST runs/log-inputs"
SEARCH = "POST experiments/search-datasets"
# Where the stock server answers it: only its own page asks.
PATH = "/ajax-api/2.0/mlflow/experiments/search-datasets"

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"
REFUSED = better(LOST, stock=(200, {}))
NAMELESS = differs("a dataset is known by its name and digest", stock=(200, {}))

WINE = {"name": "wine", "digest": "d1", "source_type": "local", "source": "wine.csv", "schema": "{}", "profile": "{}"}


def used(dataset: dict[str, Any], *, context: str | None = None, **tags: str) -> dict[str, Any]:
    """A dataset input on the wire."""
    pairs = [{"key": key, "value": value} for key, value in tags.items()]
    if context is not None:
        pairs.append({"key": "mlflow.data.context", "value": context})
    return {"dataset": dataset, "tags": pairs}


def log(s: Side, run: str, *inputs: dict[str, Any]) -> None:
    s.post("runs/log-inputs", {"run_id": run, "datasets": list(inputs)})
    s.get("runs/get", {"run_id": run})


@case(LOG)
def a_dataset_with_its_context(s: Side) -> None:
    log(s, s.run(), used(WINE, context="train"))


@case(LOG)
def a_dataset_without_tags(s: Side) -> None:
    log(s, s.run(), {"dataset": WINE})


@case(LOG)
def a_dataset_with_other_tags(s: Side) -> None:
    log(s, s.run(), used(WINE, context="", a="1", b=""))


@case(LOG)
def two_datasets_at_once(s: Side) -> None:
    log(s, s.run(), used(WINE, context="train"), used({**WINE, "digest": "d2"}, context="test"))


@case(LOG)
def a_dataset_sent_twice_is_one(s: Side) -> None:
    run = s.run()
    log(s, run, used(WINE, context="train"))
    log(s, run, used(WINE, context="train"))


@case(LOG)
def a_dataset_in_a_second_context(s: Side) -> None:
    run = s.run()
    log(s, run, used(WINE, context="train"))
    log(s, run, used(WINE, context="test"))


@case(LOG)
def a_dataset_twice_in_one_call(s: Side) -> None:
    log(s, s.run(), used(WINE, context="train"), used(WINE, context="test"))


@case(LOG)
def a_dataset_of_two_runs(s: Side) -> None:
    experiment = s.experiment()
    log(s, s.run(experiment), used(WINE, context="train"))
    log(s, s.run(experiment), used(WINE, context="test"))


@case(LOG)
def a_dataset_keeps_what_it_was_first_said_to_be(s: Side) -> None:
    experiment = s.experiment()
    log(s, s.run(experiment), used(WINE))
    log(s, s.run(experiment), used({**WINE, "source": "other.csv", "profile": "new"}))


@case(LOG)
def a_dataset_of_two_experiments(s: Side) -> None:
    log(s, s.run(), used(WINE))
    log(s, s.run(), used({**WINE, "source": "other.csv"}))


@case(LOG)
def datasets_with_one_name_and_two_digests(s: Side) -> None:
    run = s.run()
    log(s, run, used(WINE))
    log(s, run, used({**WINE, "digest": "d2"}))


@case(LOG)
def names_in_unicode(s: Side) -> None:
    log(s, s.run(), used({**WINE, "name": "größe 漢字 🦊", "source": "'\"\\"}, context="träin"))


@case(LOG)
def no_schema_and_no_profile(s: Side) -> None:
    log(s, s.run(), used({key: value for key, value in WINE.items() if key not in ("schema", "profile")}))


@case(LOG)
def an_empty_schema_and_profile(s: Side) -> None:
    log(s, s.run(), used({**WINE, "schema": "", "profile": ""}))


@case(LOG, better("the client would be told an SQL statement", stock=(400, "BAD_REQUEST"), ours=(200, {})))
def tags_with_one_key(s: Side) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    log(s, s.run(), {"dataset": WINE, "tags": tags})


for _name in WINE:
    _rest = {key: value for key, value in WINE.items() if key != _name}
    _needed = NAMELESS if _name in ("name", "digest") else None
    for _what, _dataset, _difference in (
        (f"a dataset without {_name}", _rest, _needed),
        (f"a dataset with a null {_name}", {**WINE, _name: None}, _needed),
        (f"a dataset with an empty {_name}", {**WINE, _name: ""}, _needed),
        (f"a dataset whose {_name} is a number", {**WINE, _name: 5}, REFUSED),
    ):
        ask(LOG, _what, {"run_id": "{run}", "datasets": [{"dataset": _dataset}]}, _difference)
NO_KEY = differs("a tag without a key can neither be searched nor deleted", stock=(200, {}))
LENGTHS = {"name": 500, "digest": 36, "source": 65535}
for _name, _length in LENGTHS.items():
    for _more in (0, 1):
        _dataset = {**WINE, _name: "x" * (_length + _more)}
        ask(LOG, f"a {_name} of {_length + _more} characters", {"run_id": "{run}", "datasets": [{"dataset": _dataset}]})
for _name, _pair in {
    "a key of 255 characters": ("k" * 255, "v"), "a key of 256 characters": ("k" * 256, "v"),
    "a value of 500 characters": ("k", "v" * 500), "a value of 501 characters": ("k", "v" * 501),
    "an empty key": ("", "v"), "a key in Chinese": ("漢字", "v"),
}.items():  # fmt: skip
    _tags = [{"key": _pair[0], "value": _pair[1]}]
    _difference = NO_KEY if _name == "an empty key" else None
    ask(LOG, f"a tag with {_name}", {"run_id": "{run}", "datasets": [{"dataset": WINE, "tags": _tags}]}, _difference)
ask(LOG, "no dataset in an input", {"run_id": "{run}", "datasets": [{"tags": []}]}, NAMELESS)
ask(LOG, "no datasets", {"run_id": "{run}"})
ask(LOG, "an empty list", {"run_id": "{run}", "datasets": []})
ask(LOG, "datasets that are an object", {"run_id": "{run}", "datasets": {"dataset": WINE}})
ask(LOG, "a dataset that is a text", {"run_id": "{run}", "datasets": ["wine"]}, REFUSED)
ask(LOG, "no run", {"datasets": [{"dataset": WINE}]})
ask(LOG, "an unknown run", {"run_id": "0" * 32, "datasets": [{"dataset": WINE}]})


def summaries(s: Side, *experiments: str) -> None:
    """By what is told of each, as the stock server says no order."""
    with s.unwritten():
        answer = s.post(PATH, {"experiment_ids": list(experiments)})
    told = s.normal.told(answer)
    told["dataset_summaries"] = sorted(told.get("dataset_summaries", []), key=str)
    s.say("POST experiments/search-datasets", told)


@case(SEARCH)
def an_experiment_lists_its_datasets(s: Side) -> None:
    experiment = s.experiment()
    log(s, s.run(experiment), used(WINE, context="train"), used({**WINE, "digest": "d2"}))
    log(s, s.run(experiment), used(WINE, context="test"))
    log(s, s.run(experiment), used(WINE, context="train"))
    summaries(s, experiment)


@case(SEARCH)
def two_experiments_list_their_datasets(s: Side) -> None:
    first, second = s.experiment(), s.experiment()
    log(s, s.run(first), used(WINE, context="train"))
    log(s, s.run(second), used({**WINE, "name": "iris"}, context="train"))
    summaries(s, first, second)


@case(SEARCH)
def datasets_of_deleted_runs(s: Side) -> None:
    experiment = s.experiment()
    run = s.run(experiment)
    log(s, run, used(WINE, context="train"))
    s.post("runs/delete", {"run_id": run})
    summaries(s, experiment)


ask(SEARCH, "an experiment without datasets", {"experiment_ids": ["{experiment}"]}, path=PATH)
ask(SEARCH, "no experiments", {"experiment_ids": []}, path=PATH)
ask(SEARCH, "nothing", {}, path=PATH)
ask(SEARCH, "an unknown experiment", {"experiment_ids": ["987654321"]}, path=PATH)
ask(SEARCH, "21 experiments", {"experiment_ids": [str(number) for number in range(987654300, 987654321)]}, path=PATH)
ask(SEARCH, "20 experiments", {"experiment_ids": [str(number) for number in range(987654300, 987654320)]}, path=PATH)
ask(SEARCH, "a word for an experiment", {"experiment_ids": ["abc"]}, path=PATH)
ask(SEARCH, "a number for an experiment", {"experiment_ids": [5]}, path=PATH)
