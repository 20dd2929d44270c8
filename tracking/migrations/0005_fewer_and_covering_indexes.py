"""An index that begins as a primary or unique key does is written to for nothing; and a comparison that 0 satisfies,
as which NaN is kept, is covered by the index as well.

The indexes are dropped by name, because SQLite would otherwise copy each of the tables.
"""

import django.db.models.deletion
from django.db import migrations, models

REDUNDANT = [
    "tracking_latestmetric_run_id_dea11c9a",
    "tracking_param_run_id_f1876676",
    "tracking_tag_run_id_410b1941",
    "tracking_run_experiment_id_55aa4f65",
    "tracking_run_project_id_5218ca91",
]


def unindexed(model, name, to, related_name, on_delete=django.db.models.deletion.CASCADE):
    field = models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=to)
    return migrations.AlterField(model_name=model, name=name, field=field)


PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0002_feature_switches_job_token_rules_and_deleted_groups"),
        ("tracking", "0004_an_experiments_own_location"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(f"DROP INDEX IF EXISTS {name}") for name in REDUNDANT],
            state_operations=[
                unindexed("latestmetric", "run", "tracking.run", "latest_metrics"),
                unindexed("param", "run", "tracking.run", "params"),
                unindexed("tag", "run", "tracking.run", "tags"),
                unindexed("run", "experiment", "tracking.experiment", "runs", PROTECT),
                unindexed("run", "project", "projects.project", "runs", PROTECT),
            ],
        ),
        migrations.RemoveIndex(model_name="latestmetric", name="latestmetric_search"),
        migrations.AddIndex(
            model_name="latestmetric",
            index=models.Index(fields=["experiment", "key", "value", "run", "is_nan"], name="latestmetric_covering"),
        ),
    ]
