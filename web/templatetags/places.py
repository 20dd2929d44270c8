"""Addresses and forms of projects and groups."""

from typing import Any

from django import template

from lib.errors import Refusal
from projects import policy
from projects.models import Member, Namespace, Project
from projects.roles import GroupAbility, Role
from web import places
from web.templatetags.show import UNKNOWN

register = template.Library()


@register.simple_tag
def at(place: places.Place, name: str, **captured: Any) -> str:
    """The address of a page that projects and groups both have."""
    return places.address(place, name, **captured)


@register.filter
def may_in_group(group: Namespace, ability: str) -> bool:
    """Whether the visitor, whose role `gate` has found, has the ability in the group."""
    return policy.allows_in_group(group, GroupAbility(ability))


@register.filter
def is_direct(member: Member, place: places.Place) -> bool:
    """Whether they are a member of the place itself, not of a group above."""
    return (member.project_id if isinstance(place, Project) else member.namespace_id) == place.pk


@register.filter
def role_name(role: int | None) -> str:
    return Role(role).label if role else UNKNOWN


@register.inclusion_tag("web/parts/wrong_beside.html")
def wrong_beside(refusal: Refusal | str, field: str, label: str) -> dict[str, str]:
    """What is wrong with a field, as a sentence that begins with its label."""
    if not isinstance(refusal, Refusal) or refusal.field != field:
        return {}
    said = refusal.message.removeprefix(f"{field} ")
    return {"field": field, "said": f"{label} {said}" if said[:1].islower() else said}
