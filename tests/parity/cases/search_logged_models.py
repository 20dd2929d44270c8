"""The language of filters and orders of logged models; datasets; pages."""

from typing import Any

from tests.parity.case import Area, better, differs
from tests.parity.side import Side

SEARCH = "POST logged-models/search"
WINE = {"name": "wine", "digest": "d1", "source_type": "local", "source": "wine.csv"}

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"
REFUSED = better(LOST, stock=(200, ...))
CALLERS = better("what is wrong in a filter is the caller's mistake, and named")

area = Area(
    "search_logged_models",
    {
        (SEARCH, "filter: metrics.acc = '0.5'"): CALLERS,
        (SEARCH, "filter: metrics.acc > abc"): CALLERS,
        (SEARCH, "filter: creation_timestamp = '0'"): CALLERS,
        (SEARCH, "filter: foo = 'x'"): CALLERS,
        (SEARCH, "filter: NAME = 'beta'"): CALLERS,
        (SEARCH, "filter: name IN (beta)"): CALLERS,
        (SEARCH, "filter: name IN ()"): differs("an empty list is a mistake, as in filters of runs", stock=(200, {})),
        (SEARCH, 'filter: name = "beta"'): better(
            "the stock server takes the quotes for a part of the name", stock=(200, {}), ours=(200, {"models": [...]})
        ),
        (SEARCH, "order: a direction in words"): REFUSED,
        (SEARCH, "on a dataset without its digest"): better(
            "the digest is optional in the API, yet nothing is found without it",
            stock=(200, {}),
            ours=(200, {"models": [..., ...]}),
        ),
        (SEARCH, "max_results -1"): better("the stock server hands out an empty page with a token", stock=(200, ...)),
        (SEARCH, "max_results 50001"): differs("pages have a limit, that of runs"),
        (SEARCH, "a nonsense token"): CALLERS,
    },
)
case = area.case


def models(s: Side) -> dict[str, str]:
    """Ids by name, and that of the experiment."""
    experiment = s.experiment()
    run = s.run(experiment, run_name="source")
    made = {"experiment": experiment, "run": run}
    s.post("runs/log-inputs", {"run_id": run, "datasets": [{"dataset": WINE}]})
    told: dict[str, dict[str, Any]] = {
        "alpha": {"model_type": "sklearn", "source_run_id": run, "params": {"lr": "0.1"}, "tags": {"team": "risk"}},
        "Beta": {"model_type": "torch", "params": {"lr": "0.01"}, "tags": {"team": "Risk"}},
        "beta": {"model_type": "torch", "tags": {"team": "", "a.b": "1"}},
        "gamma": {},
    }
    for name, more in told.items():
        pairs = {kind: [{"key": k, "value": v} for k, v in more.pop(kind, {}).items()] for kind in ("params", "tags")}
        made[name] = s.model(experiment, name=name, **more, **pairs)
    s.patch(f"logged-models/{made['alpha']}", {"model_id": made["alpha"], "status": "LOGGED_MODEL_READY"})
    for name, value, on in (("alpha", 0.5, True), ("Beta", 0.25, True), ("Beta", 0.75, False), ("beta", 0.5, False)):
        dataset = {"dataset_name": "wine", "dataset_digest": "d1"} if on else {}
        at = {"timestamp": 1 if on else 2, "step": 0}
        s.post(
            "runs/log-metric", {"run_id": run, "key": "acc", "value": value, **at, "model_id": made[name], **dataset}
        )
    return made


def search(s: Side, **sent: Any) -> Any:
    made = s.scene(models)
    text = sent.pop("filter", None)
    if text:
        for name, value in made.items():
            text = text.replace("{" + name + "}", value)
        sent["filter"] = text
    order = [{"field_name": "name", "ascending": True}]
    return s.post("logged-models/search", {"experiment_ids": [made["experiment"]], "order_by": order, **sent})


