"""A look at the feed of an address: one conditional request where nothing changed, else an import like any other.

What is asked by: the ETag, the Last-Modified and the digest of the copy that was taken in last; they move last, with
the end of the look.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction

from vitrina.catalog import importing
from vitrina.catalog.importing import FETCH_DEADLINE_SECONDS, LIMITS, MOST_FEED_BYTES, ImportOptions
from vitrina.catalog.listing import Remark
from vitrina.catalog.models import Import, RunState
from vitrina.catalog.sources import looks
from vitrina.catalog.sources.doubting import doubt, enough
from vitrina.catalog.sources.models import Look, LookState, Source
from vitrina.catalog.sources.troubles import LEFT
from vitrina.lib import files
from vitrina.lib.feeds import open_feed
from vitrina.lib.fetch import Saved
from vitrina.lib.guarded import fetcher
from vitrina.lib.sentences import gettext_noop

Tell = Callable[[Look], None]

BROKE_OFF = gettext_noop("The import ended before the feed was read whole; what it brought is kept.")


def look(found: Look, *, tell: Tell, job_id: int | None) -> None:
    """Raises FetchError, NotAFeed, and what `tell` raises."""
    if found.import_run is None:
        tell(found)
        with tempfile.TemporaryDirectory(prefix="vitrina-feed-") as folder:
            path = Path(folder) / "feed"
            saved = _fetch(found, path)
            if saved.not_modified:
                _as_it_was(found, found.source.cursor)
                return
            if not _keep(found, path, saved, job_id):
                return
    run = found.import_run
    assert run is not None
    if job_id and run.job_id != job_id:
        run.job_id = job_id
        run.save(update_fields=["job_id"])
    _read(found, run, tell)


def _fetch(found: Look, path: Path) -> Saved:
    cursor = {} if found.is_forced else found.source.cursor
    return fetcher().fetch_to_file(
        found.source.address,
        path,
        max_bytes=MOST_FEED_BYTES,
        deadline_seconds=FETCH_DEADLINE_SECONDS,
        etag=cursor.get("etag"),
        last_modified=cursor.get("last_modified"),
    )


def _keep(found: Look, path: Path, saved: Saved, job_id: int | None) -> bool:
    """An import of the copy, to be read. False: there is nothing to read, and the look has ended."""
    source = found.source
    options = ImportOptions.load(source.options)
    with path.open("rb") as stream:
        stored = importing.keep(stream, source.address.partition("?")[0])
    is_wanted = False
    try:
        marks = {
            "etag": saved.headers.get("etag", "")[:500],
            "last_modified": saved.headers.get("last-modified", "")[:100],
            "digest": stored.digest,
        }
        if stored.digest == source.cursor.get("digest") and not found.is_forced:
            _as_it_was(found, source.cursor | marks)
            return False
        before = source.cursor.get("rows")
        rows = _rows_at_least(path, options, enough(before))
        if not found.is_forced and (doubted := doubt(before, rows)):
            looks.stop(found, *doubted)
            return False
        with transaction.atomic():
            run = Import.objects.create(
                seller=source.seller,
                source=source.address,
                stored_name=stored.name,
                digest=stored.digest,
                options=asdict(options) | {"enrich": source.enrich},
                created_by=source.created_by,
                job_id=job_id,
            )
            found.import_run = run
            found.save(update_fields=["import_run"])
            Source.objects.filter(pk=source.pk).update(cursor=source.cursor | {"next": marks})
        source.cursor |= {"next": marks}
        is_wanted = True
        return True
    finally:
        if not is_wanted:
            files.storage().delete(stored.name)


def _rows_at_least(path: Path, options: ImportOptions, most: int) -> int:
    """Rows of the feed, counted up to `most`. Raises NotAFeed."""
    rows = 0
    with open_feed(path, encoding=options.encoding, delimiter=options.delimiter, limits=LIMITS) as feed:
        for _row in feed:
            rows += 1
            if rows >= most:
                break
    return rows


def _as_it_was(found: Look, cursor: dict[str, Any]) -> None:
    looks.count(found, {"unchanged": int(cursor.get("rows") or 0)}, [])
    looks.finish(found, cursor)


def _read(found: Look, run: Import, tell: Tell) -> None:
    if run.state in importing.LIVE:

        def go_on(progress: importing.Progress) -> None:
            _copy_counts(found, run)
            tell(found)

        try:
            run = importing.read(run, on_progress=go_on)
        except importing.ImportFailed as error:
            _copy_counts(found, run)
            looks.stop(found, "not_a_feed", Remark(str(error)))
            return
        except importing.TakenOver as error:
            raise looks.TakenOver(str(error)) from error
    _copy_counts(found, run)
    if run.state != RunState.DONE:
        looks.stop(found, LEFT, Remark(BROKE_OFF))
        return
    cursor = dict(found.source.cursor)
    looks.finish(found, cursor.pop("next", {}) | {"rows": run.read})


def _copy_counts(found: Look, run: Import) -> None:
    run.refresh_from_db()
    for name in looks.COUNTED:
        setattr(found, name, getattr(run, name))
    Look.objects.filter(pk=found.pk, state=LookState.RUNNING).update(
        **{name: getattr(found, name) for name in looks.COUNTED}
    )
