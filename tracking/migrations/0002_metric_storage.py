"""Lays the (still empty) table of metric points out for hundreds of millions of rows.

PostgreSQL: hash partitions by run, because a table cannot be partitioned later without rewriting it; vacuum, reindex
and dump then work on pieces. SQLite: WITHOUT ROWID, so that the primary key is the table.
"""

from django.db import migrations

PARTITIONS = 16

COLUMNS = """
    run_id bigint NOT NULL,
    key_id bigint NOT NULL,
    step bigint NOT NULL,
    timestamp bigint NOT NULL,
    value {real} NOT NULL,
    PRIMARY KEY (run_id, key_id, step, timestamp, value)
"""


def lay_out(apps, schema_editor):
    schema_editor.execute("DROP TABLE tracking_metric")
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"CREATE TABLE tracking_metric ({COLUMNS.format(real='real')}) WITHOUT ROWID")
        return
    columns = COLUMNS.format(real="double precision")
    schema_editor.execute(f"CREATE TABLE tracking_metric ({columns}) PARTITION BY HASH (run_id)")
    for number in range(PARTITIONS):
        schema_editor.execute(
            f"CREATE TABLE tracking_metric_{number:02} PARTITION OF tracking_metric "
            f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        )


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_initial")]
    operations = [migrations.RunPython(lay_out, migrations.RunPython.noop)]
