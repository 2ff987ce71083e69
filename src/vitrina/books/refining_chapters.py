"""A chapter's best passages, ranked once more by a model. None is added or taken away; only their priorities change."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.books.finding import Found
from vitrina.books.generators.refinement.generator import GENERATOR
from vitrina.books.models import Chapter, Passage
from vitrina.books.refining import refined, to_rank
from vitrina.engine.ask import CallContext, ask
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job

KIND = "books.refine"
OFFLINE = "offline"  # as the engine calls an answer that no model gave


class NothingToRank(Exception):
    """The chapter has no passages."""


def begin(chapter: Chapter, *, by: User | None) -> Job:
    """Queue the ranking; one that waits or runs already is that one. Raises NothingToRank, QueueFull."""
    if not chapter.passages.exists():
        raise NothingToRank(_("The chapter has no passages, so there is nothing to rank."))
    seller_id = chapter.book.seller_id
    with transaction.atomic():
        job = enqueue(
            KIND,
            {"chapter_id": chapter.pk, "by": by.pk if by else None},
            key=_key(chapter),
            seller_id=seller_id,
            priority=Priority.OPERATOR,
            title=f"{chapter.book} · {chapter}"[:200],
            created_by_id=by.pk if by else None,
        )
        audit.record("chapter.refine", chapter, by=by, seller_id=seller_id, after={"chapter": str(chapter)})
    return job


def latest_job(chapter: Chapter) -> Job | None:
    """The one that waits or runs, or else the last that ended."""
    return (
        Job.objects.filter(kind=KIND, key=_key(chapter), seller_id=chapter.book.seller_id)
        .order_by("-pk")
        .first()
    )


def refine(chapter: Chapter, *, job_id: int | None, user_id: int | None) -> tuple[str, int]:
    """(Who ranked, «offline» or «provider:model»; how many priorities are others now.) Without a model nothing changes.

    No transaction may be open. Raises the errors of the engine.
    """
    rows = _by_score(list(chapter.passages.all()))
    if not rows:
        return OFFLINE, 0
    found = [_found(row) for row in rows]
    answer = ask(
        GENERATOR,
        to_rank(chapter.text, found, "ru" if chapter.book.language == "ru" else "en"),
        context=CallContext(seller_id=chapter.book.seller_id, job_id=job_id, user_id=user_id),
    )
    if answer.source == OFFLINE:
        return OFFLINE, 0
    return answer.source, _keep(chapter, refined(found, answer.value), answer.source)


def _by_score(rows: Sequence[Passage]) -> list[Passage]:
    """Best first by the scorer: ranked again, the same passages are looked at."""
    return sorted(rows, key=lambda row: (-scored(row), row.begin))


def scored(passage: Passage) -> int:
    """The scorer's own priority, also where a model gave another since."""
    kept = passage.parts.get("scored") if isinstance(passage.parts, dict) else None
    return kept if isinstance(kept, int) else passage.priority


def _found(row: Passage) -> Found:
    parts = {name: part for name, part in row.parts.items() if name not in {"scored", "ranked_by"}}
    return Found(row.begin, row.end, row.type, scored(row), parts, tuple(row.names))


def _keep(chapter: Chapter, ranked: Sequence[Found], source: str) -> int:
    """What was searched anew meanwhile has scores of its own, which stand."""
    changed = []
    with transaction.atomic():
        # A search of the same chapter waits here.
        Chapter.objects.select_for_update(no_key=True).only("pk").get(pk=chapter.pk)
        known = {(row.begin, row.end): row for row in chapter.passages.all()}
        for one in ranked:
            row = known.get((one.begin, one.end))
            if row is None or scored(row) != one.parts.get("scored", one.priority):
                continue
            parts = one.parts | ({"ranked_by": source[:120]} if "scored" in one.parts else {})
            if (row.priority, row.parts) != (one.priority, parts):
                row.priority, row.parts = one.priority, parts
                changed.append(row)
        Passage.objects.bulk_update(changed, ["priority", "parts"])
    return len(changed)


def _key(chapter: Chapter) -> str:
    return f"refine:{chapter.pk}"
