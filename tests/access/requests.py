"""A request for each line that is right in every way, so that only who sends it decides about the answer."""

import json
from dataclasses import dataclass
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.test import Client

from api import signed
from tests.access import bodies, pages
from tests.access.lines import Line
from tests.access.world import Caller, World, seal_of
from tests.endpoints import BODILESS

CLIENT = Client()
MLFLOW = "/ml/mlflow/"


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    body: bytes
    kind: str

    def by(self, caller: Caller) -> Any:
        """What the service says to this caller, read to its end."""
        CLIENT.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: caller.session} if caller.session else {})
        told = CLIENT.generic(self.method, self.path, self.body, content_type=self.kind, headers=caller.headers)
        if told.streaming:
            b"".join(told.streaming_content)
        return told


def is_page(line: Line) -> bool:
    return not line.address.startswith("/api/")


def request_of(world: World, line: Line, caller: Caller, **others: str) -> Sent:
    """With `others` in place of parts of the address."""
    return Sent(line.method, *_said(world, line, caller, others))


def _said(world: World, line: Line, caller: Caller, others: dict[str, str]) -> tuple[str, bytes, str]:
    """Address with its query, body, content type."""
    known = {**parts_of(world, line, caller), **others}
    parts = {name: quote(str(value), safe="/%:") for name, value in known.items()}
    path = line.address
    for name, value in parts.items():
        path = path.replace(f"<{name}>", value)
    if (line.method == "PUT" and "<path>" in line.address) or line.address.endswith(("/artifacts/<address>", "<seal>")):
        return path, b"" if line.method in BODILESS else b"bytes", "application/octet-stream"
    said = said_by(world, line, caller)
    if is_page(line) and line.method == "POST":
        return path, urlencode(said, doseq=True).encode(), "application/x-www-form-urlencoded"
    if line.method in BODILESS or line.address.endswith("/upload-artifact"):
        return f"{path}?{urlencode(said, doseq=True)}" if said else path, b"", "application/octet-stream"
    if line.method == "DELETE" and MLFLOW not in line.address:
        return f"{path}?{urlencode(said, doseq=True)}" if said else path, b"", "application/json"
    return path, json.dumps(said).encode(), "application/json"


def parts_of(world: World, line: Line, caller: Caller) -> dict[str, Any]:
    if is_page(line):
        return pages.parts(world, line)
    ids = world.ids
    if line.address.startswith("/api/v4/signed/"):
        kind = signed.PART if "parts" in line.address else signed.FILE
        return {"seal": seal_of(kind, world, caller)}
    known: dict[str, Any] = {"project": world.project.pk, "address": f"{ids['place']}/folder/data.csv"}
    known |= {"model_id": ids["logged"].uuid, "tag_key": "team", "webhook_id": ids["hook"].uuid}
    if "/mpu/" in line.address:
        known["address"] = f"{ids['place']}/folder"
    if MLFLOW in line.address:
        return {name: known.get(name, "x") for name in line.parts}
    if line.address.endswith("/unblock"):
        return {"user": ids["blocked"].pk}
    if "/ml_models/" in line.address:
        return {"project": world.project.pk, "model_version": f"candidate:{ids['run'].iid}", "path": "folder/data.csv"}
    if "/ml/models/" in line.address:
        known |= {"name": "backed", "version": 1, "alias": "candidate", "key": "team", "path": "folder/data.csv"}
        return {name: known[name] for name in line.parts}
    asked = SimpleNamespace(address=line.address.removeprefix("/api/v4/"), parts=line.parts)
    return world.furnished.parts(asked)  # type: ignore[arg-type]


def said_by(world: World, line: Line, caller: Caller) -> dict[str, Any]:
    return pages.form(world, line, caller) if is_page(line) else bodies.body_for(world, line, caller)
