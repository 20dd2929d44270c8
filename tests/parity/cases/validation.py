"""Bodies that are no JSON, fields of a wrong type, text that nobody can keep; on all endpoints that write or list."""

from typing import Any

from tests.parity.case import INVALID, MISSING, Area, better, differs
from tests.parity.side import Side

# A good request each, of which one field at a time is made wrong.
GOOD: dict[str, dict[str, Any]] = {
    "POST experiments/create": {"name": "{name}", "tags": []},
    "POST experiments/update": {"experiment_id": "{experiment}", "new_name": "{name}"},
    "POST experiments/delete": {"experiment_id": "{experiment}"},
    "POST experiments/restore": {"experiment_id": "{deleted_experiment}"},
    "POST experiments/set-experiment-tag": {"experiment_id": "{experiment}", "key": "a", "value": "1"},
    "POST experiments/search": {"max_results": 1, "filter": "name = 'nobody'", "order_by": ["name"]},
    "POST runs/create": {"experiment_id": "{experiment}", "run_name": "r", "user_id": "u", "tags": []},
    "POST runs/update": {"run_id": "{run}", "run_name": "s"},
    "POST runs/delete": {"run_id": "{run}"},
    "POST runs/restore": {"run_id": "{deleted_run}"},
    "POST runs/log-metric": {
        "run_id": "{run}",
        "key": "m",
        "value": 1,
        "timestamp": 1,
        "model_id": "",
        "dataset_name": "",
    },
    "POST runs/log-parameter": {"run_id": "{run}", "key": "p", "value": "1"},
    "POST runs/log-batch": {"run_id": "{run}", "metrics": [], "params": [], "tags": []},
    "POST runs/set-tag": {"run_id": "{run}", "key": "t", "value": "1"},
    "POST runs/delete-tag": {"run_id": "{run}", "key": "t"},
    "POST runs/search": {
        "experiment_ids": ["{experiment}"],
        "filter": "run_name = 'x'",
        "order_by": ["run_name"],
        "page_token": "",
    },
    "POST runs/log-inputs": {"run_id": "{run}", "datasets": []},
    "POST runs/log-model": {"run_id": "{run}", "model_json": "{}"},
    "POST logged-models": {"experiment_id": "{experiment}", "name": "m", "model_type": "t", "params": [], "tags": []},
    "POST logged-models/search": {"experiment_ids": ["{experiment}"], "filter": "name = 'x'", "max_results": 5},
}
WRONG: dict[str, Any] = {"a number": 5, "a truth value": True, "a list": ["x"], "an object": {"x": "y"}}

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"
BODIES = {
    "no JSON": "nonsense", "half of an object": '{"name": ', "an object in Python's words": "{'name': 'x'}",
    "a list": "[]", "a number": "5", "a text": '"x"', "null": "null", "nothing": "", "two objects": "{} {}",
    "a byte order mark": "\ufeff{}", "a trailing comma": '{"name": "x",}', "a comment": '{"name": "x"} // c',
    "a nested text of JSON": '"{\\"name\\": \\"{name}\\"}"',
}  # fmt: skip

REFUSED = better(LOST, stock=(200, ...))
FAILED = better("a wrong type is the caller's mistake, and named")
NO_OBJECT = better("what is no object is the caller's mistake, and told")
UNKEPT = better("PostgreSQL keeps no such text, nor do clients read it again", stock=(200, ...))
JSON_TOO = better(
    "an answer is JSON, in MLflow's own words, whatever it says", stock=(405, ...), ours=(405, "BAD_REQUEST")
)

