"""The prompt registry with MLflow's own client. Its cache is left out, as it asks no server."""

import threading
from typing import Any

from tests.parity.side import Side
from tests.parity.with_client import ClientArea, MlflowClient, everywhere, mlflow, told

area = ClientArea("client_prompts")
case = area.method
CHAT = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello {{name}}"}]


def named(s: Side) -> str:
    """A name that a prompt may have."""
    return s.name().replace(" ", "-")


def prompt(s: Side, c: MlflowClient, versions: int = 1) -> str:
    name = named(s)
    for number in range(1, versions + 1):
        c.register_prompt(name, f"Hello {{{{name}}}} {number}", commit_message=f"change {number}", tags={"n": number})
    settled()
    return name


def settled() -> None:
    """The client tags a prompt with its experiment in a thread of its own, after `register_prompt` has returned."""
    for thread in threading.enumerate():
        if thread.name.startswith("link_prompt_to_experiment_thread"):
            thread.join(30)


def load(c: MlflowClient, name: str, version: Any = None, **more: Any) -> Any:
    return c.load_prompt(name, version, cache_ttl_seconds=0, **more)


@case("register_prompt")
def a_prompt_in_two_versions(s: Side, c: MlflowClient) -> None:
    name = named(s)
    told(s, "first", lambda: c.register_prompt(name, "Hello {{name}}", commit_message="first", tags={"a": "1"}))
    told(s, "second", lambda: c.register_prompt(name, "Hi {{name}}", commit_message="second"))
    settled()
    told(s, "get", lambda: c.get_prompt(name))


@case("register_prompt")
def a_chat_with_a_format_of_its_answer(s: Side, c: MlflowClient) -> None:
    name = named(s)
    answer = {"type": "object", "properties": {"a": {"type": "string"}}}
    told(s, "register", lambda: c.register_prompt(name, CHAT, response_format=answer, model_config={"temperature": 0}))
    told(s, "load", lambda: load(c, name, 1))


@case("register_prompt")
def names_that_no_prompt_has(s: Side, c: MlflowClient) -> None:
    for name in ("", "a b", "a/b", "a:b"):
        told(s, name, lambda name=name: c.register_prompt(name, "x"))


@case("register_prompt")
def a_models_name(s: Side, c: MlflowClient) -> None:
    name = named(s)
    c.create_registered_model(name)
    told(s, "register", lambda: c.register_prompt(name, "x"))
    told(s, "get", lambda: c.get_prompt(name))


@case("create_prompt")
def a_prompt_without_versions(s: Side, c: MlflowClient) -> None:
    name = named(s)
    told(s, "create", lambda: c.create_prompt(name, "about it", {"a": "1"}))
    told(s, "again", lambda: c.create_prompt(name))
    told(s, "as a model", lambda: c.create_registered_model(name))
    told(s, "load", lambda: load(c, name, allow_missing=True))


@case("create_prompt_version")
def a_version_of_a_prompt(s: Side, c: MlflowClient) -> None:
    name = named(s)
    told(s, "of nobody", lambda: c.create_prompt_version(name, "x"))
    c.create_prompt(name)
    told(s, "create", lambda: c.create_prompt_version(name, "Hi {{name}}", "change", {"a": "1"}))
    told(s, "get", lambda: c.get_prompt_version(name, "1"))


@case("get_prompt")
def an_unknown_prompt(s: Side, c: MlflowClient) -> None:
    told(s, "get", lambda: c.get_prompt(named(s)))


