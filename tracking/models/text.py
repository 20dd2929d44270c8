"""Long values of params and tags: a head that is indexed, and the rest that is not.

A B-tree entry holds at most 2.7 kB on PostgreSQL, and an index on a prefix expression could not answer a search by
itself; so the first 255 characters are a column of their own.
"""

from django.db import models

HEAD = 255


def split(value: str) -> tuple[str, str]:
    """(head, rest) of a value."""
    return value[:HEAD], value[HEAD:]


class KeyedText(models.Model):
    """A key and a value, one row each. `experiment` stands in the row so that one covering index answers a search."""

    key = models.CharField(max_length=250)
    head = models.CharField(max_length=HEAD)
    rest = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.key}={self.head}"

    @property
    def value(self) -> str:
        return self.head + self.rest