area = Area(
    "validation",
    {
        **{("POST runs/create", f"user_id is {what}"): REFUSED for what in WRONG},
        **{("POST runs/create", f"tags is {what}"): REFUSED for what in WRONG if what != "a list"},
        **{("POST runs/search", f"page_token is {what}"): REFUSED for what in WRONG},
        **{
            (about, f"{field} is {what}"): FAILED
            for about, field in (
                ("POST experiments/search", "max_results"),
                ("POST runs/log-metric", "timestamp"),
                ("POST logged-models/search", "max_results"),
            )
            for what in ("a list", "an object")
        },
        **{
            ("POST experiments/create", f"a body that is {what}"): NO_OBJECT
            for what in ("a list", "a number", "a text")
        },
        **{("POST runs/search", f"a body that is {what}"): NO_OBJECT for what in ("a number", "a text")},
        **{
            ("POST runs/search", f"a body that is {what}"): REFUSED
            for what in (
                *("no JSON", "half of an object", "an object in Python's words", "a list", "null", "two objects"),
                *("a trailing comma", "a comment"),
            )
        },
        ("POST experiments/create", "a name with NUL"): UNKEPT,
        **{
            (about, f"a value with {what}"): UNKEPT
            for about in ("POST runs/set-tag", "POST runs/log-parameter")
            for what in ("NUL", "half of a surrogate pair", "a lone low surrogate")
        },
        ("GET experiments/get-by-name", "a name with NUL"): differs("no name can hold it", stock=MISSING),
        ("POST runs/create", "a body without a content type"): differs(
            "a body without a type can only be JSON", stock=INVALID, ours=(200, ...)
        ),
        ("POST runs/create", "asked with GET"): JSON_TOO,
        ("GET runs/get", "asked with POST"): JSON_TOO,
        ("POST experiments/search", "asked with PUT"): JSON_TOO,
        ("POST runs/log-batch", "asked with DELETE"): JSON_TOO,
        ("POST runs/create", "an address that nobody offers"): better(
            "an answer is JSON, in MLflow's own words, whatever it says",
            stock=(404, ...),
            ours=(404, "ENDPOINT_NOT_FOUND"),
        ),
        ("GET experiments/get", "a field given twice in a query"): differs(
            "the last of two values counts, as it does in a body", stock=(200, ...), ours=(200, ...)
        ),
    },
)
case, ask = area.case, area.ask

for _about, _good in GOOD.items():
    for _field, _value in _good.items():
        for _what, _wrong in WRONG.items():
            if isinstance(_wrong, type(_value)) or (_field == "value" and _about == "POST runs/log-metric"):
                continue
            ask(_about, f"{_field} is {_what}", {**_good, _field: _wrong})

for _what, _body in BODIES.items():
    ask("POST experiments/create", f"a body that is {_what}", _body)
    ask("POST runs/search", f"a body that is {_what}", _body)

TEXTS = {"NUL": "a\x00b", "half of a surrogate pair": "a\ud800b", "a lone low surrogate": "\udc00"}
for _what, _text in TEXTS.items():
    ask("POST experiments/create", f"a name with {_what}", {"name": _text + "{name}"})
    ask("POST runs/set-tag", f"a value with {_what}", {"run_id": "{run}", "key": "a", "value": _text})
    ask("POST runs/log-parameter", f"a value with {_what}", {"run_id": "{run}", "key": "a", "value": _text})
ask("GET experiments/get-by-name", "a name with NUL", {"experiment_name": "a\x00b"})


@case("POST runs/create")
def a_body_without_a_content_type(s: Side) -> None:
    s.call("POST", "runs/create", f'{{"experiment_id": "{s.experiment()}", "run_name": "r"}}', **{"Content-Type": ""})


@case("POST runs/create")
def a_body_of_another_content_type(s: Side) -> None:
    experiment = s.experiment()
    s.call(
        "POST", "runs/create", f'{{"experiment_id": "{experiment}", "run_name": "r"}}', **{"Content-Type": "text/plain"}
    )


@case("POST runs/create")
def a_content_type_with_a_charset(s: Side) -> None:
    body = f'{{"experiment_id": "{s.experiment()}", "run_name": "r"}}'
    s.call("POST", "runs/create", body, **{"Content-Type": "application/json; charset=utf-8"})


for _about, _method in (
    ("POST runs/create", "GET"),
    ("GET runs/get", "POST"),
    ("POST experiments/search", "PUT"),
    ("POST runs/log-batch", "DELETE"),
):

    def _wrong_method(s: Side, path: str = _about.split(" ")[1], method: str = _method) -> None:
        s.call(method, path, {})

    area.add(_about, f"asked with {_method}", _wrong_method)


@case("POST runs/create")
def an_address_that_nobody_offers(s: Side) -> None:
    s.call("POST", "runs/nonsense", {})


@case("POST runs/create")
def the_same_under_ajax_api(s: Side) -> None:
    s.post("/ajax-api/2.0/mlflow/runs/create", {"experiment_id": s.experiment(), "run_name": "r"})


@case("GET experiments/get")
def a_field_given_twice_in_a_query(s: Side) -> None:
    s.get("experiments/get", {"experiment_id": [s.experiment(), "0"]})


@case("POST experiments/create")
def a_field_given_twice_in_a_body(s: Side) -> None:
    s.post("experiments/create", f'{{"name": "x", "name": "{s.name()}"}}')
