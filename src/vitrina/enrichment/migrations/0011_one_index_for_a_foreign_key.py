import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# By name: altering the fields would make SQLite copy their tables.
INDEXES = [
    ("enrichment_categorydecision_seller_id_bb5594fd", "enrichment_categorydecision", "seller_id"),
    ("enrichment_processinglog_batch_id_1ac49a48", "enrichment_processinglog", "batch_id"),
    ("enrichment_processinglog_created_by_id_513a8495", "enrichment_processinglog", "created_by_id"),
    ("enrichment_processinglog_product_id_b8d47ece", "enrichment_processinglog", "product_id"),
    ("enrichment_processinglog_repeat_of_id_2c6bcda4", "enrichment_processinglog", "repeat_of_id"),
    ("enrichment_processinglog_seller_id_0b94c112", "enrichment_processinglog", "seller_id"),
    ("enrichment_stepresult_log_id_b665d4d9", "enrichment_stepresult", "log_id"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_one_index_for_a_foreign_key'),
        ('catalog', '0006_one_index_for_a_foreign_key'),
        ('enrichment', '0010_seller_in_the_indexes_of_runs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='categorydecision',
                    name='seller',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='category_decisions', to='accounts.seller'),
                ),
                migrations.AlterField(
                    model_name='processinglog',
                    name='batch_id',
                    field=models.BigIntegerField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='processinglog',
                    name='created_by',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='processinglog',
                    name='product',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='logs', to='catalog.product'),
                ),
                migrations.AlterField(
                    model_name='processinglog',
                    name='repeat_of',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='repeats', to='enrichment.processinglog'),
                ),
                migrations.AlterField(
                    model_name='processinglog',
                    name='seller',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='logs', to='accounts.seller'),
                ),
                migrations.AlterField(
                    model_name='stepresult',
                    name='log',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='enrichment.processinglog'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
                for name, table, column in INDEXES
            ],
        ),
        migrations.AddIndex(
            model_name='processinglog',
            index=models.Index(condition=models.Q(('batch_id__isnull', False)), fields=['batch_id'], name='log_of_batch'),
        ),
        migrations.AddIndex(
            model_name='processinglog',
            index=models.Index(condition=models.Q(('repeat_of__isnull', False)), fields=['repeat_of'], name='log_by_repeated'),
        ),
        migrations.AddIndex(
            model_name='processinglog',
            index=models.Index(condition=models.Q(('created_by__isnull', False)), fields=['created_by'], name='log_by_person'),
        ),
    ]
