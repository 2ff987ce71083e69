import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CollectionState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('collection', models.CharField(max_length=40, unique=True)),
                ('epoch', models.UUIDField(default=uuid.uuid4)),
                ('last_sequence', models.BigIntegerField(default=0)),
                ('lease_owner', models.CharField(default='', max_length=64)),
                ('lease_until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('collection', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=120)),
                ('text', models.TextField()),
                ('payload', models.JSONField(default=dict)),
                ('group', models.CharField(default='', max_length=120)),
                ('removed', models.BooleanField(default=False)),
                ('sequence', models.BigIntegerField(null=True)),
                ('embedded_by', models.CharField(default='', max_length=120)),
                ('seller', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.seller')),
            ],
            options={
                'indexes': [models.Index(fields=['collection', 'sequence', 'id'], name='document_changes'), models.Index(fields=['collection', 'group'], name='document_group')],
                'constraints': [models.UniqueConstraint(fields=('collection', 'key'), name='document_once')],
            },
        ),
        migrations.CreateModel(
            name='DocumentVector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=120)),
                ('size', models.PositiveIntegerField()),
                ('vector', models.BinaryField()),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vectors', to='retrieval.document')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('document', 'model'), name='document_vector_once')],
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('collection', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('seller_key', models.BigIntegerField(default=0)),
                ('sequence', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['collection', 'sequence', 'id'], name='group_changes')],
                'constraints': [models.UniqueConstraint(fields=('collection', 'name', 'seller_key'), name='group_once')],
            },
        ),
    ]
