"""Groups that are moved at the same time, or while something is made below them."""

from itertools import pairwise

import pytest

from accounts.models import User
from projects.models import Namespace, NamespaceLink, Route
from projects.services import namespaces, users
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def consistent() -> None:
    """Every group's links and path are those that its parents say, and none lies below itself."""
    for group in Namespace.objects.groups():
        line, above = [group], group.parent
        while above is not None:
            assert above not in line, "a circle"
            line.append(above)
            above = above.parent
        links = NamespaceLink.objects.filter(descendant=group).values_list("ancestor_id", flat=True)
        assert set(links) == {one.pk for one in line}
        assert Route.objects.get(namespace=group).path == "/".join(one.path for one in reversed(line))


def test_two_groups_do_not_come_to_lie_below_each_other() -> None:
    by = users.create("alice", password="correct horse battery")
    tops = [namespaces.create_group(name, by=by) for name in "abc"]
    inner = [namespaces.create_group("inner", by=by, parent=top) for top in tops]
    for _ in range(3):
        attempts = [(tops[0], inner[1]), (tops[1], inner[2]), (tops[2], inner[0])]
        together(*[lambda g=group, p=parent: moved(g, p, by) for group, parent in attempts])
        consistent()
        for group in tops:
            if Namespace.objects.get(pk=group.pk).parent_id:
                namespaces.transfer(Namespace.objects.get(pk=group.pk), None, by=by)
        consistent()


def moved(group: Namespace, parent: Namespace, by: User) -> Namespace:
    """With what each request knows of them itself."""
    fresh = [Namespace.objects.get(pk=one.pk) for one in (group, parent)]
    return namespaces.transfer(*fresh, by=by)


def test_what_is_made_below_meanwhile_has_the_links_of_the_new_place() -> None:
    by = users.create("alice", password="correct horse battery")
    places = [namespaces.create_group(name, by=by) for name in ("one", "two", "three")]
    team = namespaces.create_group("team", by=by, parent=places[0])
    for _, place in pairwise(places):
        number = Namespace.objects.count()
        together(
            lambda to=place: moved(team, to, by),
            *[lambda n=f"sub{number}-{n}": made(n, team, by) for n in range(3)],
        )
        consistent()
    assert Namespace.objects.filter(parent=team).count() >= 1


def made(path: str, parent: Namespace, by: User) -> Namespace:
    return namespaces.create_group(path, by=by, parent=Namespace.objects.get(pk=parent.pk))
