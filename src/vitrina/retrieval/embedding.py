"""Pay for the embeddings of documents, when a route for them is set."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from vitrina.engine.ask import CallContext
from vitrina.engine.embed import embed
from vitrina.retrieval import catching_up
from vitrina.retrieval.dense import pack
from vitrina.retrieval.models import Document, DocumentVector

BATCH = 64


def embed_pending(collection: str, *, limit: int = 1_000) -> int:
    """Embed documents whose text has no vector of the route's model yet; returns how many. 0 without a route.

    Costs money: one call per 64 texts.
    """
    context = CallContext(feature="retrieval")
    probe = embed([], context=context)  # costs nothing: only which model would answer
    if probe is None:
        return 0
    waiting = Document.objects.filter(collection=collection, removed=False).exclude(text="")
    waiting = waiting.exclude(embedded_by=probe.model)
    done = 0
    while done < limit:
        documents = list(waiting.order_by("id")[: min(BATCH, limit - done)])
        if not documents:
            break
        answer = embed([one.text for one in documents], context=context)
        if answer is None or answer.model != probe.model:
            break  # the route changed meanwhile: the next run goes on with the new model
        with transaction.atomic():
            _store(collection, documents, answer.model, answer.vectors)
        done += len(documents)
    return done


def _store(
    collection: str, documents: Sequence[Document], model: str, vectors: Sequence[Sequence[float]]
) -> None:
    DocumentVector.objects.bulk_create(
        [
            DocumentVector(document=one, model=model, size=len(vector), vector=pack(vector))
            for one, vector in zip(documents, vectors, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["document", "model"],
        update_fields=["size", "vector"],
    )
    for one in documents:
        # A text that changed while it was embedded stays waiting; the number makes the index take the vector in.
        Document.objects.filter(pk=one.pk, text=one.text).update(embedded_by=model, sequence=None)
    catching_up.expect_changes(collection)
