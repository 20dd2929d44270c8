"""Logged models: create, finalize, params, tags, delete."""

from typing import Any

from tests.parity.case import INVALID, MISSING, Area, better, differs
from tests.parity.side import Side

CREATE = "POST logged-models"
GET = "GET logged-models/<model_id>"
FINALIZE = "PATCH logged-models/<model_id>"
DELETE = "DELETE logged-models/<model_id>"
PARAMS = "POST logged-models/<model_id>/params"
SET_TAGS = "PATCH logged-models/<model_id>/tags"
DELETE_TAG = "DELETE logged-models/<model_id>/tags/<tag_key>"

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"
REFUSED = better(LOST, stock=(200, ...))
NO_KEY = differs("a param or tag without a key can neither be searched nor changed")
NO_STATUS = better("the stock server takes what is no status of a model for one", stock=(200, ...))
AGAIN = better("what a client sends again is no error", stock=(400, "BAD_REQUEST"), ours=(200, ...))
SAID = better("the client is told what is wrong, not an SQL statement", stock=(400, "BAD_REQUEST"))
LENGTH = differs("a key has a length, as the stock server's own column has", stock=(200, {}))

area = Area(
    "logged_models",
    {
        (CREATE, "a param twice with one value"): AGAIN,
        (CREATE, "a param twice with two values"): SAID,
        (CREATE, "the last of two tags with one key"): AGAIN,
        (CREATE, "a param without a key"): NO_KEY,
        (CREATE, "a tag without a key"): NO_KEY,
        (CREATE, "a param's value that is a number"): REFUSED,
        **{
            (FINALIZE, f"status {status!r}"): NO_STATUS
            for status in ("LOGGED_MODEL_STATUS_UNSPECIFIED", "READY", "FAILED", "nonsense", 0, 9, True)
        },
        (FINALIZE, "an unknown model"): differs("the model is named in the path", ours=MISSING),
        (PARAMS, "a param sent twice"): AGAIN,
        (PARAMS, "a param with another value"): SAID,
        (PARAMS, "a param without a key"): NO_KEY,
        (PARAMS, "a key of 256 characters, a value of 10"): LENGTH,
        (SET_TAGS, "a tag without a key"): NO_KEY,
        (SET_TAGS, "a value that is a number"): REFUSED,
        (SET_TAGS, "a key of 256 characters, a value of 10"): LENGTH,
    },
)
case, ask = area.case, area.ask


def shown(s: Side, model: str) -> None:
    s.get(f"logged-models/{model}")


@case(CREATE)
def a_model_is_found_as_it_was_created(s: Side) -> None:
    run = s.run()
    model = s.model(
        model_type="sklearn",
        source_run_id=run,
        params=[{"key": "a", "value": "1"}],
        tags=[{"key": "t", "value": "2"}, {"key": "u", "value": ""}],
    )
    shown(s, model)


@case(CREATE)
def a_model_without_a_name_gets_a_nickname(s: Side) -> None:
    s.post("logged-models", {"experiment_id": s.experiment()})


@case(CREATE)
def two_models_may_have_one_name(s: Side) -> None:
    experiment = s.experiment()
    s.model(experiment)
    s.model(experiment)


NAMES = {
    "a slash": "a/b", "a colon": "a:b", "a dot": "a.b", "a percent sign": "a%b", "a quote": "a'b",
    "a double quote": 'a"b', "Unicode": "größe 漢字", "a blank": "a b", "blanks only": "  ", "a line break": "a\nb",
    "a backslash": "a\\b", "a question mark": "a?", "500 characters": "x" * 500, "nothing": "",
}  # fmt: skip
for _what, _name in NAMES.items():
    ask(CREATE, f"a name with {_what}", {"experiment_id": "{experiment}", "name": _name})