WORDS = [
    *[f"name {op} 'beta'" for op in ("=", "!=", "<", "LIKE", "ILIKE")], "name IN ('beta', 'alpha')",
    "name NOT IN ('beta', 'alpha')",
    *[f"metrics.acc {op} 0.5" for op in ("=", "!=", "<", "<=", ">", ">=", "LIKE", "IN")], "metrics.acc = '0.5'",
    "metrics.missing > 0", *[f"params.lr {op} '0.1'" for op in ("=", "!=", "<", "LIKE", "ILIKE")], "params.lr = 0.1",
    "params.lr IN ('0.1', '0.01')", "params.missing = 'x'",
    *[f"tags.team {op} 'risk'" for op in ("=", "!=", "LIKE", "ILIKE")], "tags.team = ''", "tags.`a.b` = '1'",
    "tags.a.b = '1'", "tags.team IS NULL", "attributes.name = 'beta'", "attribute.name = 'beta'", "attr.name = 'beta'",
    "model.name = 'beta'", "parameters.lr = '0.1'", "param.lr = '0.1'", "metric.acc = 0.5", "tag.team = 'risk'",
    "model_type = 'torch'", "model_type LIKE 't%'", "model_id = '{alpha}'", "source_run_id = '{run}'",
    "model_id IN ('{alpha}', '{beta}')", "creation_timestamp > 0", "creation_time > 0", "creation_timestamp_ms > 0",
    "last_updated_timestamp > 0", "creation_timestamp = '0'", "creation_timestamp < 5",
    "experiment_id = '{experiment}'", "foo = 'x'", "lifecycle_stage = 'active'", "name = 'beta' AND metrics.acc > 0",
    "name = 'beta' and tags.team = ''", "name = 'a' OR name = 'b'", "name = beta", "name = \"beta\"", "name = 5",
    "name", "name =", "= 'beta'", "name LIKE", "(name = 'beta')", "NOT name = 'beta'", "name == 'beta'",
    "name = 'beta' AND", "name = '", "metrics.acc", "metrics.acc > 0 AND metrics.acc < 0.5", "name='beta'",
    " name = 'beta' ", "name = 'beta'; DROP TABLE logged_models", "NAME = 'beta'", "metrics.acc > abc",
    "metrics.acc > 1e-1", "name like 'b%'", "name in ('beta')", "name IN ()", "name IN (beta)", "name IN ('beta'",
]  # fmt: skip
for _text in WORDS:

    def _filter(s: Side, text: str = _text) -> None:
        search(s, filter=text)

    area.add(SEARCH, f"filter: {_text}", _filter)

ON_WINE = {"dataset_name": "wine", "dataset_digest": "d1"}
ON_NONE = {"dataset_name": "x", "dataset_digest": "y"}
BY_NAME = {"field_name": "name"}
ORDERS: dict[str, list[Any]] = {
    "a name down": [{"field_name": "name", "ascending": False}], "a name without a direction": [BY_NAME],
    "a metric up": [{"field_name": "metrics.acc", "ascending": True}, BY_NAME],
    "a metric down": [{"field_name": "metrics.acc", "ascending": False}, BY_NAME],
    "a missing metric": [{"field_name": "metrics.missing"}, BY_NAME],
    "a metric on a dataset": [{"field_name": "metrics.acc", **ON_WINE, "ascending": True}, BY_NAME],
    "a metric on a dataset, down": [{"field_name": "metrics.acc", **ON_WINE, "ascending": False}, BY_NAME],
    "a metric on an unknown dataset": [{"field_name": "metrics.acc", **ON_NONE}, BY_NAME],
    "a metric on a dataset without its digest": [{"field_name": "metrics.acc", "dataset_name": "wine"}, BY_NAME],
    "a metric on a digest without a name": [{"field_name": "metrics.acc", "dataset_digest": "d1"}, BY_NAME],
    "a name on a dataset": [{"field_name": "name", **ON_WINE}],
    "a model type": [{"field_name": "model_type"}, BY_NAME],
    "an attribute in full": [{"field_name": "attributes.name"}], "a param": [{"field_name": "params.lr"}],
    "a tag": [{"field_name": "tags.team"}], "an unknown field": [{"field_name": "foo"}],
    "an empty field": [{"field_name": ""}], "no field": [{}],
    "a field twice": [BY_NAME, {"field_name": "name", "ascending": False}], "a text": ["name"],
    "creation_timestamp": [{"field_name": "creation_timestamp", "ascending": True}, BY_NAME], "a number": [5],
    "last_updated_timestamp": [{"field_name": "last_updated_timestamp", "ascending": True}, BY_NAME], "nothing": [],
    "a direction in words": [{"field_name": "name", "ascending": "yes"}], "status": [{"field_name": "status"}, BY_NAME],
}  # fmt: skip
for _what, _order in ORDERS.items():

    def _ordered(s: Side, order: list[Any] = _order) -> None:
        search(s, order_by=order)

    area.add(SEARCH, f"order: {_what}", _ordered)

