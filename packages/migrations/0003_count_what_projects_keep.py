"""Gives each existing project its counter, with what it keeps already."""

from django.db import migrations
from django.db.models import Sum
from django.db.models.functions import Coalesce


def count(apps, schema_editor):
    storage = apps.get_model("packages", "ProjectStorage")
    projects = apps.get_model("projects", "Project").objects.filter(storage=None)
    used = projects.annotate(used=Coalesce(Sum("blobs__size"), 0)).values_list("pk", "used")
    rows = (storage(project_id=pk, used=used) for pk, used in used.iterator())
    storage.objects.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("packages", "0002_arriving_judged_and_counted_files")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
