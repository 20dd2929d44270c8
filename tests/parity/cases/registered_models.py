"""Registered models: create, get, rename, update, delete, tags, aliases, latest versions, search."""

from collections.abc import Callable
from typing import Any

from tests.parity.case import INVALID, Area, better, differs
from tests.parity.side import Side

CREATE = "POST registered-models/create"
GET = "GET registered-models/get"
RENAME = "POST registered-models/rename"
UPDATE = "PATCH registered-models/update"
DELETE = "DELETE registered-models/delete"
LATEST = "POST registered-models/get-latest-versions"
LATEST_BY_QUERY = "GET registered-models/get-latest-versions"
SEARCH = "GET registered-models/search"
SET_TAG = "POST registered-models/set-tag"
DELETE_TAG = "DELETE registered-models/delete-tag"
SET_ALIAS = "POST registered-models/alias"
DELETE_ALIAS = "DELETE registered-models/alias"
BY_ALIAS = "GET registered-models/alias"

LOST = better("the stock server drops what it cannot read", stock=(200, ...))
FAILS = better("the stock server fails", stock=(500, ...))
AT_LEAST_ONE = differs("a page holds at least one, as in every other list", stock=(200, ...), ours=INVALID)

area = Area(
    "registered_models",
    {
        (CREATE, "tags: a number for a value"): LOST,
        (SEARCH, "filter IS NULL"): FAILS,
        (SEARCH, "order by twice"): FAILS,
        (SEARCH, "max_results 0"): AT_LEAST_ONE,
        (SEARCH, "max_results -1"): AT_LEAST_ONE,
    },
)
case, ask = area.case, area.ask
PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}


@case(CREATE)
def a_model_is_found_as_it_was_created(s: Side) -> None:
    name = s.registered(description="about it", tags=[{"key": "a", "value": "1"}, {"key": "b", "value": ""}])
    s.get("registered-models/get", {"name": name})


@case(CREATE)
def a_name_is_taken_once(s: Side) -> None:
    name = s.registered()
    s.post("registered-models/create", {"name": name})


@case(CREATE)
def a_prompt_has_a_models_name(s: Side) -> None:
    name = s.registered()
    s.post("registered-models/create", {"name": name, "tags": [PROMPT]})


@case(CREATE)
def a_model_has_a_prompts_name(s: Side) -> None:
    name = s.registered(tags=[PROMPT])
    s.post("registered-models/create", {"name": name})


@case(CREATE)
def a_prompts_name_is_taken_once(s: Side) -> None:
    name = s.registered(tags=[PROMPT])
    s.post("registered-models/create", {"name": name, "tags": [PROMPT]})


NAMES = {
    "a slash": "a/b", "a colon": "a:b", "a dot": ".", "two dots": "..", "Unicode": "größe 漢字 {name}",
    "blanks only": "  ",
    "empty": "", "a number": 5, "a list": [], "null": None, "255 characters": "{name}" + "x" * 220,
    "dots": "a.b {name}",
    "an at sign": "a@b {name}", "a percent sign": "a%2Fb {name}", "a quote": "a'b {name}", "a hash": "a#b {name}",
}  # fmt: skip
for what, name in NAMES.items():
    ask(CREATE, f"a name with {what}", {"name": name})
    ask(RENAME, f"a new name with {what}", {"name": "{registered}", "new_name": name})

TAGS = {
    "no key": [{"value": "x"}], "an empty key": [{"key": "", "value": "x"}], "no value": [{"key": "k"}],
    "a number for a value": [{"key": "k", "value": 5}],
    "one key twice": [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}],
    "a key of 250 characters": [{"key": "k" * 250, "value": "1"}],
    "a key of 251 characters": [{"key": "k" * 251, "value": "1"}],
    "a key with odd characters": [{"key": "k#", "value": "1"}],
    "a key that is a path": [{"key": "../a", "value": "1"}],
    "a value of 100000 characters": [{"key": "k", "value": "v" * 100_000}],
    "a value of 100001 characters": [{"key": "k", "value": "v" * 100_001}], "an object": {"k": "v"}, "text": "k",
}  # fmt: skip
for what, tags in TAGS.items():
    ask(CREATE, f"tags: {what}", {"name": "{name}", "tags": tags})
    if isinstance(tags, list):
        ask(SET_TAG, f"tag: {what}", {"name": "{registered}", **tags[-1]})

ask(CREATE, "a description that is a number", {"name": "{name}", "description": 5})
ask(CREATE, "an empty description", {"name": "{name}", "description": ""})
ask(CREATE, "no name", {})
ask(CREATE, "an unknown field", {"name": "{name}", "unknown": 1})

