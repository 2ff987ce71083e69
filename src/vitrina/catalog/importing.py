"""Reading a feed into the catalogue: a file or a URL, any size, killed at any point and gone on with.

The feed is first copied into the storage, so that what is read can't change half-way. Each chunk of rows is one
transaction that holds its products, its broken rows, the counters and the position: nothing is counted twice.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from vitrina.accounts.models import Seller, User
from vitrina.catalog import columns, feed_tree, news, vanished
from vitrina.catalog.intake import CHUNK, Memory, receive_chunk
from vitrina.catalog.listing import LONGEST, Listing, Remark
from vitrina.catalog.mapping import FORBIDDEN, Mapped, RowMapper
from vitrina.catalog.models import BrokenRow, ColumnMapping, Import, RunState
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.lib import files
from vitrina.lib.feeds import BrokenFeedRow, Feed, FeedLimits, FeedRow, NotAFeed, open_feed
from vitrina.lib.fetch import FetchError
from vitrina.lib.guarded import fetcher
from vitrina.lib.sentences import gettext_noop

KIND = "catalog.import"
# Asked for when an import that wants enrichment is done: one job, which starts a batch over `changed_in`.
IMPORTED = "enrichment.imported"

MOST_FEED_BYTES = 2 * 1024**3
FETCH_DEADLINE_SECONDS = 900.0
COPY_IS_FRESH = timedelta(hours=1)
# A feed with more broken rows than this is another feed than it was taken for. All are counted.
MOST_BROKEN_ROWS = 20_000
LIMITS = FeedLimits(rows=20_000_000)
RAW_SHOWN = 500  # characters of a broken row that are kept to look at
CHUNK_CHARACTERS = (
    4_000_000  # a chunk ends here at the latest, so that memory stays flat with long descriptions
)

REPEATED = gettext_noop("the id %(id)s stands in this feed more than once; the first row with it is kept")

LIVE = (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`columns`: what a person said about columns, {"Наименование": "title", "Склад": ""}. `enrich`: afterwards."""

    columns: dict[str, str] = field(default_factory=dict)
    encoding: str = ""  # "" = recognised
    delimiter: str = ""  # of CSV; "" = recognised
    currency: str = ""  # of rows that name none; "" = the seller's
    supplier: str = ""
    enrich: bool = False
    grow_tree: bool = False  # a shop without categories takes those that the feed names
    remember: bool = True  # what was said about columns, for the next file with the same header row

    @classmethod
    def load(cls, options: Mapping[str, Any]) -> ImportOptions:
        """From a row or a form; raises ValueError in words for a role that doesn't exist."""
        known = cls(**{name: value for name, value in options.items() if name in cls.__dataclass_fields__})
        strange = sorted(set(known.columns.values()) - columns.KNOWN_ROLES)
        if strange:
            raise ValueError(
                f"A column can't be read as {', '.join(strange)}; it can be: {', '.join(sorted(columns.KNOWN_ROLES))}."
            )
        return known


@dataclass(frozen=True, slots=True)
class Progress:
    """After each chunk. `rows_per_second` since this reading began."""

    read: int
    created: int
    updated: int
    unchanged: int
    broken: int
    warnings: int
    rows_per_second: float


class ImportFailed(Exception):
    """The feed as a whole can't be read (on). What was taken in before stays. `may_pass`: worth trying again."""

    def __init__(self, sentence: str, *, may_pass: bool = False) -> None:
        super().__init__(sentence)
        self.may_pass = may_pass


class TakenOver(Exception):
    """Another process reads the same import: this one stops, nothing is counted twice."""


# --- Starting ---------------------------------------------------------------------------------------------


def start(
    seller: Seller,
    *,
    url: str = "",
    file: BinaryIO | None = None,
    file_name: str = "",
    file_format: str = "",
    options: ImportOptions | None = None,
    by: User | None = None,
) -> Import:
    """Keep the file, or note the URL, and queue the reading. The same file again while it is being read: that import."""
    options = options or ImportOptions()
    stored = keep(file, file_name) if file else None
    is_kept = False
    try:
        with transaction.atomic():
            # The seller's row is the lock: a double click makes one import.
            Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
            import_run = _find_live(seller, url=url, digest=stored.digest if stored else "", options=options)
            is_new = import_run is None
            if import_run is None:
                import_run = _create(seller, url, stored, file_name, file_format, options, by)
            queue(import_run, KIND, "import", by=by)
        is_kept = is_new
    finally:
        # Refused (a full queue), or read already: nobody would ever ask for this copy.
        if stored and not is_kept:
            files.storage().delete(stored.name)
    return import_run


