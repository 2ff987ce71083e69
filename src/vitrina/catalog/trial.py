"""A dry run: what an import would do to the catalogue, counted over the whole feed, with nothing written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vitrina.catalog import importing, vanished
from vitrina.catalog.importing import LIMITS, ImportOptions
from vitrina.catalog.intake import CHUNK
from vitrina.catalog.listing import Listing, Remark
from vitrina.catalog.mapping import FORBIDDEN, Mapped
from vitrina.catalog.models import Import, Product, RunState
from vitrina.catalog.preparing import trial_key
from vitrina.lib.feeds import BrokenFeedRow, FeedRow, open_feed

REASONS = 30  # are told apart; further ones are counted together
LINES = 5  # of each reason are named
# Ids that were met, to tell a repeated one; eight bytes of each are kept.
MOST_IDS = 2_000_000


@dataclass(slots=True)
class _Reason:
    sentence: str
    values: dict[str, Any]
    is_warning: bool
    count: int = 0
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Trial:
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    broken: int = 0
    warnings: int = 0
    reasons: dict[str, _Reason] = field(default_factory=dict)
    further_reasons: int = 0
    still_listed: int = 0


def run(import_run: Import, *, on_progress: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """Read the feed of a draft and keep what was counted in its row. Raises NotAFeed, FileNotFoundError."""
    options = ImportOptions.load(import_run.options)
    trial = Trial()
    with (
        importing.local_copy(import_run.stored_name) as path,
        open_feed(path, encoding=options.encoding, delimiter=options.delimiter, limits=LIMITS) as feed,
    ):
        counter = _Counter(import_run, trial)
        mapper = importing.mapper_for(feed, import_run.seller, options)
        for row in feed:
            counter.take(row, mapper.map(row.fields) if isinstance(row, FeedRow) else None)
            if trial.read % CHUNK == 0:
                counter.compare()
                on_progress(trial.read)
        counter.compare()
        before = vanished.the_one_before(import_run, feed.columns)
    told = {
        "of": trial_key(options),
        "read": trial.read, "created": trial.created, "updated": trial.updated, "unchanged": trial.unchanged,
        "broken": trial.broken, "warnings": trial.warnings,
        "reasons": [
            {"sentence": one.sentence, "values": one.values, "is_warning": one.is_warning, "count": one.count, "lines": one.lines}
            for one in sorted(trial.reasons.values(), key=lambda one: (one.is_warning, -one.count))
        ],
        "further_reasons": trial.further_reasons,
        "vanished": None if before is None else vanished.listed_by(before).count() - counter.listed_before(before.pk),
    }  # fmt: skip
    Import.objects.filter(pk=import_run.pk, state=RunState.DRAFT).update(trial=told, expected=trial.read)
    return told


class _Counter:
    """Counts as `intake` would write: the first row with an id is taken, the hash of the listing decides."""

    def __init__(self, import_run: Import, trial: Trial) -> None:
        self._seller_id = import_run.seller_id
        self._trial = trial
        self._waiting: dict[str, Listing] = {}
        self._seen: set[int] = set()
        self._listed: dict[int | None, int] = {}  # earlier import → how many of its products stand here, too

    def take(self, row: FeedRow | BrokenFeedRow, mapped: object) -> None:
        trial = self._trial
        trial.read += 1
        if isinstance(row, BrokenFeedRow):
            self._refuse(row.line, Remark(row.reason))
        elif not isinstance(mapped, Mapped):
            self._refuse(row.line, mapped.reason)  # type: ignore[attr-defined]
        else:
            identifier = mapped.listing.external_id
            for warning in mapped.warnings:
                trial.warnings += 1
                self._tell(row.line, warning, is_warning=True)
            if hash(identifier) in self._seen:
                self._refuse(row.line, Remark(importing.REPEATED, {"id": identifier}))
                return
            if len(self._seen) < MOST_IDS:
                self._seen.add(hash(identifier))
            self._waiting[identifier] = mapped.listing

    def compare(self) -> None:
        """With what the catalogue holds: one query for the rows since the last time."""
        if not self._waiting:
            return
        known = {
            external_id: (content_hash, seen_in)
            for external_id, content_hash, seen_in in Product.objects.filter(
                seller_id=self._seller_id, external_id__in=list(self._waiting)
            ).values_list("external_id", "content_hash", "seen_in")
        }
        for external_id, listing in self._waiting.items():
            if external_id not in known:
                self._trial.created += 1
                continue
            content_hash, seen_in = known[external_id]
            self._listed[seen_in] = self._listed.get(seen_in, 0) + 1
            if content_hash == listing.content_hash:
                self._trial.unchanged += 1
            else:
                self._trial.updated += 1
        self._waiting = {}

    def listed_before(self, import_id: int) -> int:
        return self._listed.get(import_id, 0)

    def _refuse(self, line: int, remark: Remark) -> None:
        self._trial.broken += 1
        self._tell(line, remark, is_warning=False)

    def _tell(self, line: int, remark: Remark, *, is_warning: bool) -> None:
        known = self._trial.reasons
        reason = known.get(remark.sentence)
        if reason is None:
            if len(known) >= REASONS:
                self._trial.further_reasons += 1
                return
            values = {name: FORBIDDEN.sub("", str(value))[:200] for name, value in remark.values.items()}
            reason = known[remark.sentence] = _Reason(FORBIDDEN.sub("", remark.sentence), values, is_warning)
        reason.count += 1
        if len(reason.lines) < LINES:
            reason.lines.append(line)
