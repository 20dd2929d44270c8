"""Whose CI jobs a project lets in. https://docs.gitlab.com/api/project_job_token_scopes/

The rule is kept here; the tokens of jobs that it is for come with a later version.
"""

from typing import TypedDict

from msgspec import Struct

from api.fields import Int64
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint, number
from api.rest.entities import groups as group_entities
from api.rest.entities import projects as entities
from projects import policy
from projects.models import Namespace, Project
from projects.roles import Ability, GroupAbility
from projects.services import job_tokens, projects


class Scope(TypedDict):
    """`outbound_enabled` is GitLab's older rule, which does not exist here."""

    inbound_enabled: bool
    outbound_enabled: bool


class AllowedProject(TypedDict):
    source_project_id: int
    target_project_id: int


class AllowedGroup(TypedDict):
    source_project_id: int
    target_group_id: int


class _Settings(RestEndpoint, abstract=True):
    ability = Ability.ADMIN_PROJECT


class GetJobTokenScope(_Settings):
    method = "GET"

    def handle(self, p: Nothing) -> Scope:
        return {"inbound_enabled": self.project.job_token_scope_enabled, "outbound_enabled": False}


class SetJobTokenScope(_Settings):
    method = "PATCH"

    class Params(Struct):
        enabled: bool

    def handle(self, p: Params) -> None:
        projects.update(self.project, job_token_scope_enabled=p.enabled)


class ListAllowedProjects(_Settings):
    """The project itself first, which is always let in."""

    method = "GET"
    Params = pages.Paged

    def handle(self, p: pages.Paged) -> pages.Page[entities.SimpleProject]:
        user = self.identity.user
        listed = [*self.project.job_token_rules.values_list("allowed_project", flat=True), self.project.pk]
        found = Project.objects.visible_to(user).filter(pk__in=[one for one in listed if one])
        rows = entities.with_all_that_is_shown(found, user).order_by("pk")
        return pages.answer(self.request, p, rows, entities.simple_project)


class AllowProject(_Settings):
    method = "POST"

    class Params(Struct):
        target_project_id: Int64

    def handle(self, p: Params) -> AllowedProject:
        target = policy.authorize(self.identity, Ability.READ_PROJECT, p.target_project_id)
        job_tokens.allow(self.project, target, by=self.identity.user)
        return {"source_project_id": self.project.pk, "target_project_id": target.pk}


class RemoveAllowedProject(_Settings):
    method = "DELETE"

    def handle(self, p: Nothing, target: str) -> None:
        job_tokens.forbid_project(self.project, number(target))


class ListAllowedGroups(_Settings):
    method = "GET"
    Params = pages.Paged

    def handle(self, p: pages.Paged) -> pages.Page[group_entities.GroupEntity]:
        listed = self.project.job_token_rules.exclude(allowed_group=None).values("allowed_group")
        found = Namespace.objects.visible_to(self.identity.user).filter(pk__in=listed)
        rows = found.select_related("route").prefetch_related("links_up__ancestor__route").order_by("pk")
        return pages.answer(self.request, p, rows, group_entities.group)


class AllowGroup(_Settings):
    method = "POST"

    class Params(Struct):
        target_group_id: Int64

    def handle(self, p: Params) -> AllowedGroup:
        target = policy.authorize_group(self.identity, GroupAbility.READ_GROUP, p.target_group_id)
        job_tokens.allow(self.project, target, by=self.identity.user)
        return {"source_project_id": self.project.pk, "target_group_id": target.pk}


class RemoveAllowedGroup(_Settings):
    method = "DELETE"

    def handle(self, p: Nothing, target: str) -> None:
        job_tokens.forbid_group(self.project, number(target))
