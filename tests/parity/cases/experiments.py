"""Create, get, rename and tag experiments; deleting and restoring is in `lifecycle.py`."""

from tests.parity.case import EXISTS, MISSING, Area, better, differs
from tests.parity.side import Side

area = Area("experiments")
case, ask = area.case, area.ask

CREATE = "POST experiments/create"
GET = "GET experiments/get"
BY_NAME = "GET experiments/get-by-name"
UPDATE = "POST experiments/update"
SET_TAG = "POST experiments/set-experiment-tag"
DELETE_TAG = "POST experiments/delete-experiment-tag"


@case(CREATE)
def an_experiment_is_found_by_id_and_name(s: Side) -> None:
    name = s.name()
    experiment = s.experiment(name)
    s.get("experiments/get", {"experiment_id": experiment})
    s.get("experiments/get-by-name", {"experiment_name": name})


@case(CREATE)
def an_experiment_may_be_created_with_tags(s: Side) -> None:
    tags = [
        {"key": "team", "value": "risk"},
        {"key": "empty", "value": ""},
        {"key": "mlflow.note.content", "value": "*"},
    ]
    s.get("experiments/get", {"experiment_id": s.experiment(tags=tags)})


@case(CREATE, better("stock blames the experiment's name", stock=EXISTS, ours=(200, ...)))
def the_last_of_two_tags_with_one_key_counts(s: Side) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    s.get("experiments/get", {"experiment_id": s.experiment(tags=tags)})


@case(CREATE)
def ids_are_counted(s: Side) -> None:
    first, second = s.experiment(), s.experiment()
    s.say("are they numbers?", first.isdigit() and second.isdigit() and int(second) > int(first))


@case(CREATE, says="already exists")
def a_name_is_taken_once(s: Side) -> None:
    name = s.name()
    s.experiment(name)
    s.post("experiments/create", {"name": name})


@case(CREATE)
def names_differ_by_case(s: Side) -> None:
    name = s.name()
    s.experiment(name)
    s.experiment(name.upper())
    s.get("experiments/get-by-name", {"experiment_name": name.upper()})


@case(CREATE)
def a_deleted_experiment_keeps_its_name(s: Side) -> None:
    name = s.name()
    s.post("experiments/delete", {"experiment_id": s.experiment(name)})
    s.post("experiments/create", {"name": name})


NAMES = {
    "Unicode": "größe 漢字 🦊",
    "slashes": "/Users/a//b/..",
    "quotes": 'it\'s "quoted" `so`',
    "a percent sign": "100%_x",
    "a line break": "two\nlines",
    "a tab": "a\tb",
    "blanks around it": "  padded  ",
    "markup": "<script>alert(1)</script>",
    "a backslash": "a\\b",
    "a control character": "a\x01b\x7f",
    "digits only": "12345",
    "combining marks": "e\u0301 and \u00e9",
    "a zero-width joiner": "a\u200db",
    "text from right to left": "\u202eabc",
}
for _what, _name in NAMES.items():
    ask(CREATE, f"a name with {_what}", {"name": _name + "{name}"})

ask(CREATE, "no name", {})
ask(CREATE, "an empty name", {"name": ""})
ask(CREATE, "a null name", {"name": None})
ask(CREATE, "unknown fields", {"name": "{name}", "colour": "red", "nested": {"a": [1]}})
ask(CREATE, "no tags", {"name": "{name}", "tags": []})
ask(CREATE, "null tags", {"name": "{name}", "tags": None})
ask(CREATE, "a tag without a value", {"name": "{name}", "tags": [{"key": "a"}]})
ask(CREATE, "a tag without a key", {"name": "{name}", "tags": [{"value": "a"}]})
ask(CREATE, "a tag with an empty key", {"name": "{name}", "tags": [{"key": "", "value": "a"}]})


@case(GET)
def the_default_experiment_is_number_0(s: Side) -> None:
    answer = s.get("experiments/get", {"experiment_id": "0"})
    s.say("its name", answer["experiment"]["name"])


ask(GET, "no id", {})
ask(GET, "an empty id", {"experiment_id": ""})
ask(GET, "a word for an id", {"experiment_id": "abc"}, says="Invalid experiment ID")
ask(GET, "an unknown id", {"experiment_id": "987654321"}, says="No Experiment with id")
ask(GET, "a negative id", {"experiment_id": "-1"})
ask(GET, "an id with a fraction", {"experiment_id": "1.5"})
ask(GET, "an id in blanks", {"experiment_id": " 0 "})
ask(GET, "an id with a sign", {"experiment_id": "+0"})
ask(GET, "an id with leading zeros", {"experiment_id": "000"})
ask(GET, "a huge id", {"experiment_id": str(2**63)}, better("no experiment has it", ours=MISSING))
ask(GET, "an id of 40 digits", {"experiment_id": "9" * 40}, better("no experiment has it", ours=MISSING))
ask(GET, "an unknown parameter beside it", {"experiment_id": "0", "colour": "red"})

ask(BY_NAME, "no name", {})
ask(BY_NAME, "an empty name", {"experiment_name": ""})
ask(BY_NAME, "an unknown name", {"experiment_name": "{name} nobody"}, says="Could not find experiment with name")
ask(BY_NAME, "the Default experiment in other case", {"experiment_name": "default"})


