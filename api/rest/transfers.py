"""Where a group or project could be moved to. https://docs.gitlab.com/api/groups/#list-available-locations-for-group-transfer"""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from api.rest import pages
from api.rest.entities.groups import Location, location
from projects.models.namespace import NamespaceQuerySet


def transfer_locations(request: HttpRequest, p: Any, found: NamespaceQuerySet) -> pages.Page[Location]:
    """A page of these groups, narrowed by `p.search`."""
    if p.search:
        found = found.filter(Q(name__icontains=p.search) | Q(route__path__icontains=p.search))
    rows = found.select_related("route").prefetch_related("links_up__ancestor__route").order_by("pk")
    return pages.answer(request, p, rows, location)
