"""The grammars of MLflow's five searchable entities, as its server (3.17, SQL store) has them.

Keys are spelled as on MLflow's wire. A grammar says what may be asked, not where the answer is stored.
"""

from search.grammar import LISTS, NULLS, NUMERIC, TEXT, Field, Kind, Searchable, Type, Wording

_TEXT = Field(Type.STRING, TEXT)
_TEXT_OR_LIST = Field(Type.STRING, TEXT + LISTS)
_TEXT_OR_NULL = Field(Type.STRING, TEXT + NULLS)
_METRIC = Field(Type.FLOAT, NUMERIC)

_RUN_WORDS = {
    Kind.METRIC: ("metric", "metrics"),
    Kind.PARAM: ("param", "params", "parameter", "parameters"),
    Kind.TAG: ("tag", "tags"),
    Kind.ATTRIBUTE: ("attr", "attribute", "attributes", "run"),
    Kind.DATASET: ("dataset", "datasets"),
}

RUNS = Searchable(
    entity="run",
    words={word: kind for kind, words in _RUN_WORDS.items() for word in words},
    wording=Wording(
        unknown_kind="Invalid entity type '{word}'. "
        "Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
        bad_null="IS NULL / IS NOT NULL is only supported for tags and params, not for '{kind}' '{key}'",
    ),
    named={
        Kind.ATTRIBUTE: {
            "run_id": _TEXT_OR_LIST,
            "run_name": Field(Type.STRING, TEXT, aliases=("run name", "Run name", "Run Name")),
            "user_id": _TEXT,
            "status": _TEXT,
            "artifact_uri": _TEXT,
            "start_time": Field(Type.NUMBER, NUMERIC, aliases=("created", "Created")),
            "end_time": Field(Type.NUMBER, NUMERIC),
        },
        Kind.DATASET: {"name": _TEXT_OR_LIST, "digest": _TEXT_OR_LIST, "context": _TEXT_OR_LIST},
    },
    free={Kind.METRIC: _METRIC, Kind.PARAM: _TEXT_OR_NULL, Kind.TAG: _TEXT_OR_NULL},
    ordered=frozenset({Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE}),
)

# Outside of runs MLflow knows `attribute.` but neither `attributes.` nor `attr.`.
_PLAIN_WORDS = {"attribute": Kind.ATTRIBUTE, "tag": Kind.TAG, "tags": Kind.TAG}
_PLAIN_UNKNOWN_KIND = "Invalid entity type '{word}'. Valid entity types are ('attribute', 'tag', 'tags')"

EXPERIMENTS = Searchable(
    entity="experiment",
    words=_PLAIN_WORDS,
    wording=Wording(
        unknown_kind=_PLAIN_UNKNOWN_KIND,
        bad_null="IS NULL / IS NOT NULL is only supported for tags, not for {kind} '{key}'",
    ),
    named={
        Kind.ATTRIBUTE: {
            "name": _TEXT,
            "experiment_id": Field(Type.QUOTED_INTEGER, ("=", "!=", *LISTS)),
            "creation_time": Field(Type.INTEGER, NUMERIC),
            "last_update_time": Field(Type.INTEGER, NUMERIC),
        }
    },
    free={Kind.TAG: _TEXT_OR_NULL},
    repeats=True,
)

_REGISTRY_OPERATOR = "Invalid comparator for {kind}: {op}"
_REGISTRY_VALUE = "Expected a quoted string value or a list of quoted string values for attributes. Got value {found}"

REGISTERED_MODELS = Searchable(
    entity="registered model",
    words=_PLAIN_WORDS,
    wording=Wording(
        unknown_kind=_PLAIN_UNKNOWN_KIND,
        unknown_order_key="Invalid order by key '{key}' specified. Valid keys are '{{{valid}}}'",
        bad_operator=_REGISTRY_OPERATOR,
        bad_attribute_value=_REGISTRY_VALUE,
    ),
    named={
        Kind.ATTRIBUTE: {
            "name": _TEXT_OR_LIST,
            "last_updated_timestamp": Field(Type.INTEGER, NUMERIC, aliases=("timestamp",), filterable=False),
        }
    },
    # A prompt is a registered model with the tag mlflow.prompt.is_prompt: a tag like any other here.
    free={Kind.TAG: _TEXT},
)

MODEL_VERSIONS = Searchable(
    entity="model version",
    words=_PLAIN_WORDS,
    wording=Wording(
        unknown_kind=_PLAIN_UNKNOWN_KIND,
        unknown_order_key="Invalid order by key '{key}' specified. Valid keys are {{{valid}}}",
        bad_operator=_REGISTRY_OPERATOR,
        bad_attribute_value=_REGISTRY_VALUE,
    ),
    named={
        Kind.ATTRIBUTE: {
            "name": _TEXT_OR_LIST,
            "version_number": Field(Type.ANY_INTEGER, NUMERIC),
            "run_id": Field(Type.STRING, TEXT + LISTS, orderable=False),
            "source_path": Field(Type.STRING, TEXT, orderable=False),
            "creation_timestamp": Field(Type.INTEGER, NUMERIC, filterable=False),
            "last_updated_timestamp": Field(Type.INTEGER, NUMERIC, filterable=False),
        }
    },
    free={Kind.TAG: _TEXT},
)

# Logged models have a grammar of their own: four exact words, lists everywhere, values quoted or not.
_LOOSE = Field(Type.LOOSE_STRING, TEXT + LISTS)
_LOGGED_MODEL_TEXTS = (
    "name",
    "model_id",
    "model_type",
    "status",
    "source_run_id",
    "experiment_id",
    "artifact_location",
    "lifecycle_stage",
    "status_message",
)

LOGGED_MODELS = Searchable(
    entity="logged model",
    words={
        "attributes": Kind.ATTRIBUTE,
        "metrics": Kind.METRIC,
        "params": Kind.PARAM,
        "tags": Kind.TAG,
    },
    wording=Wording(
        unknown_kind="Invalid entity type: '{word}'. Expected one of ['attributes', 'metrics', 'params', 'tags'].",
        unknown_order_key="Invalid order by field name: {key}",
        bad_operator="Invalid comparison operator for {name}: '{op}'. Expected one of ({allowed}).",
    ),
    named={
        Kind.ATTRIBUTE: {
            **dict.fromkeys(_LOGGED_MODEL_TEXTS, _LOOSE),
            "creation_timestamp": Field(Type.NUMBER, NUMERIC, aliases=("creation_time", "creation_timestamp_ms")),
            "last_updated_timestamp": Field(
                Type.NUMBER, NUMERIC, aliases=("last_updated_time", "last_updated_timestamp_ms")
            ),
        }
    },
    free={Kind.METRIC: _METRIC, Kind.PARAM: _LOOSE, Kind.TAG: _LOOSE},
    ordered=frozenset({Kind.METRIC, Kind.ATTRIBUTE}),
    repeats=True,
)
