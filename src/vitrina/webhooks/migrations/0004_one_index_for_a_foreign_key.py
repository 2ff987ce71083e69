import django.db.models.deletion
from django.db import migrations, models

# By name: altering the fields would make SQLite copy their tables.
INDEXES = [
    ("webhooks_delivery_endpoint_id_6cbee67d", "webhooks_delivery", "endpoint_id"),
    ("webhooks_delivery_event_id_b6f5af91", "webhooks_delivery", "event_id"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('webhooks', '0003_who_stands_before'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='delivery',
                    name='endpoint',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.endpoint'),
                ),
                migrations.AlterField(
                    model_name='delivery',
                    name='event',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.event'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
                for name, table, column in INDEXES
            ],
        ),
    ]
