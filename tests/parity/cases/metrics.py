"""Logging metrics: values, steps, times, the latest of a key, batches; reading them again is in `history.py`."""

from tests.parity.case import INVALID, Area, Difference, better, differs
from tests.parity.side import Side

area = Area("metrics")
case, ask = area.case, area.ask

LOG = "POST runs/log-metric"
BATCH = "POST runs/log-batch"

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"
REFUSED = better(LOST, stock=(200, ...))
NOT_JSON = differs("a number is written as JSON writes numbers")
FAILS = better("a wrong type is the caller's mistake, and named")


def kept(value: object) -> Difference:
    """The stock server answers 200 and keeps 0."""
    first = (200, {"run": {"data": {"metrics": [{"value": 0.0}]}}})
    return better(LOST, stock=first, ours=(200, {"run": {"data": {"metrics": [{"value": value}]}}}))


LARGEST = 1.7976931348623157e308


def logged(s: Side, *points: dict[str, object]) -> str:
    """A run with these points of `m`, logged one by one and shown with its latest and its history."""
    run = s.run()
    for point in points:
        s.post("runs/log-metric", {"run_id": run, "key": "m", "timestamp": 1, **point})
    return shown(s, run)


def batched(s: Side, *points: dict[str, object]) -> str:
    run = s.run()
    s.log(run, metrics=[{"key": "m", "timestamp": 1, **point} for point in points])
    return shown(s, run)


def shown(s: Side, run: str) -> str:
    s.get("runs/get", {"run_id": run})
    s.get("metrics/get-history", {"run_id": run, "metric_key": "m"})
    return run


# As JSON, because Python cannot say all of it.
VALUES = {
    "an integer": "1", "a fraction": "0.1", "a negative number": "-2.5", "zero": "0", "minus zero": "-0.0",
    "an exponent": "1e-300", "a denormal number": "5e-324", "the largest float": "1.7976931348623157e308",
    "more than a float holds": "1e400", "an integer of 400 digits": "1" + "0" * 400, "2^53 + 1": str(2**53 + 1),
    "bare NaN": "NaN", "quoted NaN": '"NaN"', "quoted nan": '"nan"', "bare Infinity": "Infinity",
    "bare -Infinity": "-Infinity", "quoted Infinity": '"Infinity"', "quoted -Infinity": '"-Infinity"',
    "quoted inf": '"inf"', "a number as a text": '"1.5"', "a number in blanks": '" 1.5 "', "a number with _": '"1_0"',
    "a hexadecimal text": '"0x10"', "a word": '"abc"', "an empty text": '""', "true": "true", "false": "false",
    "null": "null", "a list": "[1]", "an object": '{"a": 1}', "0.1 + 0.2": "0.30000000000000004",
}  # fmt: skip


DIFFERENT = {
    **{
        (about, what): kept(value)
        for about in (LOG, BATCH)
        for what, value in {
            "more than a float holds": LARGEST,
            "bare NaN": "NaN",
            "quoted nan": "NaN",
            "bare Infinity": LARGEST,
            "bare -Infinity": -LARGEST,
        }.items()
    },
    **{(about, what): NOT_JSON for about in (LOG, BATCH) for what in ("a number in blanks", "a number with _")},
    **{(BATCH, what): REFUSED for what in ("a hexadecimal text", "a word", "a list", "an object")},
    **{(about, "an integer of 400 digits"): FAILS for about in (LOG, BATCH)},
    **{(LOG, what): FAILS for what in ("a list", "an object")},
}


def _value(what: str, value: str) -> None:
    def script(s: Side) -> None:
        run = s.run()
        s.post("runs/log-metric", f'{{"run_id": "{run}", "key": "m", "timestamp": 1, "value": {value}}}')
        shown(s, run)

    def batch(s: Side) -> None:
        run = s.run()
        s.post(
            "runs/log-batch", f'{{"run_id": "{run}", "metrics": [{{"key": "m", "timestamp": 1, "value": {value}}}]}}'
        )
        shown(s, run)

    area.add(LOG, f"a value: {what}", script, DIFFERENT.get((LOG, what)))
    area.add(BATCH, f"a value: {what}", batch, DIFFERENT.get((BATCH, what)))


for _what, _json in VALUES.items():
    _value(_what, _json)

STEPS = {
    "zero": 0, "a negative one": -3, "a text": "5", "a zero fraction": 2.0, "a fraction": 2.5, "null": None,
    "2^63 - 1": 2**63 - 1, "-2^63": -(2**63), "2^63": 2**63, "a word": "x", "true": True, "an empty text": "",
}  # fmt: skip
NOT_A_NUMBER = differs("a truth value is no number of steps or milliseconds")
INEXACT = {"a fraction": REFUSED, "2^63": REFUSED, "true": NOT_A_NUMBER}
UNCHECKED = {**INEXACT, "a word": REFUSED}
for _what, _step in STEPS.items():
    _point = {"key": "m", "value": 1, "timestamp": 1, "step": _step}
    ask(LOG, f"a step: {_what}", {"run_id": "{run}", **_point}, INEXACT.get(_what))
    _difference = REFUSED if _what == "an empty text" else UNCHECKED.get(_what)
    ask(BATCH, f"a step: {_what}", {"run_id": "{run}", "metrics": [_point]}, _difference)