ask(CREATE, "a null name", {"experiment_id": "{experiment}", "name": None})
ask(CREATE, "a name that is a number", {"experiment_id": "{experiment}", "name": 5})
ask(CREATE, "no experiment", {"name": "m"})
ask(CREATE, "an empty experiment", {"experiment_id": "", "name": "m"})
ask(CREATE, "an unknown experiment", {"experiment_id": "987654321", "name": "m"})
ask(CREATE, "a word for an experiment", {"experiment_id": "abc", "name": "m"})
ask(CREATE, "an unknown source run", {"experiment_id": "{experiment}", "name": "m", "source_run_id": "0" * 32})
ask(CREATE, "an empty source run", {"experiment_id": "{experiment}", "name": "m", "source_run_id": ""})
ask(CREATE, "a model type of 500 characters", {"experiment_id": "{experiment}", "name": "m", "model_type": "x" * 500})
ask(CREATE, "an unknown field", {"experiment_id": "{experiment}", "name": "m", "colour": "red"})
ask(
    CREATE,
    "a param twice with one value",
    {"experiment_id": "{experiment}", "name": "m", "params": [{"key": "a", "value": "1"}] * 2},
)
ask(CREATE, "a param without a value", {"experiment_id": "{experiment}", "name": "m", "params": [{"key": "a"}]})
ask(CREATE, "a param without a key", {"experiment_id": "{experiment}", "name": "m", "params": [{"value": "a"}]})
ask(CREATE, "a tag without a value", {"experiment_id": "{experiment}", "name": "m", "tags": [{"key": "a"}]})
ask(CREATE, "a tag without a key", {"experiment_id": "{experiment}", "name": "m", "tags": [{"value": "a"}]})
ask(CREATE, "params that are an object", {"experiment_id": "{experiment}", "name": "m", "params": {"a": "1"}})
ask(CREATE, "tags that are a text", {"experiment_id": "{experiment}", "name": "m", "tags": "a"})
ask(
    CREATE,
    "a param's value that is a number",
    {"experiment_id": "{experiment}", "name": "m", "params": [{"key": "a", "value": 1}]},
)


@case(CREATE)
def the_last_of_two_tags_with_one_key(s: Side) -> None:
    shown(s, s.model(tags=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]))


@case(CREATE)
def a_param_twice_with_two_values(s: Side) -> None:
    s.model(params=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}])


ask(GET, "an unknown model", {}, path="logged-models/m-" + "0" * 32, says="not found")
ask(GET, "a model that is a word", {}, path="logged-models/nonsense")
ask(GET, "a new model", {})
ask(GET, "a new model, allowing deleted ones", {"allow_deleted": "true"})

for _status in (
    "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_STATUS_UNSPECIFIED",
    "READY", "FAILED", "nonsense", "", 2, 3, 0, 9, None, True,
):  # fmt: skip

    def _finalize(s: Side, status: Any = _status) -> None:
        model = s.model()
        s.patch(f"logged-models/{model}", {"model_id": model, "status": status})
        shown(s, model)

    area.add(FINALIZE, f"status {_status!r}", _finalize)


@case(FINALIZE)
def a_model_may_be_finalized_twice(s: Side) -> None:
    model = s.model()
    s.patch(f"logged-models/{model}", {"model_id": model, "status": "LOGGED_MODEL_READY"})
    s.patch(f"logged-models/{model}", {"model_id": model, "status": "LOGGED_MODEL_UPLOAD_FAILED"})


IN_PATH = differs("the model is named in the path", stock=INVALID, ours=(200, ...))
ask(FINALIZE, "a model in the path only", {"status": "LOGGED_MODEL_READY"}, IN_PATH)
ask(PARAMS, "a model in the path only", {"params": []}, IN_PATH)
ask(FINALIZE, "no status", {"model_id": "{model}"})
ask(
    FINALIZE,
    "an unknown model",
    {"model_id": "{model}", "status": "LOGGED_MODEL_READY"},
    path="logged-models/m-" + "0" * 32,
)
ask(FINALIZE, "an unknown field", {"model_id": "{model}", "status": "LOGGED_MODEL_READY", "x": 1})


@case(DELETE)
def a_deleted_model_is_not_found(s: Side) -> None:
    model = s.model()
    s.delete(f"logged-models/{model}")
    shown(s, model)
    s.get(f"logged-models/{model}", {"allow_deleted": "true"})


@case(DELETE)
def a_model_is_deleted_once(s: Side) -> None:
    model = s.model()
    s.delete(f"logged-models/{model}")
    s.delete(f"logged-models/{model}")


@case(DELETE)
def a_deleted_model_takes_writes(s: Side) -> None:
    model = s.model()
    s.delete(f"logged-models/{model}")
    s.patch(f"logged-models/{model}", {"model_id": model, "status": "LOGGED_MODEL_READY"})


@case(DELETE)
def a_deleted_model_takes_tags(s: Side) -> None:
    model = s.model()
    s.delete(f"logged-models/{model}")
    s.patch(f"logged-models/{model}/tags", {"tags": [{"key": "a", "value": "1"}]})


