"""What filters mean, entity by entity."""

import pytest

from search import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Comparison,
    Kind,
    SearchError,
    parse_filter,
)

METRIC, PARAM, TAG, ATTRIBUTE, DATASET = Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE, Kind.DATASET

MEANINGS = [
    (RUNS, "metrics.acc > 0.9", METRIC, "acc", ">", 0.9),
    (RUNS, "metric.acc>=-1e-3", METRIC, "acc", ">=", -0.001),
    (RUNS, "metrics.acc != .5", METRIC, "acc", "!=", 0.5),
    (RUNS, "metrics.acc < 5.", METRIC, "acc", "<", 5.0),
    (RUNS, "metrics.acc <= 1e+20", METRIC, "acc", "<=", 1e20),
    (RUNS, "metrics.acc = 1e400", METRIC, "acc", "=", float("inf")),
    (RUNS, "metrics.`val/loss 1` = 3", METRIC, "val/loss 1", "=", 3.0),
    (RUNS, 'metrics."val-loss" = 3', METRIC, "val-loss", "=", 3.0),
    (RUNS, "metrics.'val loss' = 3", METRIC, "val loss", "=", 3.0),
    (RUNS, "`metrics`.a.b.c = 3", METRIC, "a.b.c", "=", 3.0),
    (RUNS, "metrics.select = 3", METRIC, "select", "=", 3.0),
    (RUNS, "metrics.and = 3", METRIC, "and", "=", 3.0),
    (RUNS, "metrics.größe = 3", METRIC, "größe", "=", 3.0),
    (RUNS, "params.lr = '0.1'", PARAM, "lr", "=", "0.1"),
    (RUNS, 'param.lr = "0.1"', PARAM, "lr", "=", "0.1"),
    (RUNS, "parameter.lr like '0.%'", PARAM, "lr", "LIKE", "0.%"),
    (RUNS, "parameters.lr Ilike '0.%'", PARAM, "lr", "ILIKE", "0.%"),
    (RUNS, "params.lr IS NULL", PARAM, "lr", "IS NULL", None),
    (RUNS, "params.lr is  not\n null", PARAM, "lr", "IS NOT NULL", None),
    (RUNS, "params.lr = ''", PARAM, "lr", "=", ""),
    (RUNS, "tags.mlflow.source.name = 'x'", TAG, "mlflow.source.name", "=", "x"),
    (RUNS, "tag.`mlflow.user` != 'x'", TAG, "mlflow.user", "!=", "x"),
    (RUNS, "tags.a IS NOT NULL", TAG, "a", "IS NOT NULL", None),
    (RUNS, "status = 'FINISHED'", ATTRIBUTE, "status", "=", "FINISHED"),
    (RUNS, "attr.status = 'FINISHED'", ATTRIBUTE, "status", "=", "FINISHED"),
    (RUNS, "attribute.status = 'FINISHED'", ATTRIBUTE, "status", "=", "FINISHED"),
    (RUNS, "attributes.`status` = 'FINISHED'", ATTRIBUTE, "status", "=", "FINISHED"),
    (RUNS, "run.\"status\" = 'FINISHED'", ATTRIBUTE, "status", "=", "FINISHED"),
    (RUNS, "`Run name` = 'x'", ATTRIBUTE, "run_name", "=", "x"),
    (RUNS, "attributes.`run name` = 'x'", ATTRIBUTE, "run_name", "=", "x"),
    (RUNS, "created > 5", ATTRIBUTE, "start_time", ">", 5),
    (RUNS, "Created > 5.5", ATTRIBUTE, "start_time", ">", 5.5),
    (RUNS, "end_time <= 1e3", ATTRIBUTE, "end_time", "<=", 1000.0),
    (RUNS, "run_id IN ('a', \"b\",)", ATTRIBUTE, "run_id", "IN", ("a", "b")),
    (RUNS, "attributes.run_id not  in('a')", ATTRIBUTE, "run_id", "NOT IN", ("a",)),
    (RUNS, "dataset.name IN ('a', 'b')", DATASET, "name", "IN", ("a", "b")),
    (RUNS, "datasets.digest = 'x'", DATASET, "digest", "=", "x"),
    (RUNS, "dataset.context ILIKE 'Train'", DATASET, "context", "ILIKE", "Train"),
    (EXPERIMENTS, "name ILIKE '%a%'", ATTRIBUTE, "name", "ILIKE", "%a%"),
    (EXPERIMENTS, "attribute.name like '%a%'", ATTRIBUTE, "name", "LIKE", "%a%"),
    (EXPERIMENTS, "experiment_id = '7'", ATTRIBUTE, "experiment_id", "=", 7),
    (EXPERIMENTS, "experiment_id NOT IN ('7', '8')", ATTRIBUTE, "experiment_id", "NOT IN", (7, 8)),
    (EXPERIMENTS, "creation_time >= 5", ATTRIBUTE, "creation_time", ">=", 5),
    (EXPERIMENTS, "last_update_time < 5", ATTRIBUTE, "last_update_time", "<", 5),
    (EXPERIMENTS, "tags.a IS NULL", TAG, "a", "IS NULL", None),
    (REGISTERED_MODELS, "name LIKE 'a%'", ATTRIBUTE, "name", "LIKE", "a%"),
    (REGISTERED_MODELS, "name IN ('a')", ATTRIBUTE, "name", "IN", ("a",)),
    (REGISTERED_MODELS, "tags.`mlflow.prompt.is_prompt` = 'true'", TAG, "mlflow.prompt.is_prompt", "=", "true"),
    (MODEL_VERSIONS, "version_number > 3", ATTRIBUTE, "version_number", ">", 3),
    (MODEL_VERSIONS, "version_number = '3'", ATTRIBUTE, "version_number", "=", 3),
    (MODEL_VERSIONS, "run_id NOT IN ('a')", ATTRIBUTE, "run_id", "NOT IN", ("a",)),
    (MODEL_VERSIONS, "source_path = 's3://x/y'", ATTRIBUTE, "source_path", "=", "s3://x/y"),
    (MODEL_VERSIONS, "tag.a != 'b'", TAG, "a", "!=", "b"),
    (LOGGED_MODELS, "metrics.acc > 1", METRIC, "acc", ">", 1.0),
    (LOGGED_MODELS, "params.lr = 0.01", PARAM, "lr", "=", "0.01"),
    (LOGGED_MODELS, "params.lr = abc", PARAM, "lr", "=", "abc"),
    (LOGGED_MODELS, 'params.lr = "abc"', PARAM, "lr", "=", "abc"),
    (LOGGED_MODELS, "tags.a IN ('x', 'y')", TAG, "a", "IN", ("x", "y")),
    (LOGGED_MODELS, "attributes.model_type = 'x'", ATTRIBUTE, "model_type", "=", "x"),
    (LOGGED_MODELS, "creation_time > 5", ATTRIBUTE, "creation_timestamp", ">", 5),
    (LOGGED_MODELS, "creation_timestamp_ms > 5", ATTRIBUTE, "creation_timestamp", ">", 5),
    (LOGGED_MODELS, "attributes.last_updated_time > 5", ATTRIBUTE, "last_updated_timestamp", ">", 5),
]


