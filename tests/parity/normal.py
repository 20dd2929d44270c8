"""What two servers cannot say alike is replaced by what it stands for: ids by the order in which they are met, times
of now, generated names, tokens, and the order of lists that MLflow leaves open."""

import json
import re
import time
from typing import Any

# Runs' and traces' ids, and those of logged models.
_ID = re.compile(r"\b(?:m-)?[0-9a-f]{32}\b")
# Webhooks'.
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
# An experiment's id where an address of artifacts begins.
_ROOT = re.compile(r"(\bmlflow-artifacts:/|/mlflow-artifacts/(?:artifacts|presigned|mpu/[a-z]+)/)(\d+)")
_NICKNAME = re.compile(r"[a-z]+-[a-z]+-\d{1,4}")
_DAY = 86_400_000
# A set each: MLflow says no order for them.
_UNORDERED = {"tags", "params", "metrics", "dataset_inputs", "model_inputs", "model_outputs"} | {
    "latest_versions",
    "aliases",
}
_ERROR = {"error_code", "message"}


class Normal:
    """Remembers which id was met as which, on one server."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def copy(self) -> "Normal":
        same = Normal()
        same.known = dict(self.known)
        return same

    def learn(self, other: "Normal") -> None:
        self.known = {**other.known, **self.known}

    def told(self, value: Any, name: str = "", within: str = "") -> Any:
        """`name` is the field in which the value stands, `within` that of the list or object around it."""
        if isinstance(value, dict):
            return self._object(value, name)
        if isinstance(value, list):
            told = [self.told(one, name, within) for one in value]
            return sorted(told, key=lambda one: json.dumps(one, sort_keys=True)) if name in _UNORDERED else told
        if isinstance(value, bool | None):
            return value
        if isinstance(value, int | float):
            return self._number(value)
        return self._text(value, name)

    def _object(self, value: dict[str, Any], name: str) -> dict[str, Any]:
        if "error_code" in value:
            # What a message says is each server's own, and so is what else comes with it.
            return {"error_code": value["error_code"], "message": str(value.get("message", ""))}
        return {key: self.told(one, key, name) for key, one in value.items()}

    def _number(self, value: float) -> Any:
        if value != value:
            return "<nan>"
        return "<now>" if abs(value - time.time() * 1000) < _DAY else value

    def _text(self, value: str, name: str) -> str:
        if name == "next_page_token":
            return "<token>" if value else ""
        if name in ("experiment_id", "experiment_ids") and value.isdigit() and value != "0":
            return self._met(f"experiment {value}", "experiment")
        if _NICKNAME.fullmatch(value):
            return "<nickname>"
        value = _ROOT.sub(lambda found: found[1] + self._root(found[2]), value)
        value = _UUID.sub(lambda found: self._met(found[0], "webhook"), value)
        return _ID.sub(lambda found: self._met(found[0], "model" if found[0].startswith("m-") else "run"), value)

    def _root(self, experiment: str) -> str:
        return experiment if experiment == "0" else self._met(f"experiment {experiment}", "experiment")

    def _met(self, what: str, kind: str) -> str:
        number = sum(label.startswith(f"<{kind}") for label in self.known.values()) + 1
        return self.known.setdefault(what, f"<{kind} {number}>")