@case("get_prompt_version")
def versions_there_are_and_are_not(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    for version in ("1", 1, "7"):
        told(s, str(version), lambda version=version: c.get_prompt_version(name, version))


@case("load_prompt")
def a_prompt_by_all_its_names(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c, 2)
    c.set_prompt_alias(name, "live", 1)
    told(s, "a number", lambda: load(c, name, 1))
    told(s, "the latest", lambda: load(c, name))
    for uri in ("/2", "@live", "@latest"):
        told(s, uri, lambda uri=uri: load(c, f"prompts:/{name}{uri}"))


@case("load_prompt")
def prompts_that_there_are_not(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    told(s, "a version", lambda: load(c, name, 7))
    told(s, "an alias", lambda: load(c, f"prompts:/{name}@nobody"))
    told(s, "a prompt", lambda: load(c, f"{name}-nobody", 1))
    told(s, "missing", lambda: load(c, f"{name}-nobody", 1, allow_missing=True))


@case("search_prompts")
def prompts_in_pages(s: Side, c: MlflowClient) -> None:
    prefix = named(s)
    for letter in "cab":
        c.create_prompt(f"{prefix}-{letter}", tags={"letter": letter})
    c.create_registered_model(f"{prefix}-model")
    mine = f"name LIKE '{prefix}%'"
    page = told(s, "first", lambda: c.search_prompts(mine, 2))
    told(s, "second", lambda: c.search_prompts(mine, 2, page.token))
    told(s, "by a tag", lambda: c.search_prompts(f"{mine} AND tags.letter = 'a'"))
    told(s, "models", lambda: c.search_registered_models(mine))
    told(s, "nonsense", lambda: c.search_prompts("nonsense"))


@case("search_prompt_versions")
def versions_of_a_prompt(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c, 2)
    found = c.search_prompt_versions(name)
    told(s, "versions", lambda: sorted(found, key=lambda one: int(one.version)))
    told(s, "as models", lambda: c.search_model_versions(f"name = '{name}'"))


@case("set_prompt_tag")
def a_prompts_tag(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    told(s, "set", lambda: c.set_prompt_tag(name, "k", "v"))
    told(s, "get", lambda: c.get_prompt(name))


@case("delete_prompt_tag")
def a_deleted_tag_of_a_prompt(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    c.set_prompt_tag(name, "k", "v")
    told(s, "delete", lambda: c.delete_prompt_tag(name, "k"))
    told(s, "get", lambda: c.get_prompt(name))


@case("set_prompt_version_tag")
def a_tag_of_a_version(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    told(s, "set", lambda: c.set_prompt_version_tag(name, "1", "k", "v"))
    told(s, "get", lambda: c.get_prompt_version(name, "1"))
    told(s, "of an unknown one", lambda: c.set_prompt_version_tag(name, "7", "k", "v"))


@case("delete_prompt_version_tag")
def a_deleted_tag_of_a_version(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    told(s, "delete", lambda: c.delete_prompt_version_tag(name, "1", "n"))
    told(s, "get", lambda: c.get_prompt_version(name, "1"))


@case("set_prompt_alias")
def a_prompts_alias(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c, 2)
    for version in (1, 2, 7):
        told(s, f"to {version}", lambda version=version: c.set_prompt_alias(name, "live", version))
        told(s, "get", lambda: c.get_prompt_version_by_alias(name, "live"))
    told(s, "reserved", lambda: c.set_prompt_alias(name, "latest", 1))


@case("get_prompt_version_by_alias")
def an_alias_that_it_has_not(s: Side, c: MlflowClient) -> None:
    told(s, "get", lambda: c.get_prompt_version_by_alias(prompt(s, c), "nobody"))


@case("delete_prompt_alias")
def a_deleted_alias(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    c.set_prompt_alias(name, "live", 1)
    told(s, "delete", lambda: c.delete_prompt_alias(name, "live"))
    told(s, "again", lambda: c.delete_prompt_alias(name, "live"))
    told(s, "load", lambda: load(c, f"prompts:/{name}@live"))


@case("delete_prompt_version")
def a_deleted_version(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c, 2)
    told(s, "delete", lambda: c.delete_prompt_version(name, "1"))
    told(s, "get", lambda: c.get_prompt_version(name, "1"))
    told(s, "again", lambda: c.delete_prompt_version(name, "1"))


@case("delete_prompt")
def a_deleted_prompt(s: Side, c: MlflowClient) -> None:
    name = prompt(s, c)
    told(s, "delete", lambda: c.delete_prompt(name))
    told(s, "its version", lambda: c.get_prompt_version(name, "1"))
    told(s, "again", lambda: c.delete_prompt(name))
    told(s, "get", lambda: c.get_prompt(name))


@case("link_prompt_version_to_run")
def a_prompt_of_a_run(s: Side, c: MlflowClient) -> None:
    name, run = prompt(s, c), s.run()
    with everywhere(s):
        told(s, "link", lambda: c.link_prompt_version_to_run(run, f"prompts:/{name}/1"))
        told(s, "of an unknown one", lambda: c.link_prompt_version_to_run(run, f"prompts:/{name}/7"))
    told(s, "the run", lambda: c.get_run(run).data.tags)


@case("link_prompt_version_to_model")
def a_prompt_of_a_logged_model(s: Side, c: MlflowClient) -> None:
    name, model = prompt(s, c), s.model()
    with everywhere(s):
        told(s, "link", lambda: c.link_prompt_version_to_model(name, "1", model))
    told(s, "the model", lambda: c.get_logged_model(model).tags)


@case("list_logged_prompts")
def the_prompts_of_a_run(s: Side, c: MlflowClient) -> None:
    name, run = prompt(s, c), s.run()
    with everywhere(s):
        c.link_prompt_version_to_run(run, f"prompts:/{name}/1")
        told(s, "list", lambda: c.list_logged_prompts(run))
        told(s, "of another run", lambda: c.list_logged_prompts(s.run()))


@case("load_prompt")
def through_the_module_of_prompts(s: Side, c: MlflowClient) -> None:
    name = named(s)
    with everywhere(s):
        told(s, "register", lambda: mlflow.genai.register_prompt(name, CHAT, tags={"a": "1"}))
        settled()
        told(s, "alias", lambda: mlflow.genai.set_prompt_alias(name, alias="live", version=1))
        told(s, "load", lambda: mlflow.genai.load_prompt(f"prompts:/{name}@live", cache_ttl_seconds=0))
        told(s, "search", lambda: mlflow.genai.search_prompts(f"name = '{name}'"))
