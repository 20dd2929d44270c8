"""Webhooks: create, get, list, update, delete, test. The address is one that needs no name server and no network."""

import json
from typing import Any

from tests.parity.case import Area, better, differs
from tests.parity.side import Side

CREATE = "POST webhooks"
LIST = "GET webhooks"
GET = "GET webhooks/<webhook_id>"
UPDATE = "PATCH webhooks/<webhook_id>"
DELETE = "DELETE webhooks/<webhook_id>"
TEST = "POST webhooks/<webhook_id>/test"

URL = "https://8.8.8.8/hook"
EVENT = {"entity": "MODEL_VERSION", "action": "CREATED"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"

LOST = "the stock server drops what it cannot read, and whatever comes after it, without a word"
FAILED = better("what is no event of MLflow's is refused with those that are")
TWICE = better("an event that is named twice is named", stock=(400, "BAD_REQUEST"), ours=(200, ...))
NO_STATUS = better(LOST, stock=(200, ...))
UNSAFE = "a webhook goes out from inside an organisation's network, "
NO_USER = differs(f"{UNSAFE}and is stored with everything that stands in its address: user names and passwords do not")
NO_PORT = differs(f"{UNSAFE}where other servers than those of the web listen below port 1024")
NO_GROUP = differs(f"{UNSAFE}which a multicast address stays in")
NO_SPACE = better("what is before the address would not be stripped when it is used", stock=(200, ...))

area = Area("webhooks")
case, ask = area.case, area.ask


def make(s: Side, **more: Any) -> str:
    made = s.post("webhooks", {"name": "ci", "url": URL, "events": [EVENT], **more})
    return str(made["webhook"]["webhook_id"])


def wanted(**more: Any) -> dict[str, Any]:
    return {"name": "ci", "url": URL, "events": [EVENT], **more}


@case(CREATE)
def a_webhook_is_found_as_it_was_created(s: Side) -> None:
    made = make(s, description="d", secret="tea", status="DISABLED")
    s.get(f"webhooks/{made}")


@case(CREATE)
def two_webhooks_may_have_one_name_and_one_address(s: Side) -> None:
    make(s)
    make(s)


@case(GET)
def a_secret_is_never_told(s: Side) -> None:
    made = make(s, secret="correct-horse")
    s.say("is told", "correct-horse" in json.dumps(s.get(f"webhooks/{made}")))


for entity, actions in {
    "REGISTERED_MODEL": ["CREATED"],
    "MODEL_VERSION": ["CREATED"],
    "MODEL_VERSION_TAG": ["SET", "DELETED"],
    "MODEL_VERSION_ALIAS": ["CREATED", "DELETED"],
    "PROMPT": ["CREATED"],
    "PROMPT_VERSION": ["CREATED"],
    "PROMPT_TAG": ["SET", "DELETED"],
    "PROMPT_VERSION_TAG": ["SET", "DELETED"],
    "PROMPT_ALIAS": ["CREATED", "DELETED"],
    "BUDGET_POLICY": ["EXCEEDED"],
}.items():
    for action in ["CREATED", "UPDATED", "DELETED", "SET", "EXCEEDED"]:
        if action in actions or action == "UPDATED":
            ask(CREATE, f"event {entity} {action}", wanted(events=[{"entity": entity, "action": action}]))

for name, sent, difference in (
    ("without a name", {"url": URL, "events": [EVENT]}, None),
    ("without an address", {"name": "ci", "events": [EVENT]}, None),
    ("without events", {"name": "ci", "url": URL}, None),
    ("no events", wanted(events=[]), None),
    ("an empty name", wanted(name=""), None),
    ("an empty address", wanted(url=""), None),
    ("a name of 63 characters", wanted(name="x" * 63), None),
    ("a name of 64 characters", wanted(name="x" * 64), None),
    ("a name with a space", wanted(name="a b"), None),
    ("a name with a line break", wanted(name="a\n"), None),
    ("a name that begins with a hyphen", wanted(name="-a"), None),
    ("a name that ends with a dot", wanted(name="a."), None),
    ("a name of one letter", wanted(name="a"), None),
    ("a name with everything", wanted(name="A.b_c-9"), None),
    ("a name with an umlaut", wanted(name="ä"), None),
    ("a name that is a number", wanted(name=5), None),
    ("a description that is a number", wanted(description=5), None),
    ("a secret that is a number", wanted(secret=5), None),
    ("an empty secret", wanted(secret=""), None),
    ("an empty description", wanted(description=""), None),
    ("events that are a text", wanted(events="x"), None),
    ("an event that is a text", wanted(events=["model_version.created"]), FAILED),
    ("an event that is empty", wanted(events=[{}]), FAILED),
    ("an event without an action", wanted(events=[{"entity": "MODEL_VERSION"}]), FAILED),
    ("an unknown entity", wanted(events=[{"entity": "NOPE", "action": "CREATED"}]), FAILED),
    ("an event in small letters", wanted(events=[{"entity": "model_version", "action": "created"}]), FAILED),
    ("the entity of none", wanted(events=[{"entity": "ENTITY_UNSPECIFIED", "action": "CREATED"}]), FAILED),
    ("an event by its numbers", wanted(events=[{"entity": 2, "action": 1}]), None),
    ("an event twice", wanted(events=[EVENT, EVENT]), TWICE),
    ("status ACTIVE", wanted(status="ACTIVE"), None),
    ("status by its number", wanted(status=2), None),
    ("an unknown status", wanted(status="PAUSED"), NO_STATUS),
    ("a status in small letters", wanted(status="disabled"), NO_STATUS),
    ("an unknown field", wanted(other=1), None),
):
    ask(CREATE, name, sent, difference)

for url, difference in (
    ("http://8.8.8.8/", None),
    ("ftp://8.8.8.8/", None),
    ("nonsense", None),
    ("https:///x", None),
    ("https://8.8.8.8:8443/x?y=z", None),
    ("https://[2001:4860:4860::8888]/", None),
    ("https://127.0.0.1/", None),
    ("https://0.0.0.0/", None),
    ("https://10.0.0.1/", None),
    ("https://172.16.0.1/", None),
    ("https://192.168.0.1/", None),
    ("https://100.64.0.1/", None),
    ("https://169.254.169.254/", None),
    ("https://[::1]/", None),
    ("https://[::ffff:127.0.0.1]/", None),
    ("https://[fe80::1]/", None),
    ("https://[fc00::1]/", None),
    ("https://[64:ff9b::7f00:1]/", None),
    ("https://2130706433/", None),
    ("https://0x7f000001/", None),
    ("https://0177.0.0.1/", None),
    ("https://localhost/", None),
    ("https://nothing.invalid/", None),
    ("https://user:password@8.8.8.8/", NO_USER),
    ("https://8.8.8.8:25/", NO_PORT),
    ("https://224.0.0.1/", NO_GROUP),
    (" https://8.8.8.8/", NO_SPACE),
):
    ask(CREATE, f"the address {url!r}", wanted(url=url), difference)


def changed(name: str, sent: dict[str, Any], difference: Any = None) -> None:
    """A fresh webhook is changed, and looked at."""

    def script(s: Side) -> None:
        made = make(s, description="d", secret="tea")
        s.patch(f"webhooks/{made}", sent)
        s.get(f"webhooks/{made}")

    area.add(UPDATE, name, script, difference)


changed("nothing", {})
changed("the name", {"name": "cd"})
changed("the address", {"url": "https://8.8.4.4/"})
changed("the description", {"description": "other"})
changed("an empty description", {"description": ""})
changed("the events", {"events": [{"entity": "PROMPT", "action": "CREATED"}]})
changed("the secret", {"secret": "coffee"})
changed("an empty secret", {"secret": ""})
changed("the status", {"status": "DISABLED"})
changed("the status by its number", {"status": 2})
changed("nothing that is empty", {"name": "", "url": "", "events": []})
changed("a name that cannot be", {"name": "a b"})
changed("a private address", {"url": "https://127.0.0.1/"})
changed("another scheme", {"url": "http://8.8.8.8/"})
changed("an action that the entity does not have", {"events": [{"entity": "MODEL_VERSION", "action": "SET"}]})
changed("a name that is a number", {"name": 5})
changed("events that are a text", {"events": "x"})
changed("an unknown entity", {"events": [{"entity": "X", "action": "SET"}]}, FAILED)
changed("an unknown status", {"status": "X"}, NO_STATUS)
changed("an event twice", {"events": [EVENT, EVENT]}, TWICE)

for about in (GET, UPDATE, DELETE, TEST):
    method, path = about.split(" ")
    for name, known in (("an unknown webhook", UNKNOWN), ("an id that is none", "nothing")):
        ask(about, name, {}, path=path.replace("<webhook_id>", known))


@case(DELETE)
def a_deleted_webhook_is_gone(s: Side) -> None:
    made = make(s)
    s.delete(f"webhooks/{made}")
    s.get(f"webhooks/{made}")
    s.patch(f"webhooks/{made}", {"name": "x"})
    s.delete(f"webhooks/{made}")
    s.post(f"webhooks/{made}/test", {})


@case(TEST)
def an_event_that_never_happens(s: Side) -> None:
    s.post(f"webhooks/{make(s)}/test", {"event": {"entity": "MODEL_VERSION", "action": "SET"}})


@case(TEST, FAILED)
def an_event_that_is_unknown(s: Side) -> None:
    s.post(f"webhooks/{make(s)}/test", {"event": {"entity": "X", "action": "SET"}})


@case(LIST)
def the_newest_come_first(s: Side) -> None:
    """Others make webhooks on the stock server meanwhile: only what this case made is compared."""
    with s.unwritten():
        made = [make(s) for _ in range(3)]
        found = [webhook["webhook_id"] for webhook in s.get("webhooks", {"max_results": 1000})["webhooks"]]
    s.say("places", [made.index(webhook) for webhook in found if webhook in made])


@case(LIST)
def pages_follow_each_other(s: Side) -> None:
    with s.unwritten():
        for _ in range(3):
            make(s)
        first = s.get("webhooks", {"max_results": 1})
        second = s.get("webhooks", {"max_results": 1, "page_token": first["next_page_token"]})
    s.say("one a page", [len(page["webhooks"]) for page in (first, second)])
    s.say("there are more", [bool(page.get("next_page_token")) for page in (first, second)])


for wrong in (-1, 1001, "abc"):
    ask(LIST, f"max_results {wrong}", {"max_results": wrong})
ask(LIST, "a page token that is none", {"page_token": "xx"})
