"""What no endpoint says by itself: the areas that operations belong to, and what the parts of addresses mean."""

import re
from typing import Any

from api.openapi.lists import Operation
from projects import policy

Schema = dict[str, Any]

TITLE = "Tenon"
ABOUT = """\
GitLab's REST API v4, as far as it is about projects, people and machine learning, and MLflow's own API, which every \
project has below `/api/v4/projects/:id/ml/mlflow`.

* **Who is calling** is said by one of the headers below, all of which take the same tokens.
* **Projects, groups and namespaces** are named by id or by their whole path, percent-encoded: `acme%2Ffraud`.
* **Parameters** stand in the query string, in a form, or in a JSON object. Lists are `name[]=a&name[]=b` in the first \
two.
* **Lists** come in pages: `page` and `per_page` (at most 100), with `X-Total`, `X-Next-Page` and `Link` in the \
answer's headers; or with `pagination=keyset`, where `Link` leads on.
* **Times** are ISO 8601 in UTC.
"""

# The first one whose part is in the address.
AREAS = {
    "mlflow": ("MLflow", "What MLflow's clients call. `ajax-api` is another name of `api`, and `3.0` of `2.0`."),
    "invitations": ("Invitations", "Who is asked by e-mail to become a member of a project or group."),
    "members": ("Members", "Who has which role in a project or group."),
    "personal_access_tokens": ("Personal access tokens", "One's own tokens; an administrator's everybody's."),
    "access_tokens": ("Project and group access tokens", "Tokens with a bot that is a member of just that place."),
    "deploy_tokens": ("Deploy tokens", "Tokens that only read packages and models."),
    "audit_events": ("Audit events", "What was done, by whom, from where."),
    "job_token_scope": ("Job token scope", "Whose CI jobs a project lets in."),
    "hooks": ("Webhooks", "Addresses that are told of what happens in a project."),
    "packages": ("Packages", "Files of generic packages, runs and models."),
    "ml": ("Model registry", "Models, their versions, aliases and files."),
    "namespaces": ("Namespaces", "Where projects may live."),
    "groups": ("Groups", "Groups of projects, nested at will."),
    "projects": ("Projects", "Where everything belongs."),
    "user": ("Users", "Oneself and others."),
    "users": ("Users", "Oneself and others."),
    "markdown": ("Markdown", "Notes as HTML."),
    "metadata": ("Service", "Which server this is, and what it offers."),
    "version": ("Service", "Which server this is, and what it offers."),
    "openapi.json": ("Service", "Which server this is, and what it offers."),
    "openapi.yaml": ("Service", "Which server this is, and what it offers."),
}
TAGS = dict(AREAS.values())

_TEXT: Schema = {"type": "string", "minLength": 1}
_NUMBER: Schema = {"type": "integer", "minimum": 1}
PARTS: dict[str, tuple[Schema, str]] = {
    "project": (_TEXT, "Id or whole path of a project, percent-encoded."),
    "group": (_TEXT, "Id or whole path of a group, percent-encoded."),
    "namespace": (_TEXT, "Id or whole path of a namespace, percent-encoded."),
    "user": (_NUMBER, "Id of a user."),
    "token": (_NUMBER, "Id of a token."),
    "event": (_NUMBER, "Id of an audit event."),
    "email": (_TEXT, "The e-mail address that is invited."),
    "hook_id": (_NUMBER, "Id of a webhook."),
    "trigger": (_TEXT, "The event that an example is sent of, as `model_version.created`."),
    "target": (_NUMBER, "Id of the project or group that is let in."),
    "package_id": (_NUMBER, "Id of a package."),
    "package_file_id": (_NUMBER, "Id of a file of the package."),
    "name": (_TEXT, "Name of a package or model, percent-encoded."),
    "version": (_TEXT, "Version of a package. Of a model: number, semver, `latest`, alias or range, percent-encoded."),
    "model_version": (_TEXT, "`id` of a model version; or `candidate:` and the number or id of a run."),
    "path": (_TEXT, "Path of a file, with `/` between its folders."),
    "key": (_TEXT, "Key of a tag, percent-encoded."),
    "alias": (_TEXT, "An alias, as `champion`."),
    "run_id": (_TEXT, "MLflow's id of a run: 32 hexadecimal digits."),
    "model_id": (_TEXT, "MLflow's id of a logged model: `m-` and 32 hexadecimal digits."),
    "webhook_id": (_TEXT, "MLflow's id of a webhook."),
    "address": (_TEXT, "Address of a file or folder, as it stands behind `mlflow-artifacts:/`."),
    "tag_key": (_TEXT, "Key of a tag."),
}


def area(operation: Operation) -> str:
    parts = operation.address.split("/")
    return next(AREAS[part][0] for part in AREAS if part in parts)


def summary(operation: Operation) -> str:
    """`ListMembersOfProject` as words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", operation.endpoint.__name__)
    return words.capitalize().replace("json", "JSON").replace("yaml", "YAML")


def about(operation: Operation) -> str:
    """What its docstring says, what a caller needs, and how it is asked with curl."""
    said = " ".join((operation.endpoint.__doc__ or "").split())
    return "\n\n".join(filter(None, (said, needs(operation))))


def needs(operation: Operation) -> str:
    endpoint = operation.endpoint
    group_ability = getattr(endpoint, "group_ability", None)
    if endpoint.ability is not None:
        role, scopes = policy.LEAST_ROLE[endpoint.ability], policy.scopes_for(endpoint.ability)
    elif group_ability is not None:
        role, scopes = policy.LEAST_ROLE_IN_GROUP[group_ability], policy.scopes_for(group_ability)
    else:
        role, scopes = None, list(endpoint.scopes)
    who = [f"at least the role {role.label}"] if role is not None else []
    who += ["an administrator"] if getattr(endpoint, "admin", False) else []
    listed = ", ".join(f"`{scope}`" for scope in scopes)
    who.append(f"{'one of the scopes' if len(scopes) > 1 else 'the scope'} {listed}")
    return f"Needs {' and '.join(who)}."
