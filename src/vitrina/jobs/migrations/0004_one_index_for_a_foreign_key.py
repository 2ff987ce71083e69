import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# By name: altering the fields would make SQLite copy their tables.
INDEXES = [
    ("jobs_job_created_by_id_f3283268", "jobs_job", "created_by_id"),
    ("jobs_job_parent_id_675bb714", "jobs_job", "parent_id"),
    ("jobs_job_seller_id_537b919c", "jobs_job", "seller_id"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_one_index_for_a_foreign_key'),
        ('jobs', '0003_batches_of_a_seller'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='job',
                    name='created_by',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='job',
                    name='parent',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='jobs.job'),
                ),
                migrations.AlterField(
                    model_name='job',
                    name='seller',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='accounts.seller'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
                for name, table, column in INDEXES
            ],
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('parent', None)), fields=['-id'], name='job_top'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('created_by__isnull', False)), fields=['created_by'], name='job_by_person'),
        ),
    ]
