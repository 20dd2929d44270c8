"""The language of experiment filters and orders; pages; view types.

The stock server is shared, so every question of the scene is also limited to names of the scene.
"""

from typing import Any

from tests.parity.case import INVALID, Area, better, differs
from tests.parity.side import Side

area = Area("search_experiments")
case = area.case

SEARCH = "POST experiments/search"
BY_QUERY = "GET experiments/search"

EXPERIMENTS: dict[str, dict[str, str]] = {
    "alpha": {"team": "risk", "a.b": "1"},
    "Beta": {"team": "Risk"},
    "beta": {"team": ""},
    "gamma_x": {"note": "50% it's *"},
    "größe": {"team": "ÄÖ"},
}


def experiments(s: Side) -> dict[str, str]:
    """Ids by name, and the beginning of all their names as `prefix`; one of them is deleted."""
    made = {"prefix": f"{s.unique} "}
    for name, tags in EXPERIMENTS.items():
        pairs = [{"key": key, "value": value} for key, value in tags.items()]
        made[name] = s.experiment(made["prefix"] + name, tags=pairs)
    made["gone"] = s.experiment(made["prefix"] + "gone")
    s.post("experiments/delete", {"experiment_id": made["gone"]})
    return made


def search(s: Side, **sent: Any) -> Any:
    made = s.scene(experiments)
    mine = f"name LIKE '{made['prefix']}%'"
    text = sent.pop("filter", None)
    whole = f"{mine} AND {text}" if text else mine
    for name, value in made.items():
        whole = whole.replace("{" + name + "}", value)
    return s.post("experiments/search", {"max_results": 100, "order_by": ["name"], "filter": whole, **sent})


WORDS = [
    *[f"name {op} '{{prefix}}beta'" for op in ("=", "!=", "<", ">", "LIKE", "ILIKE", "IN", "NOT IN")],
    *[f"tags.team {op} 'risk'" for op in ("=", "!=", "<", ">", "LIKE", "ILIKE", "IN", "NOT IN")],
    *[f"creation_time {op} 5" for op in ("=", "!=", "<", "<=", ">", ">=", "LIKE", "IN")],
    *[f"last_update_time {op} 5" for op in ("=", "!=", "<", "<=", ">", ">=")],
    *[f"experiment_id {op} '{{beta}}'" for op in ("=", "!=", "<", ">", "LIKE", "IN", "NOT IN")], "name LIKE '%bet_'",
    "name ILIKE '%BETA'", "name LIKE '%gamma\\_x'", "name LIKE '%größe'", "name IN ('{prefix}beta', '{prefix}alpha')",
    "name NOT IN ('{prefix}beta', '{prefix}alpha')", "attribute.name = '{prefix}beta'",
    "attributes.name = '{prefix}beta'", "attr.name = '{prefix}beta'", "experiment.name = '{prefix}beta'",
    "name = {prefix}beta", "name = \"{prefix}beta\"", "name = 5", "tag.team = 'risk'", "tags.`team` = 'risk'",
    "tags.\"a.b\" = '1'", "tags.a.b = '1'", "tags.team = ''", "tags.team = 1", "tags.team = risk", "tags.missing = 'x'",
    "tags.missing != 'x'", "tags.team IS NULL", "tags.team IS NOT NULL", "tags.missing IS NULL", "name IS NULL",
    "tags.note = \"50% it's *\"", "tags.team LIKE 'R%'", "tags.team ILIKE 'R%'", "creation_time > -1",
    "creation_time > '5'", "creation_time = abc", "creation_time > 5.5", "creation_time > 99999999999999999999",
    "last_update_time >= 0 AND creation_time >= 0", "experiment_id = {beta}", "experiment_id = 'x'",
    "experiment_id IN ('{beta}', '{alpha}')", "experiment_id IN ({beta})", "experiment_id = '-1'",
    "lifecycle_stage = 'active'", "artifact_location LIKE '%'", "foo = 'x'", "foo.bar = 'x'", "metrics.x = 1",
    "params.x = '1'", "name = 'a' OR name = 'b'", "name = 'a' AND", "name", "name =", "= 'a'", "name LIKE",
    "(name = 'a')", "NOT name = 'a'", "name == 'a'", "name <> 'a'", "tags.team = 'risk' AND tags.team = 'risk'",
    "tags.team = 'risk' AND name LIKE '%alpha'", "name = '", "tags. = 'x'", "name like '%beta'", "NAME = 'x'",
    "name='{prefix}beta'", "name = 'x'; DROP TABLE experiments",
]  # fmt: skip
DIFFERENT: dict[str, Any] = {
    "creation_time > 99999999999999999999": better("no time is that late, which is the caller's mistake"),
    "tags. = 'x'": differs("half a comparison is a mistake, and the answer says where"),
    "name like '%beta'": differs(
        "operators may be written small everywhere, as in the stock server's run filters",
        stock=INVALID,
        ours=(200, ...),
    ),
}


def _filter(text: str) -> None:
    def script(s: Side) -> None:
        search(s, filter=text)

    area.add(SEARCH, f"filter: {text}", script, DIFFERENT.get(text))


for _text in WORDS:
    _filter(_text)

