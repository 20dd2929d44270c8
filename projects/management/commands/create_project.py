"""`manage.py create_project`: a project, and the groups above it that are missing."""

import argparse
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from lib.commands import ServiceCommand
from lib.errors import InvalidInput, NotFound
from projects.roles import Visibility
from projects.services import namespaces, projects


class Command(ServiceCommand):
    help = "Creates a project, with the groups above it that are missing, and prints its MLflow tracking URI."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", metavar="GROUP/PROJECT", help="subgroups are possible: a/b/c")
        parser.add_argument("--owner", required=True, metavar="USER", help="who owns what is created")
        parser.add_argument("--name", default="", help="what the project is called (default: its path)")
        parser.add_argument("--visibility", choices=Visibility.labels, default=Visibility.PRIVATE.label)

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username__iexact=options["owner"]).first()
        if owner is None:
            raise NotFound(f"there is no user {options['owner']!r}")
        above, slash, path = options["path"].rpartition("/")
        if not slash:
            raise InvalidInput("the path must name a group and a project: GROUP/PROJECT")
        with transaction.atomic():
            project = projects.create(
                namespaces.ensure(above, by=owner),
                by=owner,
                name=options["name"],
                path=path,
                visibility=Visibility[options["visibility"].upper()],
            )
        self.explain(f"Created the project {project.full_path}:")
        self.stdout.write(f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/ml/mlflow")