def prepare(
    seller: Seller,
    *,
    url: str = "",
    file: BinaryIO | None = None,
    file_name: str = "",
    file_format: str = "",
    options: ImportOptions | None = None,
) -> Import:
    """The same without a job, for a command that reads at once. An unfinished import of the same file is gone on with."""
    options = options or ImportOptions()
    stored = keep(file, file_name) if file else None
    import_run = _find_live(seller, url=url, digest=stored.digest if stored else "", options=options)
    if import_run and url and import_run.created_at < timezone.now() - COPY_IS_FRESH:
        # Its copy of the address is old; whoever asks now wants what stands there now.
        cancel(import_run)
        import_run = None
    if import_run is None:
        return _create(seller, url, stored, file_name, file_format, options, None)
    if stored:
        files.storage().delete(stored.name)
    return import_run


def queue(import_run: Import, kind: str, word: str, *, by: User | None = None) -> None:
    """The next job of an import, in the caller's transaction; a seller's imports are read one after another."""
    job = enqueue(
        kind,
        {"import_id": import_run.pk},
        key=f"{word}:{import_run.pk}",
        seller_id=import_run.seller_id,
        priority=Priority.SYNC,
        lane=f"{word}:{import_run.seller_id}",
        title=str(import_run)[:200],
        created_by_id=by.pk if by else None,
    )
    import_run.job_id = job.pk
    import_run.save(update_fields=["job_id"])


@dataclass(frozen=True, slots=True)
class Stored:
    name: str
    digest: str


def keep(file: BinaryIO, file_name: str) -> Stored:
    name = files.new_name("feeds", Path(file_name).suffix)
    reader = _Hashing(file)
    files.storage().save(name, reader)  # type: ignore[arg-type]
    return Stored(name, reader.digest)


class _Hashing:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _find_live(seller: Seller, *, url: str, digest: str, options: ImportOptions) -> Import | None:
    same = Import.objects.filter(seller=seller, state__in=LIVE, options=asdict(options))
    same = same.filter(digest=digest) if digest else same.filter(source=url)
    return same.order_by("pk").first()


def _create(
    seller: Seller,
    url: str,
    stored: Stored | None,
    file_name: str,
    file_format: str,
    options: ImportOptions,
    by: User | None,
) -> Import:
    return Import.objects.create(
        seller=seller,
        source=url or file_name,
        file_name=file_name[-255:],
        stored_name=stored.name if stored else "",
        digest=stored.digest if stored else "",
        format=file_format,
        options=asdict(options),
        created_by=by,
    )


# --- Reading ----------------------------------------------------------------------------------------------