for about, more in (
    (GET, {}), (RENAME, {"new_name": "x y z"}), (UPDATE, {"description": "x"}), (DELETE, {}), (LATEST, {}),
    (LATEST_BY_QUERY, {}),
    (SET_TAG, {"key": "k", "value": "v"}), (DELETE_TAG, {"key": "k"}), (SET_ALIAS, {"alias": "a", "version": "1"}),
    (DELETE_ALIAS, {"alias": "a"}), (BY_ALIAS, {"alias": "a"}),
):  # fmt: skip
    ask(about, "an unknown model", {"name": "nobody {name}", **more})
    ask(about, "no name", more)
    ask(about, "an empty name", {"name": "", **more})
    ask(about, "a name with a slash", {"name": "a/b", **more})

ask(RENAME, "without a new name", {"name": "{registered}"})
ask(UPDATE, "without a description", {"name": "{registered}"})
ask(UPDATE, "an empty description", {"name": "{registered}", "description": ""})
ask(SET_TAG, "without a key", {"name": "{registered}", "value": "v"})
ask(DELETE_TAG, "a tag that it has not", {"name": "{registered}", "key": "k"})
ask(DELETE_TAG, "without a key", {"name": "{registered}"})


@case(RENAME)
def its_versions_and_aliases_go_with_it(s: Side) -> None:
    name, new = s.registered(), s.name()
    s.version(name)
    s.post("registered-models/alias", {"name": name, "alias": "a", "version": "1"})
    s.post("registered-models/rename", {"name": name, "new_name": new})
    s.get("registered-models/get", {"name": name})
    s.get("registered-models/get", {"name": new})
    s.get("model-versions/get", {"name": new, "version": "1"})


@case(RENAME)
def to_its_own_name_of_another(s: Side) -> None:
    name, other = s.registered(), s.registered()
    s.post("registered-models/rename", {"name": name, "new_name": other})


@case(UPDATE)
def a_description_is_changed_and_read(s: Side) -> None:
    name = s.registered(description="old")
    s.patch("registered-models/update", {"name": name, "description": "new"})
    s.get("registered-models/get", {"name": name})


@case(DELETE)
def a_deleted_model_is_gone_and_its_name_free(s: Side) -> None:
    name = s.registered()
    s.version(name)
    s.delete("registered-models/delete", {"name": name})
    s.get("registered-models/get", {"name": name})
    s.get("model-versions/get", {"name": name, "version": "1"})
    s.post("registered-models/create", {"name": name})
    s.version(name)


@case(SET_TAG)
def a_tag_is_overwritten_and_deleted(s: Side) -> None:
    name = s.registered()
    for value in ("1", "2"):
        s.post("registered-models/set-tag", {"name": name, "key": "k", "value": value})
    s.get("registered-models/get", {"name": name})
    s.delete("registered-models/delete-tag", {"name": name, "key": "k"})
    s.get("registered-models/get", {"name": name})


ALIASES = [
    "champion",
    "A-b_c",
    "v1",
    "V22",
    "latest",
    "LATEST",
    "a b",
    "a.b",
    "a/b",
    "",
    "größe",
    "x" * 255,
    "x" * 256,
    "v1x",
    "vv1",
]
for alias in ALIASES:
    ask(SET_ALIAS, f"alias {alias[:20]!r} of {len(alias)}", {"name": "{versioned}", "alias": alias, "version": "1"})
NUMBER = differs("an alias that is a number would hide a version", ours=(400, "INVALID_PARAMETER_VALUE"))
ask(SET_ALIAS, "an alias that is a number", {"name": "{versioned}", "alias": "12", "version": "1"}, NUMBER)
ask(SET_ALIAS, "without a version", {"name": "{versioned}", "alias": "a"})
ask(SET_ALIAS, "of an unknown version", {"name": "{versioned}", "alias": "a", "version": "7"})
ask(SET_ALIAS, "of a version that is a word", {"name": "{versioned}", "alias": "a", "version": "one"})
ask(DELETE_ALIAS, "that it has not", {"name": "{registered}", "alias": "a"})
ask(DELETE_ALIAS, "with odd characters", {"name": "{registered}", "alias": "a b"})
ask(BY_ALIAS, "that it has not", {"name": "{registered}", "alias": "a"})
ask(BY_ALIAS, "latest without versions", {"name": "{registered}", "alias": "latest"})
ask(BY_ALIAS, "latest", {"name": "{versioned}", "alias": "Latest"})


@case(SET_ALIAS)
def an_alias_moves_and_goes(s: Side) -> None:
    name = s.registered()
    s.version(name)
    s.version(name)
    for version in ("1", "2"):
        s.post("registered-models/alias", {"name": name, "alias": "champion", "version": version})
        s.get("registered-models/alias", {"name": name, "alias": "champion"})
    s.get("registered-models/get", {"name": name})
    s.get("model-versions/get", {"name": name, "version": "1"})
    s.get("model-versions/get", {"name": name, "version": "2"})
    s.delete("registered-models/alias", {"name": name, "alias": "champion"})
    s.get("registered-models/alias", {"name": name, "alias": "champion"})