TIMES = {
    "zero": 0, "a negative one": -1, "a text": "5", "a zero fraction": 2.0, "a fraction": 2.5, "null": None,
    "2^63 - 1": 2**63 - 1, "2^63": 2**63, "a word": "x", "true": True, "an empty text": "",
}  # fmt: skip
for _what, _time in TIMES.items():
    _point = {"key": "m", "value": 1, "timestamp": _time}
    ask(LOG, f"a time: {_what}", {"run_id": "{run}", **_point}, INEXACT.get(_what))
    ask(BATCH, f"a time: {_what}", {"run_id": "{run}", "metrics": [_point]}, UNCHECKED.get(_what))

ask(LOG, "no key", {"run_id": "{run}", "value": 1, "timestamp": 1})
ask(LOG, "an empty key", {"run_id": "{run}", "key": "", "value": 1, "timestamp": 1})
ask(LOG, "no value", {"run_id": "{run}", "key": "m", "timestamp": 1}, says="value")
ask(LOG, "no time", {"run_id": "{run}", "key": "m", "value": 1}, says="timestamp")
ask(LOG, "no run", {"key": "m", "value": 1, "timestamp": 1})
ask(LOG, "an unknown run", {"run_id": "0" * 32, "key": "m", "value": 1, "timestamp": 1})
ask(LOG, "a run as run_uuid", {"run_uuid": "{run}", "key": "m", "value": 1, "timestamp": 1})
ask(LOG, "a key that is a number", {"run_id": "{run}", "key": 5, "value": 1, "timestamp": 1})

KEYS = {
    "a slash": "train/loss", "a dot": "a.b", "a colon": "a:b", "a blank": "a b", "a dash": "a-b", "an underscore": "_a",
    "a double slash": "a//b", "two dots": "a/../b", "a leading slash": "/a", "a trailing slash": "a/", "one dot": ".",
    "only two dots": "..", "Chinese": "漢字", "an accent": "größe", "an emoji": "🦊", "a percent sign": "a%",
    "a question mark": "a?", "a backslash": "a\\b", "a quote": "a'b", "a line break": "a\nb",
    "a trailing line break": "a\n", "a tab": "a\tb", "brackets": "a[0]", "a comma": "a,b", "an at sign": "a@b",
    "a plus sign": "a+b", "a blank only": " ", "a leading dot": ".a", "a leading blank": " a",
}  # fmt: skip
for _what, _key in KEYS.items():
    ask(
        LOG,
        f"a key with {_what}",
        {"run_id": "{run}", "key": _key, "value": 1, "timestamp": 1},
        differs("no key ends in a line break") if _what == "a trailing line break" else None,
    )


@case(LOG)
def the_latest_is_that_of_the_highest_step(s: Side) -> None:
    logged(s, {"value": 1, "step": 5, "timestamp": 1}, {"value": 9, "step": 3, "timestamp": 9})


@case(LOG)
def of_one_step_the_latest_is_that_of_the_last_time(s: Side) -> None:
    logged(s, {"value": 1, "step": 5, "timestamp": 9}, {"value": 9, "step": 5, "timestamp": 3})


@case(LOG)
def of_one_step_and_time_the_latest_is_the_largest(s: Side) -> None:
    logged(s, {"value": 1, "step": 5}, {"value": 9, "step": 5}, {"value": 4, "step": 5})


@case(LOG)
def a_nan_among_points_of_one_step_and_time(s: Side) -> None:
    logged(s, {"value": 1, "step": 5}, {"value": "NaN", "step": 5})


@case(LOG)
def a_number_after_a_nan_of_one_step_and_time(s: Side) -> None:
    logged(s, {"value": "NaN", "step": 5}, {"value": -1, "step": 5})


@case(LOG)
def a_positive_number_after_a_nan_of_one_step_and_time(s: Side) -> None:
    logged(s, {"value": "NaN", "step": 5}, {"value": 1, "step": 5})


@case(LOG)
def a_nan_at_the_highest_step_is_the_latest(s: Side) -> None:
    logged(s, {"value": 1, "step": 5}, {"value": "NaN", "step": 6})


@case(LOG)
def the_latest_is_negative_where_all_are(s: Side) -> None:
    logged(s, {"value": -5}, {"value": -7, "step": 1})


@case(LOG)
def a_point_sent_twice_is_one(s: Side) -> None:
    logged(s, {"value": 1, "step": 5}, {"value": 1, "step": 5})


@case(LOG)
def a_nan_sent_twice_is_one(s: Side) -> None:
    logged(s, {"value": "NaN"}, {"value": "NaN"})