@case(BY_NAME)
def a_deleted_experiment_is_found_by_name(s: Side) -> None:
    name = s.name()
    s.post("experiments/delete", {"experiment_id": s.experiment(name)})
    s.get("experiments/get-by-name", {"experiment_name": name})


@case(BY_NAME)
def a_name_with_special_characters_is_found(s: Side) -> None:
    name = f"a/b%2F c+d&e=f 🦊 {s.unique}"
    s.experiment(name)
    s.get("experiments/get-by-name", {"experiment_name": name})


@case(UPDATE)
def renaming_frees_the_old_name(s: Side) -> None:
    old, new = s.name(), s.name()
    experiment = s.experiment(old)
    s.post("experiments/update", {"experiment_id": experiment, "new_name": new})
    s.get("experiments/get", {"experiment_id": experiment})
    s.get("experiments/get-by-name", {"experiment_name": old})
    s.experiment(old)


@case(UPDATE)
def renaming_to_the_same_name_is_no_conflict(s: Side) -> None:
    name = s.name()
    s.post("experiments/update", {"experiment_id": s.experiment(name), "new_name": name})


@case(UPDATE, better("the client is told what is taken, not an SQL statement", stock=(400, "BAD_REQUEST"), ours=EXISTS))
def renaming_to_a_taken_name(s: Side) -> None:
    taken = s.name()
    s.experiment(taken)
    s.post("experiments/update", {"experiment_id": s.experiment(), "new_name": taken})


ask(UPDATE, "no new name", {"experiment_id": "{experiment}"})
ask(UPDATE, "an empty new name", {"experiment_id": "{experiment}", "new_name": ""})
ask(UPDATE, "no experiment", {"new_name": "{name}"})
ask(UPDATE, "an unknown experiment", {"experiment_id": "987654321", "new_name": "{name}"})
ask(UPDATE, "a name of 501 characters", {"experiment_id": "{experiment}", "new_name": "x" * 501})
ask(UPDATE, "a new name of a wrong type", {"experiment_id": "{experiment}", "new_name": 5})


@case(SET_TAG)
def a_tag_is_overwritten(s: Side) -> None:
    experiment = s.experiment()
    for value in ("1", "2", ""):
        s.post("experiments/set-experiment-tag", {"experiment_id": experiment, "key": "a", "value": value})
        s.get("experiments/get", {"experiment_id": experiment})


@case(SET_TAG)
def a_note_is_a_tag(s: Side) -> None:
    experiment = s.experiment()
    tag = {"key": "mlflow.note.content", "value": "# Title\n\n*text* <b>"}
    s.post("experiments/set-experiment-tag", {"experiment_id": experiment, **tag})
    s.get("experiments/get", {"experiment_id": experiment})


@case(SET_TAG)
def a_tag_does_not_belong_to_other_experiments(s: Side) -> None:
    first, second = s.experiment(), s.experiment()
    s.post("experiments/set-experiment-tag", {"experiment_id": first, "key": "a", "value": "1"})
    s.get("experiments/get", {"experiment_id": second})


ask(SET_TAG, "no key", {"experiment_id": "{experiment}", "value": "1"})
ask(SET_TAG, "an empty key", {"experiment_id": "{experiment}", "key": "", "value": "1"})
ask(SET_TAG, "no value", {"experiment_id": "{experiment}", "key": "a"})
ask(SET_TAG, "an unknown experiment", {"experiment_id": "987654321", "key": "a", "value": "1"})
ask(SET_TAG, "no experiment", {"key": "a", "value": "1"})
ask(SET_TAG, "a value that is a number", {"experiment_id": "{experiment}", "key": "a", "value": 1})
ask(SET_TAG, "a key with slashes", {"experiment_id": "{experiment}", "key": "a/b/c", "value": "1"})
ask(SET_TAG, "a key with a double slash", {"experiment_id": "{experiment}", "key": "a//b", "value": "1"})
ask(SET_TAG, "a key with a question mark", {"experiment_id": "{experiment}", "key": "a?b", "value": "1"})
ask(SET_TAG, "a key in Chinese", {"experiment_id": "{experiment}", "key": "漢字", "value": "1"})


@case(DELETE_TAG)
def a_deleted_tag_is_gone(s: Side) -> None:
    experiment = s.experiment(tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    s.post("experiments/delete-experiment-tag", {"experiment_id": experiment, "key": "a"})
    s.get("experiments/get", {"experiment_id": experiment})
    s.post("experiments/delete-experiment-tag", {"experiment_id": experiment, "key": "a"})


ask(DELETE_TAG, "an unknown key", {"experiment_id": "{experiment}", "key": "a"})
ask(DELETE_TAG, "no key", {"experiment_id": "{experiment}"})
ask(DELETE_TAG, "an unknown experiment", {"experiment_id": "987654321", "key": "a"})


@case(
    CREATE,
    differs(
        "files lie with the project, or where an administrator allows it, below a folder of the project's own",
        stock=(200, ...),
    ),
)
def an_artifact_location_that_nobody_allowed(s: Side) -> None:
    s.post("experiments/create", {"name": s.name(), "artifact_location": "s3://bucket/folder"})
