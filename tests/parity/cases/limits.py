"""How long keys and values may be, how much one call may hold, how much one page may."""

from typing import Any

from tests.parity.case import Area, differs
from tests.parity.side import Side

METRIC = "POST runs/log-metric"
PARAM = "POST runs/log-parameter"
TAG = "POST runs/set-tag"
BATCH = "POST runs/log-batch"
CREATE = "POST experiments/create"
EXPERIMENT_TAG = "POST experiments/set-experiment-tag"
RUN = "POST runs/create"
UPDATE = "POST runs/update"
SEARCH = "POST runs/search"

ONE_LENGTH = differs(
    "a tag's value is as long as any other's, however the tag is set", stock=(200, ...), ours=(200, ...)
)
COLUMN = differs("a name is as long as the stock server's own column for it")
CUT = differs("a user's name is as long as the stock server's own column for it", stock=(200, ...), ours=(200, ...))

area = Area(
    "limits",
    {
        **{(RUN, f"a tag of {length} characters"): ONE_LENGTH for length in (8001, 20000)},
        **{(about, f"a name of {length} characters"): COLUMN for about in (RUN, UPDATE) for length in (251, 500, 5000)},
        **{(RUN, f"a user of {length} characters"): CUT for length in (257, 5000)},
    },
)
case, ask = area.case, area.ask

for _length in (249, 250, 251, 1000):
    _key = "k" * _length
    ask(METRIC, f"a key of {_length} characters", {"run_id": "{run}", "key": _key, "value": 1, "timestamp": 1})
    ask(PARAM, f"a key of {_length} characters", {"run_id": "{run}", "key": _key, "value": "1"})
    ask(TAG, f"a key of {_length} characters", {"run_id": "{run}", "key": _key, "value": "1"})
    ask(EXPERIMENT_TAG, f"a key of {_length} characters", {"experiment_id": "{experiment}", "key": _key, "value": "1"})
    ask(
        BATCH,
        f"a metric's key of {_length} characters",
        {"run_id": "{run}", "metrics": [{"key": _key, "value": 1, "timestamp": 1}]},
    )
    ask(BATCH, f"a param's key of {_length} characters", {"run_id": "{run}", "params": [{"key": _key, "value": "1"}]})
    ask(BATCH, f"a tag's key of {_length} characters", {"run_id": "{run}", "tags": [{"key": _key, "value": "1"}]})
for _length in (250, 251):
    ask(
        METRIC,
        f"a key of {_length} letters in Chinese",
        {"run_id": "{run}", "key": "漢" * _length, "value": 1, "timestamp": 1},
    )

for _length in (5999, 6000, 6001, 20000):

    def _param(s: Side, length: int = _length) -> None:
        run = s.run()
        s.post("runs/log-parameter", {"run_id": run, "key": "p", "value": "v" * length})
        s.get("runs/get", {"run_id": run})

    def _params(s: Side, length: int = _length) -> None:
        run = s.run()
        s.log(run, params=[{"key": "p", "value": "ü" * length}])
        s.get("runs/get", {"run_id": run})

    area.add(PARAM, f"a value of {_length} characters", _param)
    area.add(BATCH, f"a param of {_length} characters", _params)


@case(PARAM)
def a_value_that_is_cut_may_be_sent_again(s: Side) -> None:
    run = s.run()
    for _ in range(2):
        s.post("runs/log-parameter", {"run_id": run, "key": "p", "value": "v" * 7000})
    s.get("runs/get", {"run_id": run})


for _length in (7999, 8000, 8001, 20000):

    def _tag(s: Side, length: int = _length) -> None:
        run = s.run()
        s.post("runs/set-tag", {"run_id": run, "key": "t", "value": "v" * length})
        s.get("runs/get", {"run_id": run})

    def _tags(s: Side, length: int = _length) -> None:
        run = s.run()
        s.log(run, tags=[{"key": "t", "value": "v" * length}])
        s.get("runs/get", {"run_id": run})

    def _created(s: Side, length: int = _length) -> None:
        s.get("runs/get", {"run_id": s.run(tags=[{"key": "t", "value": "v" * length}])})

    area.add(TAG, f"a value of {_length} characters", _tag)
    area.add(BATCH, f"a tag of {_length} characters", _tags)
    area.add(RUN, f"a tag of {_length} characters", _created)

