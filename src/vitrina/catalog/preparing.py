"""From a file or an address to an import that is begun: kept, looked at, explained, tried out. Nothing is written yet.

draft → (fetched) → looked at → explained, tried out → begun | discarded; one that nobody begins is let go by `tidying`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from vitrina.accounts.models import Seller, User
from vitrina.catalog import columns, importing, preview
from vitrina.catalog.importing import ImportFailed, ImportOptions
from vitrina.catalog.models import Import, RunState
from vitrina.jobs import control
from vitrina.jobs.models import Job
from vitrina.lib import files
from vitrina.lib.feeds import NotAFeed
from vitrina.lib.fetch import FetchError

FETCH = "catalog.fetch"
TRIAL = "catalog.trial"


def draft(
    seller: Seller,
    *,
    url: str = "",
    file: BinaryIO | None = None,
    file_name: str = "",
    options: ImportOptions | None = None,
    by: User | None = None,
) -> Import:
    """Keep the file and look at it, or queue the fetching of the address. A file that is no feed is let go: the row
    says why. Raises QueueFull."""
    stored = importing.keep(file, file_name) if file else None
    with transaction.atomic():
        import_run = Import.objects.create(
            seller=seller,
            source=url or file_name,
            file_name=file_name[-255:],
            stored_name=stored.name if stored else "",
            digest=stored.digest if stored else "",
            options=asdict(options or ImportOptions()),
            state=RunState.DRAFT,
            created_by=by,
        )
        if not stored:
            importing.queue(import_run, FETCH, "fetch", by=by)
    if stored:
        look(import_run)
    return import_run


def fetch(import_run: Import) -> None:
    """Bring the feed of an address home and look at it. Raises ImportFailed; the row says the same."""
    try:
        importing.fetch(import_run)
    except FetchError as error:
        if error.permanent:
            _refuse(import_run, str(error))
        raise ImportFailed(str(error), may_pass=not error.permanent) from error
    look(import_run)


def give_up(import_run: Import, reason: str) -> None:
    """A draft whose fetching ended without it."""
    _refuse(import_run, reason)


def look(import_run: Import) -> bool:
    """Read the head anew. False: it is no feed, and the row says why."""
    options = ImportOptions.load(import_run.options)
    try:
        with files.storage().open(import_run.stored_name) as stream:
            seen = preview.look(stream, encoding=options.encoding, delimiter=options.delimiter)
    except (NotAFeed, FileNotFoundError) as error:
        sentence = (
            "The stored copy of the feed is gone." if isinstance(error, FileNotFoundError) else str(error)
        )
        if not options.encoding and not options.delimiter:
            _refuse(import_run, sentence)
        else:  # what a person said of the file does not fit it: they can say otherwise
            import_run.error = sentence
            import_run.save(update_fields=["error"])
        return False
    import_run.preview, import_run.expected = dict(seen), seen["expected"]
    import_run.format, import_run.error = seen["format"], ""
    import_run.save(update_fields=["preview", "expected", "format", "error"])
    return True


def _refuse(import_run: Import, sentence: str) -> None:
    Import.objects.filter(pk=import_run.pk, state=RunState.DRAFT).update(
        state=RunState.FAILED, error=sentence, finished_at=timezone.now(), stored_name=""
    )
    if import_run.stored_name:
        files.storage().delete(import_run.stored_name)
    import_run.refresh_from_db()


# --- What a person says about it --------------------------------------------------------------------------


def explain(import_run: Import, options: ImportOptions) -> None:
    """Keep what was said about a draft. Another encoding or delimiter is looked at anew; a dry run of before is stale."""
    before = ImportOptions.load(import_run.options)
    if asdict(options) == import_run.options:
        return
    import_run.options = asdict(options)
    if import_run.trial and import_run.trial.get("of") != trial_key(options):
        import_run.trial = None
    Import.objects.filter(pk=import_run.pk, state=RunState.DRAFT).update(
        options=import_run.options, trial=import_run.trial
    )
    if (before.encoding, before.delimiter) != (options.encoding, options.delimiter):
        look(import_run)


def trial_key(options: ImportOptions) -> str:
    """Equal for options under which the same file says the same."""
    return repr(
        (
            sorted(options.columns.items()),
            options.encoding,
            options.delimiter,
            options.currency,
            options.supplier,
        )
    )


def said_of(roles: Mapping[str, str], *, remembered: Mapping[str, str]) -> dict[str, str]:
    """What is kept of a whole table of roles: nothing when it is what the names say anyway."""
    as_guessed = columns.roles_of(roles, {})
    return {} if dict(roles) == as_guessed and not remembered else dict(roles)


def try_out(import_run: Import, *, by: User | None = None) -> None:
    """Queue a dry run of a draft. Raises QueueFull."""
    with transaction.atomic():
        if Import.objects.filter(pk=import_run.pk, state=RunState.DRAFT).update(trial=None):
            importing.queue(import_run, TRIAL, "trial", by=by)


def begin(import_run: Import, *, by: User | None = None) -> None:
    """The reading itself. Begun already: nothing. Raises QueueFull, and the draft stays one."""
    earlier = Job.objects.filter(pk=import_run.job_id).first() if import_run.job_id else None
    with transaction.atomic():
        won = (
            Import.objects.filter(pk=import_run.pk, state=RunState.DRAFT)
            .exclude(stored_name="")
            .update(state=RunState.WAITING, preview=None)
        )
        if won:
            importing.queue(import_run, importing.KIND, "import", by=by)
    if won and earlier is not None and earlier.kind == TRIAL and earlier.is_live:
        with contextlib.suppress(control.ControlRefused):  # it ended meanwhile
            control.cancel(earlier, by=by)


def discard(import_run: Import) -> bool:
    """A draft that is not wanted, with its file."""
    name = Import.objects.filter(pk=import_run.pk).values_list("stored_name", flat=True).first()
    gone, _ = Import.objects.filter(pk=import_run.pk, state=RunState.DRAFT).delete()
    if gone and name:
        files.storage().delete(name)
    return bool(gone)


def again(import_run: Import, *, by: User | None = None) -> Import:
    """The feed of an address once more, with what was said about it the first time. Raises QueueFull."""
    return importing.start(
        import_run.seller, url=import_run.source, options=ImportOptions.load(import_run.options), by=by
    )
