"""Letting go of files whose time is over. The rows stay: what came in, what went out, when and how many."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from vitrina.catalog import preparing
from vitrina.catalog.models import Export, Import, RunState
from vitrina.lib import files

FEEDS_KEPT = timedelta(days=14)
EXPORTS_KEPT = timedelta(days=30)
# Uploaded, or fetched, looked at, and never begun.
DRAFTS_KEPT = timedelta(days=2)
ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)


def tidy() -> dict[str, int]:
    """How many copies of feeds and how many exported files were let go."""
    storage = files.storage()
    now = timezone.now()
    feeds = Import.objects.filter(state__in=ENDED, finished_at__lt=now - FEEDS_KEPT).exclude(stored_name="")
    exports = Export.objects.filter(state__in=ENDED, finished_at__lt=now - EXPORTS_KEPT).exclude(file_name="")
    let_go = {"feeds": 0, "exports": 0}
    for draft in Import.objects.filter(state=RunState.DRAFT, created_at__lt=now - DRAFTS_KEPT):
        let_go["feeds"] += bool(draft.stored_name)
        preparing.discard(draft)
    Export.objects.filter(state=RunState.DRAFT, created_at__lt=now - DRAFTS_KEPT).delete()
    for pk, name in feeds.values_list("pk", "stored_name"):
        storage.delete(name)
        let_go["feeds"] += Import.objects.filter(pk=pk).update(stored_name="")
    for pk, name, report in exports.values_list("pk", "file_name", "report_name"):
        storage.delete(name)
        if report:
            storage.delete(report)
        let_go["exports"] += Export.objects.filter(pk=pk).update(file_name="", report_name="")
    return let_go