def staged(s: Side) -> str:
    name = s.registered()
    for stage in ("Production", "None", "Staging", "Production"):
        version = s.version(name)
        s.post("model-versions/transition-stage", {"name": name, "version": version, "stage": stage})
    return name


def _told_by_number(s: Side, call: Callable[[str, object], Any], stages: object) -> None:
    """MLflow says no order."""
    with s.unwritten():
        answer = call("registered-models/get-latest-versions", {"name": s.scene(staged), "stages": stages})
    found = sorted(answer.get("model_versions", []), key=lambda version: int(version["version"]))
    s.say("latest versions", found or answer)


STAGES: dict[str, object] = {
    "none": [], "Production": ["Production"], "in any case": ["pRoduction", "STAGING"], "Archived": ["Archived"],
    "None": ["None"], "all": ["None", "Staging", "Production", "Archived"], "one twice": ["None", "None"],
    "an unknown one": ["nonsense!"],
}  # fmt: skip
for what, stages in STAGES.items():

    def latest(s: Side, stages: object = stages) -> None:
        _told_by_number(s, s.post, stages)

    def latest_by_query(s: Side, stages: object = stages) -> None:
        _told_by_number(s, s.get, stages)

    area.add(LATEST, f"stages: {what}", latest)
    area.add(LATEST_BY_QUERY, f"stages: {what}", latest_by_query)


@case(GET)
def a_model_tells_the_latest_of_each_stage(s: Side) -> None:
    s.get("registered-models/get", {"name": s.scene(staged)})


def several_models(s: Side) -> str:
    """The beginning of their names."""
    beginning = s.name()
    for last in ("a", "b", "C"):
        tags = [{"key": "letter", "value": last}, {"key": "all", "value": "yes"}]
        s.post("registered-models/create", {"name": f"{beginning} {last}", "tags": tags})
    prompt = [PROMPT, {"key": "all", "value": "yes"}]
    s.post("registered-models/create", {"name": f"{beginning} prompt", "tags": prompt})
    s.version(f"{beginning} a")
    return beginning


FILTERS = {
    "by name": "name = '{0} a'", "by another name": "name != '{0} a' AND name LIKE '{0}%'",
    "LIKE": "name LIKE '{0}%'",
    "ILIKE": "name ILIKE '{0} c'", "LIKE minds case": "name LIKE '{0} c'", "IN": "name IN ('{0} a', '{0} b')",
    "NOT IN": "name NOT IN ('{0} a') AND name LIKE '{0}%'", "a tag": "name LIKE '{0}%' AND tags.letter = 'b'",
    "a tag unequal": "name LIKE '{0}%' AND tags.letter != 'b'",
    "a tag ILIKE": "name LIKE '{0}%' AND tags.letter ILIKE 'c'",
    "two tags": "name LIKE '{0}%' AND tags.letter = 'b' AND tags.`all` = 'yes'",
    "prompts": "name LIKE '{0}%' AND tags.`mlflow.prompt.is_prompt` = 'true'",
    "no prompts": "name LIKE '{0}%' AND tags.`mlflow.prompt.is_prompt` = 'false'",
    "not not prompts": "name LIKE '{0}%' AND tags.`mlflow.prompt.is_prompt` != 'false'",
    "not prompts": "name LIKE '{0}%' AND tags.`mlflow.prompt.is_prompt` != 'true'",
    "an unknown attribute": "nonsense = 'a'", "no filter language": "name =", "OR": "name = 'a' OR name = 'b'",
    "IS NULL": "tags.letter IS NULL", "a number": "name = 5", "greater": "name > 'a'", "a run's id": "run_id = 'a'",
}  # fmt: skip
for what, text in FILTERS.items():

    def searched(s: Side, text: str = text) -> None:
        s.get("registered-models/search", {"filter": text.format(s.scene(several_models))})

    area.add(SEARCH, f"filter {what}", searched)

ORDERS = {
    "name": ["name"], "name DESC": ["name DESC"], "time": ["last_updated_timestamp ASC"],
    "timestamp": ["timestamp DESC"],
    "both": ["timestamp ASC", "name DESC"], "twice": ["name", "name DESC"], "unknown": ["nonsense"],
    "creation": ["creation_timestamp"],
    "no direction": ["name sideways"], "a tag": ["tags.a"],
}  # fmt: skip
for what, order in ORDERS.items():

    def ordered(s: Side, order: list[str] = order) -> None:
        s.get("registered-models/search", {"filter": f"name LIKE '{s.scene(several_models)}%'", "order_by": order})

    area.add(SEARCH, f"order by {what}", ordered)

for number in ("1", "0", "-1", "1000", "1001", "x", "1.5"):
    ask(SEARCH, f"max_results {number}", {"filter": "name = 'nobody'", "max_results": number})
ask(SEARCH, "a page token of nobody's", {"page_token": "nonsense"})


@case(SEARCH)
def page_after_page(s: Side) -> None:
    s.pages("GET", "registered-models/search", {"filter": f"name LIKE '{s.scene(several_models)}%'", "max_results": 2})
