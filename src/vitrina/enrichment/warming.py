"""What the first run of a process would wait for, done before two hundred of them begin together."""

from __future__ import annotations

from django.conf import settings

from vitrina.catalog.categories import COLLECTION
from vitrina.engine import runtime
from vitrina.enrichment.checks.card import check_anything
from vitrina.enrichment.checks.rules import lemmas_of
from vitrina.lib import apart
from vitrina.retrieval.catching_up import catch_up


def warm_up() -> None:
    """The engine with its prices, the index of categories, the dictionary of Russian. About half a second."""
    apart.begin(settings.JOB_COMPUTING_PROCESSES)
    apart.prepare(check_anything)
    runtime.config()
    catch_up(COLLECTION)
    lemmas_of("карточка товара")
