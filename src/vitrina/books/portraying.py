"""The looks that a book's own passages could not tell by themselves, asked of a model name by name, the best known first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.books import searching
from vitrina.books.generators.portrait.generator import GENERATOR
from vitrina.books.generators.portrait.schema import PortraitInput
from vitrina.books.keeping_sheets import MOST_SHEETS, texts_of
from vitrina.books.models import Book, CharacterSheet
from vitrina.books.refining_chapters import OFFLINE
from vitrina.books.sheets import to_portray
from vitrina.engine.ask import CallContext, ask
from vitrina.engine.errors import EngineError, EngineStopped, LimitReached
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job
from vitrina.lib.apart import compute

KIND = "books.portraits"
MOST_AT_ONCE = 20  # names of one job


class NothingToPortray(Exception):
    """Every name has a look, or the book has no names."""


@dataclass
class Told:
    """`asked`: names. `written`: looks. `offline`: names that no model could be asked about. `trouble`: the last one's
    sentence, empty where there was none."""

    asked: int = 0
    written: int = 0
    offline: int = 0
    failed: int = 0
    trouble: str = ""


def begin(book: Book, *, by: User | None) -> Job:
    """Queue the asking; one that waits or runs already is that one. Raises NothingToPortray, QueueFull."""
    if not is_anything_left(book):
        raise NothingToPortray(_("Every person and place of the book has a look, or none was found yet."))
    with transaction.atomic():
        job = enqueue(
            KIND,
            {"book_id": book.pk, "by": by.pk if by else None},
            key=_key(book),
            seller_id=book.seller_id,
            priority=Priority.OPERATOR,
            title=str(book)[:200],
            created_by_id=by.pk if by else None,
        )
        audit.record("book.portraits", book, by=by, after={"title": str(book)})
    return job


def is_anything_left(book: Book) -> bool:
    """Whether a name of the book has no look. One query."""
    return _without_look(book).exists()


def latest_job(book: Book) -> Job | None:
    """The one that waits or runs, or else the last that ended."""
    return Job.objects.filter(kind=KIND, key=_key(book), seller_id=book.seller_id).order_by("-pk").first()


def portray(
    book: Book, *, job_id: int | None, user_id: int | None, told_how_far: Callable[[int, int], None]
) -> Told:
    """Each look is kept as soon as it is told. A name that fails doesn't stop the others; a limit that is reached does.

    Seconds of computing in another process; no transaction may be open. Raises EngineStopped.
    """
    wanted = _wanted(book)
    told = Told()
    for done, one in enumerate(wanted):
        told_how_far(done, len(wanted))
        try:
            answer = ask(
                GENERATOR,
                one,
                context=CallContext(seller_id=book.seller_id, job_id=job_id, user_id=user_id),
            )
        except EngineStopped:
            raise
        except EngineError as error:
            told.failed += 1
            told.trouble = error.sentence
            if isinstance(error, LimitReached):  # it holds for the next name, too
                break
            continue
        told.asked += 1
        told.offline += answer.source == OFFLINE
        told.written += _keep(book, one.name, answer.value.look, answer.source)
    return told


def _wanted(book: Book) -> list[PortraitInput]:
    """Those that no model was asked about come first: asked again, the job goes on through the book's names."""
    sheets = {sheet.name: sheet.look_source for sheet in _without_look(book)}
    if not sheets:
        return []
    names = searching.names_of(book)[:MOST_SHEETS]
    language: Literal["ru", "en"] = "ru" if book.language == "ru" else "en"
    _rows, texts = texts_of(book)
    found, _seconds = compute(to_portray, texts, names, language)
    ours = [one for one in found if one.name in sheets]
    return sorted(ours, key=lambda one: bool(sheets[one.name]))[:MOST_AT_ONCE]


def _keep(book: Book, name: str, look: str, source: str) -> int:
    """1 where the look was written. A person may have written another meanwhile: that stands."""
    is_told = source != OFFLINE
    if not look and not is_told:
        return 0
    sheet = CharacterSheet.objects.filter(book=book, name=name, look="", is_confirmed=False)
    written = sheet.update(look=look, look_source=source[:120] if is_told else "")
    return written if look else 0


def _without_look(book: Book) -> QuerySet[CharacterSheet]:
    return book.sheets.filter(look="", is_confirmed=False)


def _key(book: Book) -> str:
    return f"portraits:{book.pk}"
