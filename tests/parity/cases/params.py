"""Params are written once: a key keeps its first value."""

from tests.parity.case import Area, better
from tests.parity.side import Side

area = Area("params")
case, ask = area.case, area.ask

LOG = "POST runs/log-parameter"
BATCH = "POST runs/log-batch"

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"


def logged(s: Side, *pairs: tuple[str, object]) -> None:
    run = s.run()
    for key, value in pairs:
        s.post("runs/log-parameter", {"run_id": run, "key": key, "value": value})
    s.get("runs/get", {"run_id": run})


def batched(s: Side, *batches: list[tuple[str, object]]) -> None:
    run = s.run()
    for pairs in batches:
        s.log(run, params=[{"key": key, "value": value} for key, value in pairs])
    s.get("runs/get", {"run_id": run})


VALUES = {
    "a number in a text": "0.01", "Unicode": "größe 漢字 🦊", "an empty text": "", "blanks": "  ",
    "a line break": "a\nb", "a tab": "\t", "a control character": "\x01", "JSON": '{"a": [1, 2]}', "quotes": "'\"`",
    "a backslash": "\\n",
    "markup": "<script>", "a percent sign": "100%", "the word None": "None", "a NaN": "NaN",
    "a lone combining mark": "\u0301",
}  # fmt: skip
for _what, _value in VALUES.items():

    def _script(s: Side, value: str = _value) -> None:
        logged(s, ("p", value))

    area.add(LOG, f"a value: {_what}", _script)


@case(LOG)
def the_same_value_again_is_no_error(s: Side) -> None:
    logged(s, ("a", "1"), ("a", "1"))


@case(LOG, says="Changing param values is not allowed")
def another_value_is_refused(s: Side) -> None:
    run = s.run()
    s.post("runs/log-parameter", {"run_id": run, "key": "a", "value": "1"})
    s.post("runs/log-parameter", {"run_id": run, "key": "a", "value": "2"})


@case(LOG)
def the_first_value_stays_after_a_refusal(s: Side) -> None:
    logged(s, ("a", "1"), ("a", "2"))


@case(LOG)
def values_differ_by_case(s: Side) -> None:
    logged(s, ("a", "x"), ("a", "X"))


@case(LOG)
def values_differ_by_blanks_at_the_end(s: Side) -> None:
    logged(s, ("a", "x"), ("a", "x "))


@case(LOG)
def keys_differ_by_case(s: Side) -> None:
    logged(s, ("a", "1"), ("A", "2"))


@case(LOG)
def two_runs_have_params_of_their_own(s: Side) -> None:
    logged(s, ("a", "1"))
    logged(s, ("a", "2"))


@case(LOG)
def many_params(s: Side) -> None:
    run = s.run()
    for part in range(3):
        s.log(run, params=[{"key": f"p{part}.{number}", "value": str(number)} for number in range(100)])
    s.get("runs/get", {"run_id": run})


ask(LOG, "no key", {"run_id": "{run}", "value": "1"})
ask(LOG, "an empty key", {"run_id": "{run}", "key": "", "value": "1"})
ask(LOG, "no value", {"run_id": "{run}", "key": "a"})
ask(LOG, "a null value", {"run_id": "{run}", "key": "a", "value": None})
ask(LOG, "a value that is a number", {"run_id": "{run}", "key": "a", "value": 1})
ask(LOG, "a value that is a truth value", {"run_id": "{run}", "key": "a", "value": True})
ask(LOG, "a value that is a list", {"run_id": "{run}", "key": "a", "value": ["1"]})
ask(LOG, "no run", {"key": "a", "value": "1"})
ask(LOG, "an unknown run", {"run_id": "0" * 32, "key": "a", "value": "1"})
ask(LOG, "a run as run_uuid", {"run_uuid": "{run}", "key": "a", "value": "1"})
for _what, _key in {
    "a slash": "a/b",
    "a double slash": "a//b",
    "two dots": "../a",
    "Chinese": "漢字",
    "a question mark": "?",
}.items():
    ask(LOG, f"a key with {_what}", {"run_id": "{run}", "key": _key, "value": "1"})


@case(BATCH)
def several_params(s: Side) -> None:
    batched(s, [("a", "1"), ("b", "2"), ("c", "")])


@case(BATCH, says="Duplicate parameter keys have been submitted")
def a_key_twice_in_a_batch(s: Side) -> None:
    s.log(s.run(), params=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}])


@case(BATCH)
def a_key_twice_with_one_value_in_a_batch(s: Side) -> None:
    batched(s, [("a", "1"), ("a", "1")])


@case(BATCH)
def a_batch_that_changes_a_value_keeps_nothing_else(s: Side) -> None:
    batched(s, [("a", "1")], [("b", "2"), ("a", "3")])


@case(BATCH, says="Changing param values is not allowed")
def a_batch_that_changes_several_values(s: Side) -> None:
    run = s.run()
    s.log(run, params=[{"key": key, "value": "1"} for key in "ab"])
    s.log(run, params=[{"key": key, "value": "2"} for key in "ab"])


@case(BATCH)
def a_batch_may_repeat_what_is_there(s: Side) -> None:
    batched(s, [("a", "1")], [("b", "2"), ("a", "1")])


ask(BATCH, "a param without a value", {"run_id": "{run}", "params": [{"key": "a"}]})
ask(BATCH, "a param without a key", {"run_id": "{run}", "params": [{"value": "a"}]})
ask(BATCH, "a param with an empty key", {"run_id": "{run}", "params": [{"key": "", "value": "a"}]})
ask(BATCH, "a param with a bad key", {"run_id": "{run}", "params": [{"key": "a//b", "value": "a"}]})
ask(
    BATCH,
    "a param's value that is a number",
    {"run_id": "{run}", "params": [{"key": "a", "value": 1}]},
    better(LOST, stock=(200, {})),
)
ask(BATCH, "params that are an object", {"run_id": "{run}", "params": {"a": "1"}})
ask(
    BATCH,
    "a param that is a text",
    {"run_id": "{run}", "params": ["a"]},
    better("a wrong type is the caller's mistake, and named"),
)
