"""A process of its own that asks, for tests of what two processes share and of what a kill leaves behind.

    python -m vitrina.engine.tests.child DATABASE_NAME '{"base_url": …, "titles": […], "threads": n, "die": "…"}'

Prints one JSON object: outcomes by name, and the titles of the answers.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    from django.conf import settings

    database, given = sys.argv[1], json.loads(sys.argv[2])
    settings.DATABASES["default"]["NAME"] = database
    settings.AI_BASE_URL, settings.AI_MODEL = given["base_url"], "gpt-4o-mini"
    settings.PROVIDER_KEYS = {}
    settings.AI_RATES = given.get("rates", {})
    settings.REDIS_URL = given.get("redis_url", "")

    import django

    django.setup()
    from vitrina.engine import runtime
    from vitrina.engine.ask import CallContext, ask
    from vitrina.engine.core.asking import Walk
    from vitrina.engine.errors import EngineError
    from vitrina.engine.generators import Generator
    from vitrina.engine.tests.conftest import Card, Listing, offline

    if given.get("die") == "between answer and use":

        def die(*arguments: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        Walk._checked = die  # type: ignore[method-assign, assignment]
    generator = Generator("card", "describe", Listing, Card, Path(given["prompt"]), offline)
    context = CallContext(seller_id=given.get("seller_id"), deadline_seconds=given.get("deadline_seconds"))
    outcomes: Counter[str] = Counter()
    titles: list[str] = []

    def one(title: str) -> None:
        try:
            answer = ask(generator, Listing(title=title), context=context)
        except EngineError as error:
            outcomes[type(error).__name__] += 1
        else:
            outcomes["cached" if answer.cached else answer.source] += 1
            titles.append(answer.value.title)

    queue = list(given["titles"])
    while queue:
        part, queue = queue[: given.get("threads", 50)], queue[given.get("threads", 50) :]
        threads = [threading.Thread(target=one, args=(title,)) for title in part]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    runtime.close()
    sys.stdout.write(json.dumps({"outcomes": outcomes, "titles": titles}) + "\n")


if __name__ == "__main__":
    main()
