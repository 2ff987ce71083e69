"""What is to be seen in a passage, in English: a person's words, what was told before, or the generator's."""

from __future__ import annotations

from typing import Any

from vitrina.books.generators.translation.generator import GENERATOR
from vitrina.books.generators.translation.schema import MOST_CHARACTERS, PassageInput, SceneText
from vitrina.books.models import Chapter, Passage
from vitrina.engine.ask import CallContext, ask

MOST_NAMES = 40


def english_of(passage: Passage, chapter: Chapter, *, job_id: int | None, user_id: int | None) -> str:
    """Asks the model, or the dictionary where there is none, once: the answer is kept with the passage.

    No transaction may be open. Raises the errors of the engine.
    """
    if passage.english:
        return passage.english
    book = chapter.book
    answer = ask(
        GENERATOR,
        PassageInput(
            text=chapter.text[passage.begin : passage.end][:MOST_CHARACTERS],
            language="ru" if book.language == "ru" else "en",
            type=passage.type,
            names=tuple(passage.names[:MOST_NAMES]),
        ),
        context=CallContext(seller_id=book.seller_id, job_id=job_id, user_id=user_id),
    )
    # A person may have written their own meanwhile: those stand.
    Passage.objects.filter(pk=passage.pk, english="").update(
        english=answer.value.description,
        english_source=answer.source[:120],
        english_lacks=_lacks(answer.value),
    )
    kept = Passage.objects.filter(pk=passage.pk).values_list("english", flat=True).first()
    return kept or answer.value.description


def _lacks(told: SceneText) -> dict[str, Any]:
    """As `Passage.english_lacks` keeps it."""
    lacks: dict[str, Any] = {}
    if told.untranslated:
        lacks["untranslated"] = list(told.untranslated)
    if told.is_shortened:
        lacks["is_shortened"] = True
    return lacks