@case(LOG)
def an_infinity_sent_twice_is_one(s: Side) -> None:
    logged(s, {"value": "Infinity"}, {"value": "Infinity"})


@case(LOG)
def steps_may_be_negative(s: Side) -> None:
    logged(s, {"value": 1, "step": -5}, {"value": 2, "step": -6})


@case(LOG)
def keys_differ_by_case(s: Side) -> None:
    run = s.run()
    for key, value in (("Loss", 1), ("loss", 2)):
        s.post("runs/log-metric", {"run_id": run, "key": key, "value": value, "timestamp": 1})
    s.get("runs/get", {"run_id": run})


@case(BATCH)
def the_latest_of_a_batch_by_step(s: Side) -> None:
    batched(s, {"value": 1, "step": 5}, {"value": 9, "step": 3}, {"value": 2, "step": 4})


@case(BATCH)
def the_latest_of_a_batch_by_time(s: Side) -> None:
    batched(s, {"value": 1, "timestamp": 5}, {"value": 9, "timestamp": 3})


@case(BATCH)
def the_latest_of_a_batch_by_value(s: Side) -> None:
    batched(s, {"value": 1}, {"value": 9}, {"value": 4})


@case(BATCH)
def a_point_twice_in_a_batch_is_one(s: Side) -> None:
    batched(s, {"value": 1, "step": 2}, {"value": 1, "step": 2})


@case(BATCH)
def a_nan_twice_in_a_batch_is_one(s: Side) -> None:
    batched(s, {"value": "NaN"}, {"value": "NaN"})


@case(BATCH)
def an_older_batch_does_not_change_the_latest(s: Side) -> None:
    run = batched(s, {"value": 1, "step": 5})
    s.log(run, metrics=[{"key": "m", "value": 7, "timestamp": 1, "step": 4}])
    shown(s, run)


@case(BATCH)
def a_batch_sent_twice_is_logged_once(s: Side) -> None:
    run = s.run()
    for _ in range(2):
        s.log(
            run,
            metrics=[{"key": "m", "value": step, "timestamp": step, "step": step} for step in range(20)],
            params=[{"key": "p", "value": "1"}],
            tags=[{"key": "t", "value": "1"}],
        )
    shown(s, run)


@case(BATCH)
def metrics_params_and_tags_at_once(s: Side) -> None:
    run = s.run()
    s.log(
        run,
        metrics=[{"key": "m", "value": 1, "timestamp": 1}, {"key": "n", "value": "NaN", "timestamp": 2, "step": 3}],
        params=[{"key": "p", "value": "1"}, {"key": "q", "value": ""}],
        tags=[{"key": "t", "value": "1"}, {"key": "u", "value": ""}],
    )
    shown(s, run)


@case(BATCH)
def of_a_batch_with_a_bad_metric_nothing_is_kept(s: Side) -> None:
    run = s.run()
    s.log(
        run,
        metrics=[{"key": "m", "value": 1, "timestamp": 1}, {"key": "a//b", "value": 1, "timestamp": 1}],
        params=[{"key": "p", "value": "1"}],
        tags=[{"key": "t", "value": "1"}],
    )
    shown(s, run)


ask(BATCH, "an empty batch", {"run_id": "{run}"})
ask(BATCH, "empty lists", {"run_id": "{run}", "metrics": [], "params": [], "tags": []})
ask(
    BATCH,
    "null lists",
    {"run_id": "{run}", "metrics": None, "params": None, "tags": None},
    better("null is as good as absent", ours=(200, {})),
)
ask(BATCH, "a metric without a key", {"run_id": "{run}", "metrics": [{"value": 1, "timestamp": 1}]})
ask(BATCH, "a metric without a value", {"run_id": "{run}", "metrics": [{"key": "m", "timestamp": 1}]})
ask(BATCH, "a metric without a time", {"run_id": "{run}", "metrics": [{"key": "m", "value": 1}]}, says="timestamp")
ask(BATCH, "a metric with an empty key", {"run_id": "{run}", "metrics": [{"key": "", "value": 1, "timestamp": 1}]})
ask(BATCH, "a metric that is a number", {"run_id": "{run}", "metrics": [5]}, FAILS)
ask(BATCH, "metrics that are an object", {"run_id": "{run}", "metrics": {"key": "m", "value": 1, "timestamp": 1}})
ask(BATCH, "metrics that are a text", {"run_id": "{run}", "metrics": "m"})
ask(
    BATCH,
    "an unknown field in a metric",
    {"run_id": "{run}", "metrics": [{"key": "m", "value": 1, "timestamp": 1, "x": 1}]},
)
ask(BATCH, "no run", {"metrics": []})
ask(BATCH, "an unknown run", {"run_id": "0" * 32})
RUN_UUID = differs("a run goes by its old name wherever it goes by the new one", stock=INVALID, ours=(200, {}))
ask(BATCH, "a run as run_uuid", {"run_uuid": "{run}"}, RUN_UUID)