SENT: dict[str, dict[str, Any]] = {
    "on a dataset": {"datasets": [ON_WINE]},
    "on an unknown dataset": {"datasets": [ON_NONE]},
    "on a dataset with a metric": {"datasets": [ON_WINE], "filter": "metrics.acc > 0.3"},
    "on a dataset with another filter": {"datasets": [ON_WINE], "filter": "model_type = 'torch'"},
    "on a dataset without its digest": {"datasets": [{"dataset_name": "wine"}]},
    "on a digest without a name": {"datasets": [{"dataset_digest": "d1"}]},
    "on two datasets": {"datasets": [ON_WINE, ON_NONE]},
    "on nothing": {"datasets": []}, "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
    "max_results a word": {"max_results": "x"}, "max_results 50000": {"max_results": 50000},
    "max_results 50001": {"max_results": 50001}, "no experiments": {"experiment_ids": []},
    "null experiments": {"experiment_ids": None}, "an unknown experiment": {"experiment_ids": ["987654321"]},
    "a nonsense token": {"page_token": "nonsense"}, "a token of base64": {"page_token": "aGVsbG8="},
    "a filter that is a number": {"filter_": 5}, "an unknown field": {"colour": "red"},
    "an order that is a text": {"order_by": "name"},
}  # fmt: skip
for _what, _sent in SENT.items():

    def _ask(s: Side, sent: dict[str, Any] = _sent) -> None:
        search(s, **sent)

    area.add(SEARCH, _what, _ask)

for _size in (1, 2, 3, 4, 5):

    def _pages(s: Side, size: int = _size) -> None:
        order = [{"field_name": "name", "ascending": True}]
        experiments = [s.scene(models)["experiment"]]
        s.pages("POST", "logged-models/search", {"experiment_ids": experiments, "max_results": size, "order_by": order})

    area.add(SEARCH, f"pages of {_size}", _pages)


@case(SEARCH)
def a_token_of_another_filter(s: Side) -> None:
    order = [{"field_name": "name", "ascending": True}]
    sent = {"experiment_ids": [s.scene(models)["experiment"]], "max_results": 1, "order_by": order}
    token = s.post("logged-models/search", sent)["next_page_token"]
    s.post("logged-models/search", {**sent, "filter": "name = 'beta'", "page_token": token})


@case(SEARCH)
def without_an_order_the_last_created_come_first(s: Side) -> None:
    experiment = s.experiment()
    for name in "abc":
        s.model(experiment, name=name)
    with s.unwritten():
        found = s.post("logged-models/search", {"experiment_ids": [experiment]})["models"]
    keys = [(-one["info"]["creation_timestamp_ms"], one["info"]["model_id"]) for one in found]
    s.say("sorted?", len(keys) == 3 and keys == sorted(keys))


@case(SEARCH)
def deleted_models_are_not_found(s: Side) -> None:
    experiment = s.experiment()
    s.delete(f"logged-models/{s.model(experiment)}")
    s.post("logged-models/search", {"experiment_ids": [experiment]})
