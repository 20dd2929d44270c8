"""The small numbers that stand for metric names."""

from collections.abc import Iterable

from tracking.models import MetricKey

# (project, name) → id. A name never changes its number, so nothing here can be stale; only its size is bounded.
_known: dict[tuple[int, str], int] = {}
KNOWN_AT_MOST = 200_000


def known(project_id: int, names: Iterable[str]) -> dict[str, int] | None:
    """The number of each name, if this process knows them all."""
    try:
        return {name: _known[project_id, name] for name in names}
    except KeyError:
        return None


def ids_of(project_id: int, names: Iterable[str]) -> dict[str, int]:
    """The number of each name, given out where it has none yet.

    Call it outside of the transaction that uses the numbers: they are remembered, and a rollback would take back a
    number that other threads already use.
    """
    wanted = set(names)
    unknown = [name for name in wanted if (project_id, name) not in _known]
    if unknown:
        _learn(project_id, sorted(unknown))
    return {name: _known[project_id, name] for name in wanted}


def number(project_id: int, name: str) -> int | None:
    """The number that a name has; None for one that was never logged."""
    found = _known.get((project_id, name))
    if found is None:
        found = MetricKey.objects.filter(project_id=project_id, name=name).values_list("pk", flat=True).first()
        if found is not None:
            _remember(project_id, {name: found})
    return found


def forget() -> None:
    """For tests, which roll their databases back."""
    _known.clear()


def _learn(project_id: int, names: list[str]) -> None:
    keys = MetricKey.objects.filter(project_id=project_id, name__in=names)
    found = dict(keys.values_list("name", "id"))
    missing = [MetricKey(project_id=project_id, name=name) for name in names if name not in found]
    if missing:
        MetricKey.objects.bulk_create(missing, ignore_conflicts=True)
        found = dict(keys.values_list("name", "id"))
    _remember(project_id, found)


def _remember(project_id: int, found: dict[str, int]) -> None:
    if len(_known) > KNOWN_AT_MOST:
        _known.clear()
    _known.update({(project_id, name): number for name, number in found.items()})
