"""The database itself refuses to change or remove an event."""

from django.db import migrations

from audit import triggers


def keep(apps, schema_editor):
    for statement in triggers.statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
