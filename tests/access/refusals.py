"""How a refusal must look in the dialect of its address."""

import re
from typing import Any

from api.mlflow import errors
from tests.access.lines import Line
from tests.access.table import REFUSED, Row

CODES = {code for _, code in errors.ANSWERS.values()} | errors.KNOWN_CODES
# Of the page's form to sign out, and of what htmx sends.
SECRET_OF_THE_FORM = re.compile(rb"\b[0-9A-Za-z]{64}\b")


def fault(row: Row, line: Line, answered: Any) -> str:
    """What is wrong with the form of a refusal; "" when nothing is, or it is none."""
    if str(answered.status_code) not in REFUSED or row.is_page or line.method == "HEAD":
        return ""
    if answered["Content-Type"] != "application/json":
        return f"{answered['Content-Type']} is no JSON"
    if answered.status_code == 401 and "WWW-Authenticate" not in answered:
        return "401 without WWW-Authenticate"
    told = answered.json()
    if "/ml/mlflow/" in line.address or "/signed/" in line.address:
        return "" if told.get("error_code") in CODES and told.get("message") else f"not in MLflow's words: {told}"
    if told.get("error") == "insufficient_scope" and set(told["scope"].split()) != row.scopes:
        return f"it says that these scopes would do: {told['scope']}"
    return "" if told.get("message") or told.get("error_description") else f"not in GitLab's words: {told}"


def masked(content: bytes) -> bytes:
    """Without what differs each time."""
    return SECRET_OF_THE_FORM.sub(b"", content)
