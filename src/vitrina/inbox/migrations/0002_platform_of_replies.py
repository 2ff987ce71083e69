"""The marketplace stands with each reply: the latest answers at one are read without going through their interactions."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    Reply, Interaction = apps.get_model("inbox", "Reply"), apps.get_model("inbox", "Interaction")
    of = Interaction.objects.filter(pk=OuterRef("interaction_id")).values("platform")[:1]
    Reply.objects.using(schema_editor.connection.alias).update(platform=Subquery(of))


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="platform",
            field=models.CharField(default="", max_length=40),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["seller", "platform", "-id"], name="replies_at_marketplace"),
        ),
    ]