@case(DELETE)
def a_deleted_model_takes_params(s: Side) -> None:
    model = s.model()
    s.delete(f"logged-models/{model}")
    s.post(f"logged-models/{model}/params", {"model_id": model, "params": [{"key": "a", "value": "1"}]})


ask(DELETE, "an unknown model", {}, path="logged-models/m-" + "0" * 32)


@case(PARAMS)
def params_are_added(s: Side) -> None:
    model = s.model(params=[{"key": "a", "value": "1"}])
    s.post(
        f"logged-models/{model}/params",
        {"model_id": model, "params": [{"key": "b", "value": "2"}, {"key": "c", "value": ""}]},
    )
    shown(s, model)


@case(PARAMS)
def a_param_sent_twice(s: Side) -> None:
    model = s.model()
    for _ in range(2):
        s.post(f"logged-models/{model}/params", {"model_id": model, "params": [{"key": "a", "value": "1"}]})
    shown(s, model)


@case(PARAMS)
def a_param_with_another_value(s: Side) -> None:
    model = s.model(params=[{"key": "a", "value": "1"}])
    s.post(f"logged-models/{model}/params", {"model_id": model, "params": [{"key": "a", "value": "2"}]})
    shown(s, model)


ask(
    PARAMS,
    "an unknown model",
    {"model_id": "{model}", "params": [{"key": "a", "value": "1"}]},
    path="logged-models/m-" + "0" * 32 + "/params",
)
ask(PARAMS, "no params", {"model_id": "{model}"})
ask(PARAMS, "a param without a key", {"model_id": "{model}", "params": [{"value": "1"}]})
ask(PARAMS, "a key with a double slash", {"model_id": "{model}", "params": [{"key": "a//b", "value": "1"}]})
ask(PARAMS, "a key in Chinese", {"model_id": "{model}", "params": [{"key": "漢字", "value": "1"}]})
ask(PARAMS, "params that are a text", {"model_id": "{model}", "params": "a"})
for _key, _value in ((250, 10), (251, 10), (255, 10), (256, 10), (10, 6000), (10, 6001)):
    ask(
        PARAMS,
        f"a key of {_key} characters, a value of {_value}",
        {"model_id": "{model}", "params": [{"key": "k" * _key, "value": "v" * _value}]},
    )


@case(SET_TAGS)
def tags_are_overwritten(s: Side) -> None:
    model = s.model(tags=[{"key": "a", "value": "1"}])
    s.patch(f"logged-models/{model}/tags", {"tags": [{"key": "a", "value": "2"}, {"key": "b", "value": ""}]})
    shown(s, model)


ask(SET_TAGS, "an unknown model", {"tags": [{"key": "a", "value": "1"}]}, path="logged-models/m-" + "0" * 32 + "/tags")
ask(SET_TAGS, "no tags", {})
ask(SET_TAGS, "a tag without a key", {"tags": [{"value": "1"}]})
ask(SET_TAGS, "a tag without a value", {"tags": [{"key": "a"}]})
ask(SET_TAGS, "a key with a double slash", {"tags": [{"key": "a//b", "value": "1"}]})
ask(SET_TAGS, "a key in Chinese", {"tags": [{"key": "漢字", "value": "1"}]})
ask(SET_TAGS, "a value that is a number", {"tags": [{"key": "a", "value": 1}]})
for _key, _value in ((250, 10), (251, 10), (255, 10), (256, 10), (10, 8000), (10, 8001)):
    ask(
        SET_TAGS,
        f"a key of {_key} characters, a value of {_value}",
        {"tags": [{"key": "k" * _key, "value": "v" * _value}]},
    )


@case(DELETE_TAG)
def a_deleted_tag_is_gone(s: Side) -> None:
    model = s.model(tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    s.delete(f"logged-models/{model}/tags/a")
    shown(s, model)
    s.delete(f"logged-models/{model}/tags/a")


@case(DELETE_TAG)
def a_tag_with_a_dot_is_deleted(s: Side) -> None:
    model = s.model(tags=[{"key": "a.b c", "value": "1"}])
    s.delete(f"logged-models/{model}/tags/a.b%20c")
    shown(s, model)


@case(DELETE_TAG, differs("the client does not quote the slashes of keys", stock=(404, ...), ours=(200, {})))
def a_tag_with_a_slash_is_deleted(s: Side) -> None:
    model = s.model(tags=[{"key": "a/b", "value": "1"}])
    s.delete(f"logged-models/{model}/tags/a/b")


ask(DELETE_TAG, "an unknown model", {}, path="logged-models/m-" + "0" * 32 + "/tags/a")
