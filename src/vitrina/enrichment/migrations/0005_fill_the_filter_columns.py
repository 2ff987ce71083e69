from django.db import migrations


def fill(apps, schema_editor):
    """The waiting items of before get the columns that the queue is filtered by."""
    items = apps.get_model("enrichment", "ModerationItem")
    categories = set(apps.get_model("catalog", "Category").objects.values_list("pk", flat=True))
    waiting = items.objects.filter(resolution="", codes="").select_related("log")
    for item in waiting.only("pk", "reasons", "log__result", "log__options").iterator(chunk_size=500):
        suggested = (item.log.result or {}).get("category") or {}
        codes = "|".join(dict.fromkeys(reason.get("code", "") for reason in item.reasons))
        items.objects.filter(pk=item.pk).update(
            codes=f"|{codes}|"[:400] if codes else "",
            category_id=suggested.get("id") if suggested.get("id") in categories else None,
            confidence=suggested.get("confidence"),
            language=(item.log.options or {}).get("language") or "",
        )


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0004_filter_the_queue")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