@pytest.mark.parametrize(("searchable", "text", "kind", "key", "op", "value"), MEANINGS)
def test_a_comparison_means_what_it_says(searchable, text, kind, key, op, value):
    found = parse_filter(text, searchable)

    assert found == [Comparison(kind, key, op, value)]
    assert type(found[0].value) is type(value)


@pytest.mark.parametrize("text", [None, ""])
def test_no_filter_means_no_comparisons(text):
    assert parse_filter(text, RUNS) == []


@pytest.mark.parametrize(
    "text",
    [
        "metrics.a = 1 AND params.b = 'c'",
        "metrics.a = 1 and params.b = 'c'",
        "\tmetrics.a=1\nAnD\r\nparams.b='c'  ",
        "AND metrics.a = 1 AND AND params.b = 'c' AND",
        "metrics.a = 1 params.b = 'c'",
        "metrics.a = 1AND params.b = 'c'".replace("1A", "1 A"),
    ],
)
def test_comparisons_are_joined_by_and_however_it_is_written(text):
    assert parse_filter(text, RUNS) == [Comparison(METRIC, "a", "=", 1.0), Comparison(PARAM, "b", "=", "c")]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("'it''s'", "it''s"),
        (r"'it\'s'", r"it\'s"),
        ('"it\'s"', "it's"),
        ('"say ""so"""', 'say ""so""'),
        (r"'C:\dir'", r"C:\dir"),
        ("'C:\\dir\\'", "C:\\dir\\"),
        ("'a AND b = 1'", "a AND b = 1"),
        ("'日本\U0001f600\t\n'", "日本\U0001f600\t\n"),
        ("'`'", "`"),
        ("''''", "''"),
    ],
)
def test_a_value_is_what_stands_between_its_quotes_with_escapes_unresolved(literal, value):
    assert parse_filter(f"params.a = {literal}", RUNS)[0].value == value
    assert parse_filter(f"run_id IN ({literal})", RUNS)[0].value == (value,)


