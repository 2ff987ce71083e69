import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# By name: altering the fields would make SQLite copy their tables.
INDEXES = [
    ("accounts_auditentry_seller_id_1518cd92", "accounts_auditentry", "seller_id"),
    ("accounts_auditentry_user_id_7b0077aa", "accounts_auditentry", "user_id"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_welcome_of_the_first_admin'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='auditentry',
                    name='seller',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.seller'),
                ),
                migrations.AlterField(
                    model_name='auditentry',
                    name='user',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
                for name, table, column in INDEXES
            ],
        ),
    ]
