"""The hot reads: what the JSON of models and versions says, for a page of them."""

from collections.abc import Iterable

from lib.statements import Rows, database, rows
from registry.facts import ModelFacts, VersionFacts
from registry.models import Stage

# As `VersionFacts` and `ModelFacts` begin.
VERSION = """
    v.id, v.model_id, m.name, v.number, v.semver, v.is_explicit, v.created_ms, v.updated_ms, v.stage, v.description,
    v.source, COALESCE(r.uuid, ''), v.run_link
"""
MODEL = "m.id, m.name, m.created_ms, m.updated_ms, m.description"
VERSION_COLUMNS, MODEL_COLUMNS = 13, 5
# The model and the run by primary key.
VERSIONS = """
    registry_modelversion v JOIN registry_registeredmodel m ON m.id = v.model_id
    LEFT JOIN tracking_run r ON r.id = v.run_id
"""

_WANTED = {
    "sqlite": "WITH wanted AS (SELECT value AS id FROM json_each(%s))",
    "postgresql": "WITH wanted AS (SELECT unnest(%s::bigint[]) AS id)",
}
# (is it an alias, of which, key or name, value, number): each by the unique index that begins with the owner, but for
# aliases of versions, which have one of their own.
_OF_VERSIONS = """
    SELECT 0, t.version_id, t.key, t.value, 0 FROM wanted JOIN registry_modelversiontag t ON t.version_id = wanted.id
    UNION ALL SELECT 1, a.version_id, a.name, '', 0 FROM wanted JOIN registry_alias a ON a.version_id = wanted.id
"""
_OF_MODELS = """
    SELECT 0, t.model_id, t.key, t.value, 0 FROM wanted JOIN registry_registeredmodeltag t ON t.model_id = wanted.id
    UNION ALL SELECT 1, a.model_id, a.name, '', v.number FROM wanted
        JOIN registry_alias a ON a.model_id = wanted.id JOIN registry_modelversion v ON v.id = a.version_id
"""


def _latest(stage: Stage) -> str:
    """The first entry of the index (model, stage, is_prerelease, -precedence, -number)."""
    return f"""
        SELECT (SELECT x.id FROM registry_modelversion x WHERE x.model_id = wanted.id AND x.stage = '{stage.value}'
                ORDER BY x.is_prerelease, x.precedence DESC, x.number DESC LIMIT 1) AS id FROM wanted
    """  # noqa: S608 - the four stages are literals


_LATEST = f"""
    , latest AS ({" UNION ALL ".join(_latest(stage) for stage in Stage)})
    SELECT {VERSION} FROM latest JOIN registry_modelversion v ON v.id = latest.id
    JOIN registry_registeredmodel m ON m.id = v.model_id LEFT JOIN tracking_run r ON r.id = v.run_id
"""  # noqa: S608


def add_to_versions(versions: Iterable[VersionFacts]) -> None:
    """Their tags and aliases: one statement."""
    by_key = {version.pk: version for version in versions}
    for is_alias, pk, key, value, _ in sorted(_of(_OF_VERSIONS, by_key)):
        if is_alias:
            by_key[pk].aliases.append(key)
        else:
            by_key[pk].tags.append((key, value))


def add_to_models(models: Iterable[ModelFacts]) -> None:
    """Their tags, aliases and latest versions, and the tags of those: three statements."""
    by_key = {model.pk: model for model in models}
    for is_alias, pk, key, value, number in sorted(_of(_OF_MODELS, by_key)):
        if is_alias:
            by_key[pk].aliases.append((key, number))
        else:
            by_key[pk].tags.append((key, value))
    latest = [VersionFacts(*row) for row in _of(_LATEST, by_key)]
    add_to_versions(latest)
    for version in sorted(latest, key=lambda version: version.number):
        by_key[version.model_pk].latest.append(version)


def _of(statement: str, keys: Iterable[int]) -> Rows:
    listed = ",".join(map(str, keys))
    if not listed:
        return []
    vendor = database().vendor
    return rows(f"{_WANTED[vendor]} {statement}", (f"[{listed}]" if vendor == "sqlite" else f"{{{listed}}}",))
