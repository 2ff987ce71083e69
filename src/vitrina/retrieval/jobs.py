"""Jobs of retrieval."""

from __future__ import annotations

from datetime import timedelta

from vitrina.engine.errors import EngineError
from vitrina.jobs.outcomes import Done, Outcome, Retry
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled
from vitrina.retrieval import embedding
from vitrina.retrieval.collections import COLLECTIONS


@scheduled("retrieval.embed", every=timedelta(minutes=5))
def embed_new_texts(job: RunningJob) -> Outcome:
    """Embed what is new; nothing to do without an embed route."""
    embedded: dict[str, int] = {}
    try:
        for collection in COLLECTIONS:
            job.progress(step=collection)
            embedded[collection] = embedding.embed_pending(collection)
    except EngineError as error:
        if error.permanent:
            # Words alone decide until the route is mended; the call's own row says what is wrong.
            return Done({**embedded, "stopped": str(error)})
        return Retry(str(error), after_seconds=error.retry_after)
    return Done(embedded)
