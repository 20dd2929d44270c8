"""All points of a metric: whole, in pages, of many runs, sampled for charts."""

from typing import Any

from tests.parity.case import MISSING, Area, better, differs
from tests.parity.side import Side

area = Area("history")
case, ask = area.case, area.ask

UNKNOWN = differs("an unknown run is not one without points", ours=MISSING)
LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"

HISTORY = "GET metrics/get-history"
BULK = "GET metrics/get-history-bulk"
SAMPLE = "GET metrics/get-history-bulk-interval"

# Where the stock server answers `get-history-bulk`: only its own page asks for it.
BULK_PATH = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"


def points(s: Side) -> dict[str, str]:
    """Runs by what they logged of `m`."""
    experiment = s.experiment()
    logged: dict[str, list[tuple[Any, int, int]]] = {
        "few": [(step / 2, 100 + step, step) for step in range(7)],
        "many": [(float(step * step), 100 + step, step) for step in range(40)],
        "shuffled": [(1, 3, 0), (2, 1, 5), (3, 2, -2), (3, 2, -3), (1, 2, -2)],
        "odd": [("NaN", 1, 0), ("Infinity", 2, 1), ("-Infinity", 3, 2), (0, 4, 3)],
        "one": [(7, 1, 0)],
        "none": [],
    }
    made = {"experiment": experiment}
    for name, values in logged.items():
        made[name] = s.run(experiment, run_name=name)
        metrics = [{"key": "m", "value": value, "timestamp": at, "step": step} for value, at, step in values]
        s.log(made[name], metrics=[*metrics, {"key": "other", "value": 1, "timestamp": 1}])
    return made


for _name in ("few", "shuffled", "odd", "one", "none"):

    def _whole(s: Side, name: str = _name) -> None:
        _in_order(s, s.get("metrics/get-history", {"run_id": s.scene(points)[name], "metric_key": "m"}))

    area.add(HISTORY, f"whole: {_name}", _whole)

for _size in (1, 2, 6, 7, 8):

    def _pages(s: Side, size: int = _size) -> None:
        sent = {"run_id": s.scene(points)["few"], "metric_key": "m", "max_results": size}
        s.pages("GET", "metrics/get-history", sent)

    area.add(HISTORY, f"pages of {_size}", _pages)


def _in_order(s: Side, answer: Any) -> None:
    """Lists of metrics are compared without their order; here it matters."""
    s.say("in order", [[point["value"], point["timestamp"], point["step"]] for point in answer.get("metrics", [])])


@case(HISTORY)
def points_of_pages_are_in_order(s: Side) -> None:
    sent = {"run_id": s.scene(points)["few"], "metric_key": "m", "max_results": 3}
    for page in s.pages("GET", "metrics/get-history", sent):
        _in_order(s, page)


ask(HISTORY, "an unknown key", {"run_id": "{run}", "metric_key": "m"})
ask(HISTORY, "no key", {"run_id": "{run}"})
ask(HISTORY, "an empty key", {"run_id": "{run}", "metric_key": ""})
ask(HISTORY, "no run", {"metric_key": "m"})
ask(HISTORY, "an unknown run", {"run_id": "0" * 32, "metric_key": "m"}, UNKNOWN)
ask(HISTORY, "a run as run_uuid", {"run_uuid": "{run}", "metric_key": "m"})
ask(HISTORY, "max_results 0", {"run_id": "{run}", "metric_key": "m", "max_results": 0})
ask(HISTORY, "max_results -1", {"run_id": "{run}", "metric_key": "m", "max_results": -1})
ask(
    HISTORY,
    "max_results a word",
    {"run_id": "{run}", "metric_key": "m", "max_results": "x"},
    better(LOST, stock=(200, {})),
)
ask(HISTORY, "max_results of a million", {"run_id": "{run}", "metric_key": "m", "max_results": 1000000})
ask(HISTORY, "a nonsense token", {"run_id": "{run}", "metric_key": "m", "max_results": 5, "page_token": "nonsense"})
ask(HISTORY, "an empty token", {"run_id": "{run}", "metric_key": "m", "max_results": 5, "page_token": ""})
ask(HISTORY, "a token without max_results", {"run_id": "{run}", "metric_key": "m", "page_token": "nonsense"})


def bulk(s: Side, *names: str, **sent: Any) -> None:
    made = s.scene(points)
    answer = s.call("GET", BULK_PATH, {"run_id": [made[name] for name in names], "metric_key": "m", **sent})
    if isinstance(answer, dict) and "error_code" not in answer:
        # By run, whichever of the random ids comes first.
        s.say("in order", {name: _of(answer, made[name]) for name in names})


def _of(answer: Any, run: str) -> list[list[Any]]:
    return [[one["value"], one["timestamp"], one["step"]] for one in answer["metrics"] if one["run_id"] == run]


