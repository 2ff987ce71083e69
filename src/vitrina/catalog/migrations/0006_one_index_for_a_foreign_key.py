import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# By name: altering the fields would make SQLite copy their tables.
INDEXES = [
    ("catalog_listingchange_product_id_cc6cf4b2", "catalog_listingchange", "product_id"),
    ("catalog_product_brand_id_bb0c7890", "catalog_product", "brand_id"),
    ("catalog_product_category_id_35bf920b", "catalog_product", "category_id"),
    ("catalog_product_seller_id_5ed88bb1", "catalog_product", "seller_id"),
    ("catalog_productcontent_edited_by_id_b8722127", "catalog_productcontent", "edited_by_id"),
    ("catalog_productcontent_log_id_d24e8a21", "catalog_productcontent", "log_id"),
    ("catalog_productcontent_product_id_29a1cb1f", "catalog_productcontent", "product_id"),
    ("catalog_productimage_product_id_1f42dd8c", "catalog_productimage", "product_id"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_one_index_for_a_foreign_key'),
        ('catalog', '0005_lists_from_their_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='listingchange',
                    name='product',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='listing_changes', to='catalog.product'),
                ),
                migrations.AlterField(
                    model_name='product',
                    name='brand',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='products', to='catalog.brand'),
                ),
                migrations.AlterField(
                    model_name='product',
                    name='category',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='products', to='catalog.category'),
                ),
                migrations.AlterField(
                    model_name='product',
                    name='seller',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='products', to='accounts.seller'),
                ),
                migrations.AlterField(
                    model_name='productcontent',
                    name='edited_by',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='productcontent',
                    name='log_id',
                    field=models.BigIntegerField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='productcontent',
                    name='product',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='contents', to='catalog.product'),
                ),
                migrations.AlterField(
                    model_name='productimage',
                    name='product',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='catalog.product'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
                for name, table, column in INDEXES
            ],
        ),
        migrations.RemoveIndex(
            model_name='product',
            name='product_by_category',
        ),
        migrations.RemoveIndex(
            model_name='product',
            name='product_by_brand',
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['category', 'seller', '-id'], name='product_by_category'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['brand', 'seller', '-id'], name='product_by_brand'),
        ),
        migrations.AddIndex(
            model_name='productcontent',
            index=models.Index(condition=models.Q(('edited_by__isnull', False)), fields=['edited_by'], name='content_by_editor'),
        ),
    ]
