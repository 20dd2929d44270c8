"""Tags of runs are overwritten, and can be deleted."""

from tests.parity.case import Area, better
from tests.parity.side import Side

area = Area("tags")
case, ask = area.case, area.ask

SET = "POST runs/set-tag"
DELETE = "POST runs/delete-tag"
BATCH = "POST runs/log-batch"

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"


@case(SET)
def a_tag_is_overwritten(s: Side) -> None:
    run = s.run()
    for value in ("1", "2", "2", ""):
        s.post("runs/set-tag", {"run_id": run, "key": "a", "value": value})
        s.get("runs/get", {"run_id": run})


@case(SET)
def keys_differ_by_case(s: Side) -> None:
    run = s.run()
    for key in ("a", "A"):
        s.post("runs/set-tag", {"run_id": run, "key": key, "value": key})
    s.get("runs/get", {"run_id": run})


@case(SET)
def a_note_is_a_tag(s: Side) -> None:
    run = s.run()
    s.post("runs/set-tag", {"run_id": run, "key": "mlflow.note.content", "value": "# Title\n\n*text* <b>"})
    s.get("runs/get", {"run_id": run})


VALUES = {
    "Unicode": "größe 漢字 🦊", "an empty text": "", "a line break": "a\r\nb", "a control character": "\x02",
    "quotes": "'\"`", "a long one": "x" * 7999, "one of 8,000": "x" * 8000,
}  # fmt: skip
for _what, _value in VALUES.items():

    def _script(s: Side, value: str = _value) -> None:
        run = s.run()
        s.post("runs/set-tag", {"run_id": run, "key": "a", "value": value})
        s.get("runs/get", {"run_id": run})

    area.add(SET, f"a value: {_what}", _script)

KEYS = {
    "a slash": "a/b", "a double slash": "a//b", "two dots": "..", "Chinese": "漢字", "a question mark": "?",
    "a blank": "a b", "a dot": "mlflow.x", "a colon": "a:b", "an equals sign": "a=b", "a leading slash": "/a",
}  # fmt: skip
for _what, _key in KEYS.items():
    ask(SET, f"a key with {_what}", {"run_id": "{run}", "key": _key, "value": "1"})

ask(SET, "no key", {"run_id": "{run}", "value": "1"})
ask(SET, "an empty key", {"run_id": "{run}", "key": "", "value": "1"})
ask(SET, "no value", {"run_id": "{run}", "key": "a"})
ask(SET, "a null value", {"run_id": "{run}", "key": "a", "value": None})
ask(SET, "a value that is a number", {"run_id": "{run}", "key": "a", "value": 1})
ask(SET, "a value that is an object", {"run_id": "{run}", "key": "a", "value": {}})
ask(SET, "a key that is a number", {"run_id": "{run}", "key": 1, "value": "1"})
ask(SET, "no run", {"key": "a", "value": "1"})
ask(SET, "an unknown run", {"run_id": "0" * 32, "key": "a", "value": "1"})
ask(SET, "a run as run_uuid", {"run_uuid": "{run}", "key": "a", "value": "1"})


@case(DELETE)
def a_deleted_tag_is_gone(s: Side) -> None:
    run = s.run(tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    s.post("runs/delete-tag", {"run_id": run, "key": "a"})
    s.get("runs/get", {"run_id": run})


@case(DELETE, says="No tag with name")
def a_tag_is_deleted_once(s: Side) -> None:
    run = s.run(tags=[{"key": "a", "value": "1"}])
    s.post("runs/delete-tag", {"run_id": run, "key": "a"})
    s.post("runs/delete-tag", {"run_id": run, "key": "a"})


@case(DELETE)
def a_deleted_tag_may_be_set_again(s: Side) -> None:
    run = s.run(tags=[{"key": "a", "value": "1"}])
    s.post("runs/delete-tag", {"run_id": run, "key": "a"})
    s.post("runs/set-tag", {"run_id": run, "key": "a", "value": "2"})
    s.get("runs/get", {"run_id": run})


ask(DELETE, "an unknown key", {"run_id": "{run}", "key": "a"})
ask(DELETE, "no key", {"run_id": "{run}"})
ask(DELETE, "an empty key", {"run_id": "{run}", "key": ""})
ask(DELETE, "no run", {"key": "a"})
ask(DELETE, "an unknown run", {"run_id": "0" * 32, "key": "a"})
ask(DELETE, "a key that no tag can have", {"run_id": "{run}", "key": "a//b?"})


@case(BATCH)
def tags_of_a_batch_overwrite(s: Side) -> None:
    run = s.run(tags=[{"key": "a", "value": "1"}])
    s.log(run, tags=[{"key": "a", "value": "2"}, {"key": "b", "value": ""}])
    s.get("runs/get", {"run_id": run})


@case(BATCH)
def the_last_of_two_tags_with_one_key_in_a_batch_counts(s: Side) -> None:
    run = s.run()
    s.log(run, tags=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}])
    s.get("runs/get", {"run_id": run})


ask(BATCH, "a tag without a value", {"run_id": "{run}", "tags": [{"key": "a"}]})
ask(BATCH, "a tag without a key", {"run_id": "{run}", "tags": [{"value": "a"}]})
ask(BATCH, "a tag with a bad key", {"run_id": "{run}", "tags": [{"key": "a//b", "value": "a"}]})
ask(
    BATCH,
    "a tag's value that is a number",
    {"run_id": "{run}", "tags": [{"key": "a", "value": 1}]},
    better(LOST, stock=(200, {})),
)
ask(BATCH, "tags that are an object", {"run_id": "{run}", "tags": {"a": "1"}})
ask(
    BATCH,
    "a tag that is a text",
    {"run_id": "{run}", "tags": ["a"]},
    better("a wrong type is the caller's mistake, and named"),
)