def read(
    import_run: Import,
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Import:
    """Read the whole feed, or what a killed reading left of it. `on_progress` may raise to stop between chunks.

    Raises ImportFailed in words for the operator; the row says the same. Costs about fifteen statements for every
    250 rows; memory does not grow with the feed.
    """
    Import.objects.filter(pk=import_run.pk).update(state=RunState.RUNNING, error="", finished_at=None)
    import_run.refresh_from_db()
    try:
        if not import_run.stored_name:
            fetch(import_run)
        with local_copy(import_run.stored_name) as path:
            reader = _Reader(import_run, on_progress)
            reader.read(path)
    except (NotAFeed, FetchError, FileNotFoundError) as error:
        sentence = _failure(import_run, error)
        may_pass = isinstance(error, FetchError) and not error.permanent
        with transaction.atomic():
            Import.objects.filter(pk=import_run.pk).update(
                state=RunState.FAILED, error=sentence, finished_at=timezone.now()
            )
            import_run.refresh_from_db()
            # One that is tried again has not ended; when its tries are used up, its job has failed.
            if not may_pass:
                news.import_finished(import_run)
        raise ImportFailed(sentence, may_pass=may_pass) from error
    _finish(import_run, reader)
    import_run.refresh_from_db()
    return import_run


def cancel(import_run: Import) -> None:
    """What was taken in stays."""
    Import.objects.filter(pk=import_run.pk, state__in=LIVE).update(
        state=RunState.CANCELLED, finished_at=timezone.now()
    )


def _failure(import_run: Import, error: Exception) -> str:
    rows = Import.objects.values_list("read", flat=True).get(pk=import_run.pk)
    sentence = (
        "The stored copy of the feed is gone; start the import again."
        if isinstance(error, FileNotFoundError)
        else str(error)
    )
    if rows:
        return f"{sentence} The {rows} rows before it are kept."
    return f"{sentence} The catalogue is as it was."


def fetch(import_run: Import) -> None:
    """Into a temporary file, then into the storage, then into the row."""
    with tempfile.TemporaryDirectory(prefix="vitrina-feed-") as folder:
        path = Path(folder) / "feed"
        fetcher().fetch_to_file(
            import_run.source, path, max_bytes=MOST_FEED_BYTES, deadline_seconds=FETCH_DEADLINE_SECONDS
        )
        with path.open("rb") as stream:
            stored = keep(stream, import_run.source.partition("?")[0])
    import_run.stored_name, import_run.digest = stored.name, stored.digest
    import_run.save(update_fields=["stored_name", "digest"])


@contextmanager
def local_copy(name: str) -> Iterator[Path]:
    """The stored feed as a file of this machine."""
    with tempfile.TemporaryDirectory(prefix="vitrina-feed-") as folder:
        path = Path(folder) / Path(name).name
        with files.storage().open(name) as stream, path.open("wb") as copy:
            shutil.copyfileobj(stream, copy, 1024 * 1024)
        yield path


def _finish(import_run: Import, reader: _Reader) -> None:
    options = ImportOptions.load(import_run.options)
    gone = vanished.since_the_import_before(import_run, reader.mapper.columns)
    with transaction.atomic():
        won = Import.objects.filter(pk=import_run.pk, state=RunState.RUNNING).update(
            state=RunState.DONE,
            finished_at=timezone.now(),
            vanished=gone,
            columns=reader.mapper.columns,
            remarks=reader.remarks,
        )
        if won:
            import_run.refresh_from_db()
            news.import_finished(import_run)
        if won and options.columns and options.remember:
            remember_columns(
                import_run.seller,
                reader.headers or reader.mapper.columns,
                options.columns,
                source=str(import_run),
            )
        if won and options.grow_tree:
            feed_tree.grow(import_run.seller)
        if won and options.enrich:
            enqueue(
                IMPORTED,
                {"import_id": import_run.pk},
                key=f"imported:{import_run.pk}",
                seller_id=import_run.seller_id,
            )


@dataclass(slots=True)
class _Chunk:
    listings: list[Listing] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # of the listings
    broken: list[BrokenRow] = field(default_factory=list)
    rows: int = 0
    characters: int = 0

    @property
    def is_full(self) -> bool:
        return self.rows >= CHUNK or self.characters >= CHUNK_CHARACTERS


class _Reader:
    def __init__(self, import_run: Import, on_progress: Callable[[Progress], None]) -> None:
        self._import = import_run
        self._on_progress = on_progress
        self._began = time.monotonic()
        self._read_before = import_run.read
        self._memory = Memory()
        self.mapper = RowMapper(file_format="")
        self.remarks: list[str] = []
        self.headers: tuple[str, ...] = ()

    def read(self, path: Path) -> None:
        options = ImportOptions.load(self._import.options)
        seller = self._import.seller
        with open_feed(
            path,
            format=self._import.format,
            encoding=options.encoding,
            delimiter=options.delimiter,
            limits=LIMITS,
        ) as feed:
            self.mapper = mapper_for(feed, seller, options)
            self.headers = feed.columns
            if not self._import.format:
                Import.objects.filter(pk=self._import.pk).update(format=feed.format)
            chunk = _Chunk()
            for position, row in enumerate(feed):
                if position < self._read_before:
                    continue
                self._take(row, chunk)
                if chunk.is_full:
                    self._write(chunk)
                    chunk = _Chunk()
            self._write(chunk)
            self.remarks = feed.remarks

    def _take(self, row: FeedRow | BrokenFeedRow, chunk: _Chunk) -> None:
        chunk.rows += 1
        if isinstance(row, BrokenFeedRow):
            chunk.broken.append(self._broken(row.line, Remark(row.reason), raw=str(row.raw)))
            return
        mapped = self.mapper.map(row.fields)
        if not isinstance(mapped, Mapped):
            chunk.broken.append(
                self._broken(
                    row.line, mapped.reason, external_id=mapped.external_id, raw=_as_text(row.fields)
                )
            )
            return
        listing = mapped.listing
        chunk.listings.append(listing)
        chunk.lines.append(row.line)
        chunk.characters += len(listing.description) + sum(map(len, listing.attributes.values()))
        chunk.broken += [
            self._broken(row.line, remark, external_id=listing.external_id, is_warning=True)
            for remark in mapped.warnings
        ]

    def _broken(
        self, line: int, remark: Remark, *, external_id: str = "", raw: str = "", is_warning: bool = False
    ) -> BrokenRow:
        shown = raw if len(raw) <= RAW_SHOWN else f"{raw[:RAW_SHOWN]}… ({len(raw)})"
        return BrokenRow(
            import_run=self._import,
            line=line,
            external_id=external_id[: LONGEST["external_id"]],
            reason=FORBIDDEN.sub("", remark.sentence),
            values=dict(remark.values),
            raw=FORBIDDEN.sub("", shown),
            is_warning=is_warning,
        )

    def _write(self, chunk: _Chunk) -> None:
        """One transaction for the chunk; the position in the row says whose turn it is."""
        if not chunk.rows:
            return
        row = self._import
        with transaction.atomic():
            received = receive_chunk(row.seller, chunk.listings, import_id=row.pk, memory=self._memory)
            for position in received.repeated:
                external_id = chunk.listings[position].external_id
                chunk.broken.append(
                    self._broken(
                        chunk.lines[position], Remark(REPEATED, {"id": external_id}), external_id=external_id
                    )
                )
            warnings = sum(broken.is_warning for broken in chunk.broken)
            room = max(0, MOST_BROKEN_ROWS - row.broken - row.warnings)
            BrokenRow.objects.bulk_create(sorted(chunk.broken, key=lambda broken: broken.line)[:room])
            counted = {
                "read": chunk.rows,
                "created": len(received.created),
                "updated": len(received.updated),
                "unchanged": received.unchanged,
                "broken": len(chunk.broken) - warnings,
                "warnings": warnings,
            }
            won = Import.objects.filter(pk=row.pk, read=row.read, state=RunState.RUNNING).update(
                **{name: F(name) + number for name, number in counted.items()}
            )
            if not won:
                raise TakenOver(f"Import {row.pk} was cancelled, or another process reads it.")
        for name, number in counted.items():
            setattr(row, name, getattr(row, name) + number)
        elapsed = max(time.monotonic() - self._began, 1e-6)
        self._on_progress(
            Progress(
                read=row.read,
                created=row.created,
                updated=row.updated,
                unchanged=row.unchanged,
                broken=row.broken,
                warnings=row.warnings,
                rows_per_second=(row.read - self._read_before) / elapsed,
            )
        )


def mapper_for(feed: Feed, seller: Seller, options: ImportOptions) -> RowMapper:
    return RowMapper(
        file_format=feed.format,
        categories=feed.categories,
        explicit=remembered_columns(seller, feed.columns) | options.columns,
        currency=options.currency or seller.currency,
        supplier=options.supplier,
    )


def _as_text(fields: Mapping[str, object]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in fields.items() if value not in (None, "", [], {}))


# --- Columns that a person explained ----------------------------------------------------------------------


def remember_columns(
    seller: Seller, headers: Iterable[str], said: Mapping[str, str], *, source: str = ""
) -> None:
    ColumnMapping.objects.update_or_create(
        seller=seller,
        signature=columns.signature(headers),
        defaults={"columns": dict(said), "source": source},
    )


def remembered_columns(seller: Seller, headers: Sequence[str]) -> dict[str, str]:
    found = (
        ColumnMapping.objects.filter(seller=seller, signature=columns.signature(headers)).first()
        if headers
        else None
    )
    return dict(found.columns) if found else {}
