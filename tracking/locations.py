"""Whether an experiment may keep its files at a place of its own. Nothing else decides that.

The service lists there with credentials of its own, and projects may share a root: so a place lies below
`<root>/<project id>`, where no other project's can.
"""

from django.conf import settings

from lib import buckets
from lib.errors import InvalidInput
from projects.models import Project

LENGTH = 1000


def checked(project: Project, location: str) -> str:
    """The location without a slash at its end. InvalidInput, which says what is allowed, for any other."""
    place = location.removesuffix("/")
    roots = [f"{root}/{project.pk}" for root in settings.ARTIFACT_LOCATIONS]
    within = any(place == root or place.startswith(f"{root}/") for root in roots)
    if not within or not buckets.PLACE.fullmatch(place) or len(place) > LENGTH:
        allowed = f"it must be {' or '.join(roots)}, or a folder in there" if roots else "this server allows none"
        raise InvalidInput(
            f"Invalid artifact_location {location[:200]!r}: {allowed}. Without one the project keeps the files itself.",
            field="artifact_location",
        )
    return place
