import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# By name: altering the fields would make SQLite copy their tables.
INDEXES = [
    ("engine_modelcall_seller_id_ff01d26c", "engine_modelcall", "seller_id"),
    ("engine_modelcall_user_id_d959abb0", "engine_modelcall", "user_id"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_one_index_for_a_foreign_key'),
        ('engine', '0003_the_log_by_seller'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='modelcall',
                    name='seller',
                    field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.seller'),
                ),
                migrations.AlterField(
                    model_name='modelcall',
                    name='user',
                    field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
                for name, table, column in INDEXES
            ],
        ),
    ]
