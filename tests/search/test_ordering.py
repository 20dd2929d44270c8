"""What order_by means, entity by entity."""

import pytest

from search import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MAX_CLAUSES,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Kind,
    Order,
    SearchError,
    parse_order_by,
    parse_order_field,
)

METRIC, PARAM, TAG, ATTRIBUTE = Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE

MEANINGS = [
    (RUNS, "metrics.loss", METRIC, "loss", True),
    (RUNS, "metrics.loss ASC", METRIC, "loss", True),
    (RUNS, "  metric.loss\n DeSc ", METRIC, "loss", False),
    (RUNS, "metrics.`val/loss 1` DESC", METRIC, "val/loss 1", False),
    (RUNS, 'metrics."val loss" asc', METRIC, "val loss", True),
    (RUNS, "metrics.'val loss' asc", METRIC, "val loss", True),
    (RUNS, "metrics.desc desc", METRIC, "desc", False),
    (RUNS, "params.lr", PARAM, "lr", True),
    (RUNS, "tags.mlflow.user DESC", TAG, "mlflow.user", False),
    (RUNS, "attributes.start_time desc", ATTRIBUTE, "start_time", False),
    (RUNS, "Created", ATTRIBUTE, "start_time", True),
    (RUNS, "`end_time` DESC", ATTRIBUTE, "end_time", False),
    (EXPERIMENTS, "creation_time DESC", ATTRIBUTE, "creation_time", False),
    (EXPERIMENTS, "experiment_id", ATTRIBUTE, "experiment_id", True),
    (EXPERIMENTS, "attribute.name desc", ATTRIBUTE, "name", False),
    (REGISTERED_MODELS, "name ASC", ATTRIBUTE, "name", True),
    (REGISTERED_MODELS, "timestamp desc", ATTRIBUTE, "last_updated_timestamp", False),
    (REGISTERED_MODELS, "last_updated_timestamp", ATTRIBUTE, "last_updated_timestamp", True),
    (MODEL_VERSIONS, "version_number DESC", ATTRIBUTE, "version_number", False),
    (MODEL_VERSIONS, "creation_timestamp", ATTRIBUTE, "creation_timestamp", True),
]


@pytest.mark.parametrize(("searchable", "clause", "kind", "key", "ascending"), MEANINGS)
def test_a_clause_names_a_key_and_a_direction(searchable, clause, kind, key, ascending):
    assert parse_order_by([clause], searchable) == [Order(kind, key, ascending)]


@pytest.mark.parametrize("clauses", [None, [], ()])
def test_no_clauses_mean_no_order(clauses):
    assert parse_order_by(clauses, RUNS) == []


def test_clauses_keep_their_order():
    found = parse_order_by(["params.a", "metrics.a desc", "tags.a"], RUNS)

    assert found == [Order(PARAM, "a"), Order(METRIC, "a", ascending=False), Order(TAG, "a")]


@pytest.mark.parametrize(
    ("searchable", "clauses"),
    [
        (RUNS, ["metrics.a", "metrics.a DESC"]),
        (RUNS, ["metrics.a", "metric.`a`"]),
        (RUNS, ["start_time", "Created DESC"]),
        (REGISTERED_MODELS, ["timestamp", "last_updated_timestamp"]),
        (MODEL_VERSIONS, ["version_number", "attribute.version_number"]),
    ],
)
def test_a_key_named_twice_is_refused(searchable, clauses):
    with pytest.raises(SearchError, match="`order_by` contains duplicate fields"):
        parse_order_by(clauses, searchable)


def test_experiments_may_name_a_key_twice_and_the_first_counts():
    assert parse_order_by(["name", "name desc", "creation_time"], EXPERIMENTS) == [
        Order(ATTRIBUTE, "name"),
        Order(ATTRIBUTE, "creation_time"),
    ]


REFUSALS = [
    (RUNS, "", "Invalid order_by clause ''. Could not be parsed."),
    (RUNS, "metrics.a, metrics.b", "Invalid order_by clause 'metrics.a, metrics.b'. Could not be parsed."),
    (RUNS, "metrics.a ASC DESC", "Invalid order_by clause 'metrics.a ASC DESC'. Could not be parsed."),
    (RUNS, "metrics.a foo", "Invalid ordering key in order_by clause 'metrics.a foo'."),
    (RUNS, "metrics.a 1", "Invalid order_by clause 'metrics.a 1'. Could not be parsed."),
    (RUNS, "'metrics.a'", "Invalid order_by clause ''metrics.a''. Could not be parsed."),
    (RUNS, "foo", "Invalid attribute key 'foo' specified."),
    (RUNS, "foo.bar", "Invalid entity type 'foo'."),
    (RUNS, "dataset.name", "Invalid order_by entity: dataset"),
    (EXPERIMENTS, "tags.a", "Invalid order_by entity: tag"),
    (EXPERIMENTS, "metrics.a", "Invalid entity type 'metrics'."),
    (REGISTERED_MODELS, "foo", "Invalid order by key 'foo' specified. Valid keys are '{'last_updated_timestamp', "),
    (MODEL_VERSIONS, "tags.a", "Invalid order by key 'a' specified. Valid keys are {'creation_timestamp', "),
    (MODEL_VERSIONS, "run_id", "Invalid order by key 'run_id' specified."),
]


@pytest.mark.parametrize(("searchable", "clause", "message"), REFUSALS)
def test_a_clause_that_cannot_be_understood_is_refused(searchable, clause, message):
    with pytest.raises(SearchError) as refusal:
        parse_order_by([clause], searchable)

    assert refusal.value.message.startswith(message)


def test_too_many_clauses_are_refused():
    with pytest.raises(SearchError, match="at most 100 fields"):
        parse_order_by([f"metrics.m{n}" for n in range(MAX_CLAUSES + 1)], RUNS)


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("metrics.loss", METRIC, "loss"),
        ("metrics.val/loss 1.`x`", METRIC, "val/loss 1.`x`"),
        ("name", ATTRIBUTE, "name"),
        (" creation_time ", ATTRIBUTE, "creation_timestamp"),
        ("last_updated_timestamp", ATTRIBUTE, "last_updated_timestamp"),
    ],
)
def test_logged_models_are_ordered_by_plain_field_names(name, kind, key):
    assert parse_order_field(name, LOGGED_MODELS, ascending=False) == Order(kind, key, ascending=False)


@pytest.mark.parametrize("name", ["", "foo", "params.lr", "tags.a", "metric.a", "attributes.name", ".", "a\x00", '"'])
def test_logged_models_are_ordered_by_nothing_else(name):
    with pytest.raises(SearchError):
        parse_order_field(name, LOGGED_MODELS)
