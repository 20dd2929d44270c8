"""The parameters that MLflow's lists share."""

from typing import Any

from lib.errors import InvalidInput

# By their numbers in MLflow's protocol, which query strings may carry instead of the names.
_VIEW_TYPES = {"1": "ACTIVE_ONLY", "2": "DELETED_ONLY", "3": "ALL"}


def page_size(wanted: int, limit: int) -> int:
    """`max_results`. InvalidInput unless it is from 1 to `limit`."""
    if wanted < 1:
        message = f"Invalid value {wanted} for parameter 'max_results' supplied. It must be a positive integer"
        raise InvalidInput(message, field="max_results")
    if wanted > limit:
        message = f"Invalid value {wanted} for parameter 'max_results' supplied. It must be at most {limit}"
        raise InvalidInput(message, field="max_results")
    return wanted


def view_type(wanted: str | int) -> str:
    """`ACTIVE_ONLY`, `DELETED_ONLY` or `ALL`, by name or by MLflow's number."""
    name = _VIEW_TYPES.get(str(wanted), str(wanted))
    if name not in _VIEW_TYPES.values():
        offered = ", ".join(_VIEW_TYPES.values())
        raise InvalidInput(f"Invalid view type '{name[:100]}'. Valid view types are {offered}", field="view_type")
    return name


def listed(one_or_many: list[str] | str) -> list[str]:
    """GitLab's clients may send one string where MLflow sends a list."""
    if isinstance(one_or_many, str):
        return [one_or_many] if one_or_many else []
    return one_or_many


def paged(found: dict[str, list[Any]], next_page_token: str) -> dict[str, Any]:
    """A page on MLflow's wire: empty lists and an empty token are left out."""
    told: dict[str, Any] = {name: rows for name, rows in found.items() if rows}
    return {**told, "next_page_token": next_page_token} if next_page_token else told
