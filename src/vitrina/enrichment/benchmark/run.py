"""Run a benchmark in the database and index of this process: a tree, confirmed products, and the test rows.

It writes categories, so it belongs into an installation of its own: the command `benchmark_ai` makes one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from django.db import connection

from vitrina.catalog import categories
from vitrina.catalog.category_tree import Node
from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.models import PATH_SEPARATOR, Category
from vitrina.engine.ask import CallContext, ask
from vitrina.engine.errors import EngineError
from vitrina.enrichment.benchmark.figures import Answered
from vitrina.enrichment.benchmark.labelled import Labelled, Split, digest
from vitrina.enrichment.checks import check
from vitrina.enrichment.generators.categorize import neighbours
from vitrina.enrichment.generators.categorize.suggest import suggest
from vitrina.enrichment.generators.describe.generator import GENERATOR as DESCRIBE
from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.retrieval import catching_up
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.documents import put_many

Language = Literal["ru", "en"]


@dataclass(slots=True)
class Measured:
    """`cost` in USD, None when a price is unknown. `findings`: code → how many texts have it."""

    answers: list[Answered] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    tokens_prompt: int = 0
    tokens_completion: int = 0
    cost: Decimal | None = Decimal(0)
    learn_seconds: float = 0.0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    described: int = 0
    findings: Counter[str] = field(default_factory=Counter)


def run(
    split: Split,
    *,
    language: Language = "ru",
    threads: int = 1,
    describe: int = 0,
    tick: Callable[[], None] = lambda: None,
) -> Measured:
    """Learn, then ask for every test row. `describe`: write texts for so many of the rows too, and check them."""
    measured = Measured()
    started = time.perf_counter()
    ids = _learn(split)
    measured.learn_seconds = time.perf_counter() - started

    def answer(row: Labelled) -> _Asked:
        try:
            return _ask(row, ids[row.path], language)
        except EngineError as error:
            return _Asked(error=type(error).__name__)
        finally:
            if threads > 1:
                connection.close()

    started, cpu = time.perf_counter(), time.process_time()
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            for asked in pool.map(answer, split.test):
                _take(measured, asked)
                tick()
    else:
        for row in split.test:
            _take(measured, answer(row))
            tick()
    measured.wall_seconds, measured.cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    for row in split.test[:describe]:
        _describe(measured, row, language)
    return measured


@dataclass(frozen=True, slots=True)
class _Asked:
    answered: Answered | None = None
    source: str = ""
    error: str = ""
    tokens_prompt: int = 0
    tokens_completion: int = 0
    cost: Decimal | None = Decimal(0)


def _learn(split: Split) -> dict[str, int]:
    """Make the tree and put the learning rows into the index. Returns path → category id."""
    paths = {row.path for row in (*split.learn, *split.test)}
    categories.sync(_nodes(paths))
    ids = dict(Category.objects.filter(path__in=paths).values_list("path", "pk"))
    put_many(
        CATEGORIES,
        [
            neighbours.neighbour(number, row.title, row.brand, seller_id=None, category_id=ids[row.path])
            for number, row in enumerate(split.learn, start=1)
        ],
    )
    catching_up.catch_up(CATEGORIES)
    return ids


def _nodes(paths: Iterable[str]) -> list[Node]:
    nodes: dict[str, Node] = {}
    for path in sorted(paths):
        names = path.split(PATH_SEPARATOR)
        for depth, name in enumerate(names, start=1):
            part = PATH_SEPARATOR.join(names[:depth])
            above = PATH_SEPARATOR.join(names[: depth - 1])
            nodes.setdefault(part, Node(external_id=_short(part), name=name, parent_id=_short(above)))
    return list(nodes.values())


def _short(path: str) -> str:
    return digest(path)[:40] if path else ""


def _ask(row: Labelled, right: int, language: Language) -> _Asked:
    started = time.perf_counter()
    found = suggest(_facts(row), seller_id=None, context=CallContext(feature="benchmark"), language=language)
    answered = Answered(
        key=row.key,
        right=right,
        chosen=found.category_id,
        candidates=tuple(one.id for one in found.candidates),
        confidence=found.confidence,
        seconds=time.perf_counter() - started,
    )
    answer = found.answer
    return _Asked(
        answered,
        answer.source,
        "",
        answer.tokens_prompt,
        answer.tokens_completion,
        _cost(answer.source, answer.cost),
    )


def _take(measured: Measured, asked: _Asked) -> None:
    if asked.answered is None:
        measured.errors[asked.error] += 1
        return
    measured.answers.append(asked.answered)
    measured.sources[asked.source] += 1
    measured.tokens_prompt += asked.tokens_prompt
    measured.tokens_completion += asked.tokens_completion
    measured.cost = _sum(measured.cost, asked.cost)


def _describe(measured: Measured, row: Labelled, language: Language) -> None:
    facts = _facts(row)
    given = DescribeInput(facts=facts, category_path=row.path, language=language)
    try:
        answer = ask(DESCRIBE, given, context=CallContext(feature="benchmark"))
    except EngineError as error:
        measured.errors[type(error).__name__] += 1
        return
    measured.described += 1
    measured.cost = _sum(measured.cost, _cost(answer.source, answer.cost))
    findings = check(answer.value, facts, language=language, category_path=row.path)
    measured.findings.update({finding.code for finding in findings})


def _facts(row: Labelled) -> ProductFacts:
    return ProductFacts(external_id=row.key, title=row.title, brand=row.brand)


def _cost(source: str, cost: Decimal | None) -> Decimal | None:
    return Decimal(0) if source == "offline" else cost


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    # One unknown price makes the sum unknown; zero would be a lie.
    return None if one is None or other is None else one + other
