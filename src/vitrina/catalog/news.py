"""What other programs are told of imports and exports. Called in the transaction of what is told."""

from __future__ import annotations

from django.db.models import Count

from vitrina.catalog.models import Export, Import
from vitrina.catalog.pushing.models import PushRun
from vitrina.jobs import events
from vitrina.webhooks.announce import announce


def import_finished(run: Import) -> None:
    data = {
        "import": run.pk,
        "state": str(run.state),
        "source": run.file_name or run.source,
        "read": run.read,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "broken": run.broken,
        "warnings": run.warnings,
        "error": run.error,
    }
    announce(run.seller_id, "import.finished", f"import:{run.pk}", data)


def export_finished(run: Export) -> None:
    data = {
        "export": run.pk,
        "state": str(run.state),
        "target": run.target,
        "format": run.format,
        "language": run.language,
        "written": run.written,
        "held_back": run.held_back,
        "error": run.error,
    }
    announce(run.seller_id, "export.finished", f"export:{run.pk}", data)


def push_moved(run: PushRun) -> None:
    """For the pages that show it."""
    events.record(f"seller:{run.seller_id}", "push", {"push": run.pk})


def push_finished(run: PushRun) -> None:
    """`cards`: how many by how they ended, {"confirmed": 12, "rejected": 1}."""
    counted = run.pushes.order_by().values_list("state").annotate(Count("pk"))
    data = {
        "push": run.pk,
        "state": str(run.state),
        "marketplace": run.connection.platform,
        "language": run.language,
        "cards": dict(counted),
    }
    announce(run.seller_id, "push.finished", f"push:{run.pk}", data)
