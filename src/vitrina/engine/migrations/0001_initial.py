import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PriceOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=240, unique=True, verbose_name='model')),
                ('input', models.DecimalField(decimal_places=6, max_digits=12, verbose_name='input, USD per million tokens')),
                ('output', models.DecimalField(decimal_places=6, max_digits=12, verbose_name='output, USD per million tokens')),
                ('cached_input', models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True, verbose_name='cached input, USD per million tokens')),
            ],
            options={
                'verbose_name': 'price',
                'verbose_name_plural': 'prices',
            },
        ),
        migrations.CreateModel(
            name='RateState',
            fields=[
                ('key', models.CharField(max_length=120, primary_key=True, serialize=False)),
                ('tat', models.FloatField()),
            ],
            options={
                'verbose_name': 'rate',
                'verbose_name_plural': 'rates',
            },
        ),
        migrations.CreateModel(
            name='CallTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begin', models.DateTimeField()),
                ('provider', models.CharField(max_length=40)),
                ('model', models.CharField(max_length=200)),
                ('packed', models.TextField()),
            ],
            options={
                'verbose_name': 'tally of calls',
                'verbose_name_plural': 'tallies of calls',
                'constraints': [models.UniqueConstraint(fields=('begin', 'provider', 'model'), name='call_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('call_id', models.UUIDField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('packed', models.BinaryField()),
            ],
            options={
                'verbose_name': 'exchange',
                'verbose_name_plural': 'exchanges',
                'indexes': [models.Index(fields=['at'], name='exchange_to_clear')],
            },
        ),
        migrations.CreateModel(
            name='ProviderSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='provider')),
                ('base_url', models.CharField(blank=True, default='', max_length=500, verbose_name='address')),
                ('sealed_key', models.TextField(blank=True, default='')),
                ('key_ending', models.CharField(blank=True, default='', max_length=4)),
                ('requests_per_minute', models.PositiveIntegerField(blank=True, null=True, verbose_name='requests per minute')),
                ('tokens_per_minute', models.PositiveIntegerField(blank=True, null=True, verbose_name='tokens per minute')),
                ('calls_at_once', models.PositiveIntegerField(blank=True, null=True, verbose_name='calls at once')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'provider',
                'verbose_name_plural': 'providers',
            },
        ),
        migrations.CreateModel(
            name='RouteOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('route', models.CharField(max_length=40, unique=True, verbose_name='route')),
                ('settings', models.JSONField(default=dict, verbose_name='settings')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'route',
                'verbose_name_plural': 'routes',
            },
        ),
        migrations.CreateModel(
            name='StoredAnswer',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('is_done', models.BooleanField(default=False)),
                ('owner', models.CharField(max_length=80)),
                ('lease_until', models.FloatField(default=0)),
                ('expires_at', models.FloatField(default=0)),
                ('call', models.JSONField(default=dict)),
                ('raw', models.TextField(default='')),
                ('finish', models.CharField(default='', max_length=40)),
                ('tokens_prompt', models.PositiveIntegerField(default=0)),
                ('tokens_completion', models.PositiveIntegerField(default=0)),
                ('cost', models.DecimalField(decimal_places=9, max_digits=18, null=True)),
            ],
            options={
                'verbose_name': 'stored answer',
                'verbose_name_plural': 'stored answers',
                'indexes': [models.Index(fields=['expires_at'], name='stored_answer_to_clear')],
            },
        ),
        migrations.CreateModel(
            name='ModelCall',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('kind', models.CharField(max_length=16, verbose_name='kind')),
                ('generator', models.CharField(max_length=80, verbose_name='generator')),
                ('route', models.CharField(max_length=40, verbose_name='route')),
                ('provider', models.CharField(max_length=40, verbose_name='provider')),
                ('model', models.CharField(max_length=200, verbose_name='model')),
                ('outcome', models.CharField(max_length=16, verbose_name='outcome')),
                ('error_class', models.CharField(blank=True, max_length=24, verbose_name='error')),
                ('status', models.PositiveSmallIntegerField(default=0, verbose_name='HTTP status')),
                ('attempt', models.PositiveSmallIntegerField(default=1, verbose_name='attempt')),
                ('is_repair', models.BooleanField(default=False, verbose_name='repair')),
                ('is_estimated', models.BooleanField(default=False, verbose_name='tokens estimated')),
                ('tokens_prompt', models.PositiveIntegerField(null=True, verbose_name='prompt tokens')),
                ('tokens_completion', models.PositiveIntegerField(null=True, verbose_name='completion tokens')),
                ('tokens_cached', models.PositiveIntegerField(null=True, verbose_name="prompt tokens from the provider's cache")),
                ('tokens_total', models.PositiveIntegerField(null=True, verbose_name='tokens')),
                ('cost', models.DecimalField(decimal_places=9, max_digits=18, null=True, verbose_name='cost, USD')),
                ('latency_ms', models.PositiveIntegerField(default=0, verbose_name='latency, ms')),
                ('first_token_ms', models.PositiveIntegerField(null=True, verbose_name='first token, ms')),
                ('prompt_version', models.CharField(blank=True, max_length=16, verbose_name='prompt version')),
                ('request_id', models.CharField(blank=True, max_length=200, verbose_name="provider's request id")),
                ('job_id', models.BigIntegerField(null=True, verbose_name='job')),
                ('seller', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.seller')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'model call',
                'verbose_name_plural': 'model calls',
                'indexes': [models.Index(fields=['seller', 'at', 'id', 'provider', 'model', 'outcome', 'error_class', 'route', 'cost'], name='model_call_of_seller'), models.Index(fields=['at', 'id', 'provider', 'model', 'outcome', 'error_class', 'latency_ms', 'route', 'seller', 'cost'], name='model_call_log'), models.Index(condition=models.Q(('job_id__isnull', False)), fields=['job_id'], name='model_call_by_job')],
            },
        ),
    ]
