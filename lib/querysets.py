"""QuerySets that refuse in the domain's words."""

from typing import Any, TypeVar

from django.db import models

from lib.errors import NotFound

M = TypeVar("M", bound=models.Model)


class FindQuerySet(models.QuerySet[M]):
    """Adds `find`: get, or NotFound."""

    def find(self, missing: str, /, **where: Any) -> M:
        """The one row that matches `where`; NotFound with the text `missing` when there is none."""
        found = self.filter(**where).first()
        if found is None:
            raise NotFound(missing)
        return found