ORDERS: list[list[str]] = [
    ["name"], ["name ASC"], ["name DESC"], ["name desc"], ["attribute.name"], ["experiment_id"], ["experiment_id DESC"],
    ["tags.team"], ["lifecycle_stage"], ["foo"], [""], ["name", "name"], ["name", "name DESC"], ["name DESCENDING"],
    ["name, experiment_id"], ["`name`"], ["attributes.name"], ["creation_time", "name"],
    ["last_update_time DESC", "name"], ["Name"], ["artifact_location"], ["name; DROP TABLE experiments"],
]  # fmt: skip
DIFFERENT_ORDER: dict[tuple[str, ...], Any] = {}


def _order(clauses: list[str]) -> None:
    def script(s: Side) -> None:
        answer = search(s, order_by=clauses)
        if "creation_time" not in str(clauses) and "last_update" not in str(clauses):
            s.say("names", [found["name"] for found in answer.get("experiments", [])])

    area.add(SEARCH, f"order: {clauses}", script, DIFFERENT_ORDER.get(tuple(clauses)))


for _clauses in ORDERS:
    _order(_clauses)


@case(SEARCH)
def without_an_order_the_last_created_come_first(s: Side) -> None:
    prefix = s.name()
    for name in "abc":
        s.experiment(prefix + name)
    with s.unwritten():
        sent = {"max_results": 10, "filter": f"name LIKE '{prefix}%'"}
        found = s.post("experiments/search", sent)["experiments"]
    keys = [(-one["creation_time"], int(one["experiment_id"])) for one in found]
    s.say("sorted?", len(keys) == 3 and keys == sorted(keys))


@case(SEARCH)
def a_change_of_tags_is_an_update(s: Side) -> None:
    experiment = s.experiment()
    s.post("experiments/set-experiment-tag", {"experiment_id": experiment, "key": "a", "value": "1"})
    with s.unwritten():
        found = s.get("experiments/get", {"experiment_id": experiment})["experiment"]
    s.say("updated?", found["last_update_time"] >= found["creation_time"])


for _size in (1, 2, 4, 5, 6):
    for _by in (["name"], ["name DESC"], ["experiment_id"]):

        def _pages(s: Side, size: int = _size, by: list[str] = _by) -> None:
            made = s.scene(experiments)
            mine = f"name LIKE '{made['prefix']}%'"
            s.pages("POST", "experiments/search", {"max_results": size, "filter": mine, "order_by": by})

        area.add(SEARCH, f"pages of {_size} by {_by}", _pages)

SENT: dict[str, dict[str, Any]] = {
    "no max_results": {"max_results": None}, "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
    "max_results 50000": {"max_results": 50000}, "max_results 50001": {"max_results": 50001},
    "max_results as a text": {"max_results": "2"}, "max_results a word": {"max_results": "x"},
    "a nonsense token": {"page_token": "nonsense"}, "a token of base64": {"page_token": "aGVsbG8="},
    "view type DELETED_ONLY": {"view_type": "DELETED_ONLY"}, "view type ALL": {"view_type": "ALL"},
    "view type ACTIVE_ONLY": {"view_type": "ACTIVE_ONLY"}, "view type by number": {"view_type": 2},
    "an unknown view type": {"view_type": "SOME"}, "a view type in small letters": {"view_type": "all"},
    "an unknown number of a view type": {"view_type": 7}, "an empty view type": {"view_type": ""},
    "an order that is a number": {"order_by": 5}, "an order with a number in it": {"order_by": [5]},
    "an unknown field": {"colour": "red"}, "an order as one text": {"order_by": "name DESC"},
}  # fmt: skip
IGNORED = better("the stock server answers as if none had been given", stock=(200, ...))
DIFFERENT_SENT: dict[str, Any] = {
    "an unknown view type": IGNORED,
    "a view type in small letters": IGNORED,
    "an unknown number of a view type": IGNORED,
    "an empty view type": IGNORED,
    "an order with a number in it": better(
        "the stock server drops what it cannot read, the filter included", stock=(200, ...)
    ),
    "an order as one text": differs("GitLab's clients send one text", stock=INVALID, ours=(200, ...)),
}
for _what, _sent in SENT.items():

    def _ask(s: Side, sent: dict[str, Any] = _sent) -> None:
        search(s, **sent)

    area.add(SEARCH, _what, _ask, DIFFERENT_SENT.get(_what))

for _what, _query in {
    "a filter": {}, "an order": {"order_by": "name DESC"}, "two orders": {"order_by": ["name DESC", "experiment_id"]},
    "view type by name": {"view_type": "DELETED_ONLY"}, "view type by number": {"view_type": "3"},
    "no max_results": {"max_results": ""}, "a bad filter": {"filter": "name = 'x' OR name = 'y'"},
}.items():  # fmt: skip

    def _get(s: Side, query: dict[str, Any] = _query) -> None:
        made = s.scene(experiments)
        s.get(
            "experiments/search",
            {"max_results": 10, "filter": f"name LIKE '{made['prefix']}%'", "order_by": "name", **query},
        )

    area.add(BY_QUERY, _what, _get, DIFFERENT_SENT.get(f"by query: {_what}"))


@case(BY_QUERY)
def pages_by_query(s: Side) -> None:
    made = s.scene(experiments)
    s.pages(
        "GET", "experiments/search", {"max_results": 2, "filter": f"name LIKE '{made['prefix']}%'", "order_by": "name"}
    )
