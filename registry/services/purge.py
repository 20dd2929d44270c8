"""What the registry has to do with the end of a project."""

from projects.models import Project
from registry.models import ModelVersion, RegisteredModel

BATCH = 500


def empty_project(project: Project) -> None:
    """Removes all models of a deleted project, with their versions and aliases (`settings.ON_PROJECT_PURGED`).

    The runs that backed them are then needed no longer, and go with the rest. Doing it twice changes nothing.
    """
    versions = ModelVersion.objects.filter(model__project=project)
    while some := list(versions.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        ModelVersion.objects.filter(pk__in=some).delete()
    RegisteredModel.objects.filter(project=project).delete()
