import django.db.models.deletion
import vitrina.jobs.states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False, verbose_name='name')),
                ('next_run', models.DateTimeField(verbose_name='next run')),
                ('last_run', models.DateTimeField(blank=True, null=True, verbose_name='last run')),
                ('is_enabled', models.BooleanField(default=True, verbose_name='enabled')),
            ],
            options={
                'verbose_name': 'schedule',
                'verbose_name_plural': 'schedules',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='WorkerTick',
            fields=[
                ('owner', models.CharField(max_length=120, primary_key=True, serialize=False)),
                ('threads', models.PositiveIntegerField(verbose_name='threads')),
                ('running', models.PositiveIntegerField(default=0, verbose_name='running')),
                ('is_stopping', models.BooleanField(default=False, verbose_name='stopping')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('ticked_at', models.DateTimeField(db_index=True, verbose_name='last seen')),
            ],
            options={
                'verbose_name': 'worker',
                'verbose_name_plural': 'workers',
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('key', models.CharField(blank=True, default='', max_length=200)),
                ('payload', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('waiting', 'waiting for its parts'), ('check', 'a person decides'), ('done', 'done'), ('dead', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=12, verbose_name='state')),
                ('priority', models.SmallIntegerField(default=vitrina.jobs.states.Priority['BATCH'], verbose_name='priority')),
                ('queue', models.CharField(max_length=130)),
                ('lane', models.CharField(blank=True, default='', max_length=200)),
                ('is_held', models.BooleanField(default=False)),
                ('run_at', models.DateTimeField(verbose_name='not before')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused')),
                ('cancel_requested', models.BooleanField(default=False)),
                ('runs_again', models.BooleanField(default=False)),
                ('attempt', models.PositiveIntegerField(default=0, verbose_name='attempt')),
                ('claims', models.PositiveIntegerField(default=0)),
                ('fence', models.PositiveBigIntegerField(default=0)),
                ('owner', models.CharField(blank=True, default='', max_length=120)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('has_children', models.BooleanField(default=False)),
                ('child_kind', models.CharField(blank=True, default='', max_length=80)),
                ('cursor', models.JSONField(blank=True, null=True)),
                ('is_fed', models.BooleanField(default=True)),
                ('total', models.PositiveIntegerField(blank=True, null=True)),
                ('title', models.CharField(blank=True, default='', max_length=200, verbose_name='title')),
                ('progress', models.JSONField(default=dict, verbose_name='progress')),
                ('result', models.JSONField(blank=True, null=True, verbose_name='result')),
                ('cost', models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True, verbose_name='cost, USD')),
                ('reason', models.CharField(blank=True, default='', max_length=80)),
                ('error', models.TextField(blank=True, default='', verbose_name='error')),
                ('traceback', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('woken_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='jobs.job')),
                ('seller', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='accounts.seller')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'indexes': [models.Index(condition=models.Q(('is_held', False), ('paused_at', None), ('state', 'queued')), fields=['queue', 'run_at', 'id'], name='job_ready'), models.Index(condition=models.Q(('state', 'running')), fields=['queue'], name='job_running'), models.Index(condition=models.Q(('state__in', ['queued', 'running']), models.Q(('lane', ''), _negated=True)), fields=['lane', 'id'], name='job_lane'), models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent', 'state', 'cost'], name='job_parts'), models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='job_waiting'), models.Index(condition=models.Q(('has_children', True)), fields=['seller', 'kind', 'state', 'id'], name='job_batches_of_seller'), models.Index(condition=models.Q(('state', 'queued')), fields=['seller'], name='job_queued_of_seller'), models.Index(fields=['seller', 'state', 'id'], name='job_by_state'), models.Index(fields=['state', 'finished_at'], name='job_finished'), models.Index(condition=models.Q(('parent', None)), fields=['parent', 'seller', 'id', 'state'], name='job_top'), models.Index(condition=models.Q(('created_by__isnull', False)), fields=['created_by'], name='job_by_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', [vitrina.jobs.states.State['CHECK'], vitrina.jobs.states.State['QUEUED'], vitrina.jobs.states.State['RUNNING'], vitrina.jobs.states.State['WAITING']]), models.Q(('key', ''), _negated=True)), fields=('kind', 'key'), name='job_live_key')],
            },
        ),
        migrations.CreateModel(
            name='Effect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('kind', models.CharField(max_length=8)),
                ('input_hash', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('intent', 'begun'), ('done', 'done'), ('refused', 'refused'), ('doubt', 'in doubt')], default='intent', max_length=8)),
                ('result', models.JSONField(blank=True, null=True)),
                ('cost', models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True, verbose_name='cost, USD')),
                ('fence', models.PositiveBigIntegerField()),
                ('looks', models.PositiveSmallIntegerField(default=0)),
                ('repeats', models.PositiveSmallIntegerField(default=0)),
                ('error', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='effects', to='jobs.job')),
            ],
            options={
                'verbose_name': 'effect',
                'verbose_name_plural': 'effects',
            },
        ),
        migrations.CreateModel(
            name='JobEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=40)),
                ('data', models.JSONField(default=dict)),
                ('job_id', models.BigIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'indexes': [models.Index(fields=['topic', 'id'], name='event_of_topic')],
            },
        ),
    ]