BULKS: dict[str, Any] = {
    "one run": (["few"], {}), "two runs": (["few", "shuffled"], {}), "a run without points": (["none"], {}),
    "odd values": (["odd"], {}), "one of them without points": (["none", "one"], {}),
    "max_results 3": (["few"], {"max_results": 3}), "max_results 0": (["few"], {"max_results": 0}),
    "max_results 100000": (["few"], {"max_results": 100000}), "max_results a word": (["few"], {"max_results": "x"}),
    "max_results -1": (["few"], {"max_results": -1}), "no runs": ([], {}),
    "an unknown run": (["few"], {"run_id": ["0" * 32]}),
    "101 runs": ([], {"run_id": [f"{n:032x}" for n in range(101)]}),
    "100 unknown runs": ([], {"run_id": [f"{n:032x}" for n in range(100)]}),
    "an unknown key": (["few"], {"metric_key": "unknown"}),
}  # fmt: skip
DIFFERENT: dict[tuple[str, str], Any] = {
    (BULK, "odd values"): better(
        "a bare NaN is no JSON, and no browser reads it",
        stock=(200, {"metrics": [{"value": "<nan>"}, ..., ..., ...]}),
        ours=(200, {"metrics": [{"value": "NaN"}, ..., ..., ...]}),
    ),
    (BULK, "max_results 0"): differs("nothing is no number of points to ask for"),
    (BULK, "max_results -1"): better("the stock server leaves out the last point", stock=(200, ...)),
    (BULK, "max_results a word"): better("a wrong type is the caller's mistake, and named"),
    (SAMPLE, "an unknown run"): UNKNOWN,
}
for _what, (_names, _sent) in BULKS.items():

    def _bulk(s: Side, names: list[str] = _names, sent: dict[str, Any] = _sent) -> None:
        bulk(s, *names, **sent)

    area.add(BULK, _what, _bulk, DIFFERENT.get((BULK, _what)))


@case(BULK)
def no_key_of_many_runs(s: Side) -> None:
    s.call("GET", BULK_PATH, {"run_id": [s.scene(points)["few"]]})


def sample(s: Side, *names: str, **sent: Any) -> None:
    made = s.scene(points)
    wanted = {"run_ids": [made[name] for name in names], "metric_key": "m", **sent}
    answer = s.get("metrics/get-history-bulk-interval", wanted)
    if "error_code" not in answer:
        answer.setdefault("metrics", [])
        s.say("in order", {name: _of(answer, made[name]) for name in names})


SAMPLES: dict[str, Any] = {
    "one run": (["few"], {}), "two runs": (["few", "many"], {}), "a run without points": (["none"], {}),
    "odd values": (["odd"], {}), "shuffled": (["shuffled"], {}),
    "a range of steps": (["many"], {"start_step": 5, "end_step": 9}),
    "a range of one step": (["many"], {"start_step": 5, "end_step": 5}),
    "a range beyond all steps": (["many"], {"start_step": 500, "end_step": 900}),
    "a negative range": (["shuffled"], {"start_step": -5, "end_step": -1}),
    "a range that ends before it starts": (["many"], {"start_step": 9, "end_step": 5}),
    "a start without an end": (["many"], {"start_step": 5}), "an end without a start": (["many"], {"end_step": 5}),
    "a start that is a word": (["many"], {"start_step": "x", "end_step": 5}),
    "max_results 0": (["few"], {"max_results": 0}), "max_results -1": (["few"], {"max_results": -1}),
    "max_results 2501": (["few"], {"max_results": 2501}), "max_results 2500": (["few"], {"max_results": 2500}),
    "max_results a word": (["few"], {"max_results": "x"}), "an unknown key": (["few"], {"metric_key": "unknown"}),
    "an empty key": (["few"], {"metric_key": ""}), "no runs": ([], {}),
    "101 runs": ([], {"run_ids": [f"{n:032x}" for n in range(101)]}), "an unknown run": ([], {"run_ids": ["0" * 32]}),
    "a run twice": (["one", "one"], {}),
    **{f"at most {size} of 40": (["many"], {"max_results": size}) for size in (1, 2, 3, 5, 7, 10, 39, 40, 41)},
    **{f"at most {size} of 40 and 7": (["many", "few"], {"max_results": size}) for size in (3, 7)},
    **{f"at most {n} of a range": (["many"], {"max_results": n, "start_step": 10, "end_step": 29}) for n in (2, 6, 20)},
}  # fmt: skip
for _what, (_names, _sent) in SAMPLES.items():

    def _sample(s: Side, names: list[str] = _names, sent: dict[str, Any] = _sent) -> None:
        sample(s, *names, **sent)

    area.add(SAMPLE, _what, _sample, DIFFERENT.get((SAMPLE, _what)))