REFUSALS = [
    (RUNS, "metrics.a = 1 OR metrics.b = 2", "Invalid clause(s) in filter string: 'OR'", 14),
    (RUNS, "NOT metrics.a = 1", "Invalid clause(s) in filter string: 'NOT'", 0),
    (RUNS, "(metrics.a = 1)", "Invalid clause(s) in filter string: '('", 0),
    (RUNS, "metrics.a = 1;", "Invalid clause(s) in filter string: ';'", 13),
    (RUNS, "metrics.a", "Invalid clause(s) in filter string: 'metrics.a' is incomplete", 9),
    (RUNS, "metrics.a >", "Invalid clause(s) in filter string: 'metrics.a >' is incomplete", 11),
    (RUNS, "hello world", "Invalid clause(s) in filter string: 'hello'", 0),
    (RUNS, "   ", "Invalid filter '   '. Could not be parsed.", 0),
    (RUNS, "params.a = 'b", "Invalid clause(s) in filter string: '''", 11),
    (RUNS, "metrics.a-b = 1", "Invalid comparison clause. Expected 'Identifier' found 'metrics.a-'", 9),
    (RUNS, "1 = metrics.a", "Invalid comparison clause. Expected 'Identifier' found '1'", 0),
    (RUNS, "metrics.`a`.b = 1", "Quote the whole key in metrics.`a`.b, not a part of it", 0),
    (RUNS, "foo.bar = 1", "Invalid entity type 'foo'. Valid values are ['metric', 'parameter',", 0),
    (RUNS, "Metrics.a = 1", "Invalid entity type 'Metrics'.", 0),
    (RUNS, "foo = 'x'", "Invalid attribute key 'foo' specified. Valid keys are '{'Created', 'Run Name',", 0),
    (RUNS, "dataset.foo = 'x'", "Invalid dataset key 'foo' specified. Valid keys are '{'context', ", 0),
    (RUNS, "metrics.a = 'x'", "Expected numeric value type for metric. Found 'x'", 12),
    (RUNS, "metrics.a IN (1, 2)", "Expected numeric value type for metric. Found (1, 2)", 13),
    (RUNS, "metrics.a == 1", "Invalid comparator '==' not one of '{'=', '!=', '<', '<=', '>', '>='}'", 10),
    (RUNS, "metrics.a IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'", 0),
    (RUNS, "params.a = 5", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 5", 11),
    (RUNS, "params.a = b", "Parameter value is either not quoted or unidentified quote types used", 11),
    (RUNS, "params.a IN ('x')", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('x')", 12),
    (RUNS, "params.a IN ()", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ()", 12),
    (RUNS, "params.a NOT LIKE 'x'", "Invalid comparator 'NOT LIKE' not one of", 9),
    (RUNS, "start_time > '5'", "Expected numeric value type for numeric attribute: start_time. Found '5'", 13),
    (RUNS, "start_time > 1e400", "Invalid value for numeric attribute 'start_time': '1e400'", 13),
    (RUNS, "start_time > 9223372036854775808", "Invalid value for numeric attribute 'start_time'", 13),
    (RUNS, "status IN ('a')", "Only ['run_id'] attributes support comparison with a list of quoted string values.", 10),
    (RUNS, "run_id = ('a')", "Invalid comparator '=' for a list. Use IN or NOT IN", 7),
    (RUNS, "run_id IN 'a'", "Invalid clause(s) in filter string: ''a''", 10),
    (
        RUNS,
        "run_id IN ()",
        "While parsing a list in the query, expected a non-empty list of string values, but got empty",
        10,
    ),
    (RUNS, "run_id IN ('a' 'b')", "While parsing a list in the query, expected a non-empty list of string values", 15),
    (RUNS, "run_id IN (('a'))", "While parsing a list in the query, expected a non-empty list of string values", 11),
    (RUNS, "run_id IN ('a', 5)", "While parsing a list in the query, expected string value, punctuation", 10),
    (RUNS, "dataset.name = 5", "Expected a quoted string value for dataset attributes. Got value 5", 15),
    (
        EXPERIMENTS,
        "metrics.a = 1",
        "Invalid entity type 'metrics'. Valid entity types are ('attribute', 'tag', 'tags')",
        0,
    ),
    (EXPERIMENTS, "attributes.name = 'x'", "Invalid entity type 'attributes'.", 0),
    (EXPERIMENTS, "creation_time > 5.5", "Invalid value for numeric attribute 'creation_time': '5.5'", 16),
    (EXPERIMENTS, "experiment_id = 'x'", "Invalid experiment ID 'x'. Experiment ID must be a valid integer.", 16),
    (EXPERIMENTS, "experiment_id IN ('1', 'x')", "Invalid experiment ID 'x'.", 17),
    (EXPERIMENTS, "name IS NULL", "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'", 0),
    (REGISTERED_MODELS, "tags.a > 'b'", "Invalid comparator for tag: >", 7),
    (REGISTERED_MODELS, "tags.a IS NULL", "IS NULL / IS NOT NULL is not supported for 'tag' 'a'", 0),
    (REGISTERED_MODELS, "timestamp > 5", "Invalid attribute key 'timestamp' specified. Valid keys are '{'name'}'", 0),
    (MODEL_VERSIONS, "name = 5", "Expected a quoted string value or a list of quoted string values for attributes", 7),
    (MODEL_VERSIONS, "version_number = 'x'", "Invalid value for numeric attribute 'version_number': 'x'", 17),
    (MODEL_VERSIONS, "source_path IN ('x')", "Only ['name', 'run_id'] attributes support", 15),
    (MODEL_VERSIONS, "creation_timestamp > 5", "Invalid attribute key 'creation_timestamp' specified.", 0),
    (LOGGED_MODELS, "metric.a > 1", "Invalid entity type: 'metric'. Expected one of ['attributes',", 0),
    (LOGGED_MODELS, "metrics.a == 1", "Invalid comparison operator for metrics.a: '=='. Expected one of ('=', ", 10),
    (LOGGED_MODELS, "params.a = AND", "Parameter value is either not quoted", 11),
]


@pytest.mark.parametrize(("searchable", "text", "message", "position"), REFUSALS)
def test_what_cannot_be_understood_is_refused_with_its_place_and_reason(searchable, text, message, position):
    with pytest.raises(SearchError) as refusal:
        parse_filter(text, searchable)

    assert refusal.value.message.startswith(message)
    assert refusal.value.message.endswith(f"(at position {position})")
    assert refusal.value.position == position
    assert str(refusal.value) == refusal.value.message