for _length in (19999, 20000, 20001):

    def _experiment_tag(s: Side, length: int = _length) -> None:
        experiment = s.experiment()
        s.post("experiments/set-experiment-tag", {"experiment_id": experiment, "key": "t", "value": "v" * length})
        s.get("experiments/get", {"experiment_id": experiment})

    area.add(EXPERIMENT_TAG, f"a value of {_length} characters", _experiment_tag)
    ask(CREATE, f"a tag of {_length} characters", {"name": "{name}", "tags": [{"key": "t", "value": "v" * _length}]})

for _length in (499, 500, 501, 5000):

    def _name(s: Side, length: int = _length) -> None:
        s.post("experiments/create", {"name": s.unique + "x" * (length - len(s.unique))})

    def _rename(s: Side, length: int = _length) -> None:
        name = "r" + s.unique + "x" * (length - len(s.unique) - 1)
        s.post("experiments/update", {"experiment_id": s.experiment(), "new_name": name})

    area.add(CREATE, f"a name of {_length} characters", _name)
    area.add("POST experiments/update", f"a name of {_length} characters", _rename)

for _length in (250, 251, 500, 5000):
    ask(RUN, f"a name of {_length} characters", {"experiment_id": "{experiment}", "run_name": "n" * _length})
    ask(UPDATE, f"a name of {_length} characters", {"run_id": "{run}", "run_name": "n" * _length})
for _length in (256, 257, 5000):
    ask(
        RUN,
        f"a user of {_length} characters",
        {"experiment_id": "{experiment}", "run_name": "n", "user_id": "u" * _length},
    )


def batch(metrics: int = 0, params: int = 0, tags: int = 0) -> dict[str, Any]:
    return {
        "run_id": "{run}",
        "metrics": [{"key": f"m{number}", "value": number, "timestamp": 1} for number in range(metrics)],
        "params": [{"key": f"p{number}", "value": "1"} for number in range(params)],
        "tags": [{"key": f"t{number}", "value": "1"} for number in range(tags)],
    }


for _counts in (
    (1000, 0, 0), (1001, 0, 0), (0, 100, 0), (0, 101, 0), (0, 0, 100), (0, 0, 101), (800, 100, 100), (801, 100, 100),
    (1000, 1, 0), (2000, 200, 200),
):  # fmt: skip
    ask(BATCH, "{} metrics, {} params, {} tags".format(*_counts), batch(*_counts))


@case(BATCH)
def a_batch_of_a_thousand_points_of_one_metric(s: Side) -> None:
    run = s.run()
    s.log(run, metrics=[{"key": "m", "value": step, "timestamp": step, "step": step} for step in range(1000)])
    s.get("runs/get", {"run_id": run})


@case(BATCH)
def of_a_batch_that_is_too_large_nothing_is_kept(s: Side) -> None:
    run = s.run()
    s.log(run, **{name: rows for name, rows in batch(1, 101, 1).items() if name != "run_id"})
    s.get("runs/get", {"run_id": run})


@case(BATCH)
def a_batch_of_more_than_a_megabyte(s: Side) -> None:
    s.log(
        s.run(),
        tags=[{"key": f"t{number}", "value": "v" * 8000} for number in range(99)],
        params=[{"key": f"p{number}", "value": "v" * 6000} for number in range(99)],
    )


ask(SEARCH, "a filter of 50 comparisons", {"experiment_ids": ["0"], "filter": " AND ".join(["metrics.m > 99"] * 50)})
ask(
    SEARCH,
    "an order of 5 clauses",
    {"experiment_ids": ["{experiment}"], "order_by": [f"metrics.m{n}" for n in range(5)]},
)
ask(SEARCH, "a hundred experiments", {"experiment_ids": [str(number) for number in range(987654000, 987654100)]})


@case("POST runs/log-inputs")
def a_hundred_datasets_at_once(s: Side) -> None:
    dataset = {"name": "d", "source_type": "s", "source": "x"}
    run = s.run()
    s.post(
        "runs/log-inputs", {"run_id": run, "datasets": [{"dataset": {**dataset, "digest": str(n)}} for n in range(100)]}
    )
    s.get("runs/get", {"run_id": run})
